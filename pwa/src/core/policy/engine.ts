/**
 * Judges one household on the phone by the rules the server compiled for its county: the twin of
 * server/policy/engine.py. Pure: no clock, no storage. The server's judgement is the one that counts.
 */
import type { Json } from '../canonical';
import { Decimal, fromText, isNumeric, moneyText } from './decimal';
import {
  type Amount,
  anyRuleFact,
  type Condition,
  compileAmount,
  compileCondition,
  type Facts,
  type Known,
  type Observation,
  SEVERITIES,
  type Value,
} from './expression';
import { proposeKind } from './kinds';
import type { CompactPack, DerivedEntry, PackEntry, RuleEntry, RuleSeverity, Setting } from './pack';

/** One fact that decided a rule, as the wire has it: amounts are text with two decimals. */
export interface Cause {
  readonly fact: string;
  readonly value: Json;
  readonly threshold: Json;
  /** The member it concerns, where it comes from a loop. */
  readonly item: string | null;
}

export interface CitedArticle {
  readonly id: string;
  readonly document: string;
  readonly text: string;
}

export interface PhoneLight {
  readonly rule: string;
  readonly severity: RuleSeverity;
  readonly causes: readonly Cause[];
  readonly articles: readonly CitedArticle[];
  readonly pack: string;
  readonly pack_version: string;
}

export interface OpenRule {
  readonly rule: string;
  readonly severity: RuleSeverity;
  /** Sorted names to ask for. */
  readonly ask: readonly string[];
}

/** All lights, the worst first, and what is still open. */
export interface Judged {
  readonly version: string;
  readonly lights: readonly PhoneLight[];
  readonly unknown: readonly OpenRule[];
  readonly severity: RuleSeverity | 'none';
  readonly kind: string | null;
}

interface Ruling {
  readonly rule: RuleEntry;
  readonly pack: PackEntry;
  readonly condition: Condition;
}

/** A compiled derived fact; `causes` explain a yes/no one. */
interface Formula {
  readonly name: string;
  readonly read: Amount['read'];
  readonly missing: Amount['missing'];
  readonly causes: Condition['causes'];
}

export interface Bench {
  readonly version: string;
  readonly judge: (facts: Facts) => Judged;
}

const holdsOn = (day: string, since: string, until: string | null): boolean =>
  since <= day && (until === null || day <= until);
/** The settings in force on a day. */
const inForce = (settings: readonly Setting[], day: string): readonly Setting[] =>
  settings.filter(([, since, until]) => holdsOn(day, since, until));

/** Whole months stay whole; everything else is a decimal amount. */
const paramValue = (text: string, unit: string): Value => (unit === 'months' ? Number(text) : fromText(text));

function paramsOn(pack: CompactPack, day: string): Known {
  const found: Record<string, Value | undefined> = {};
  const own = inForce(pack.local.params, day);
  for (const [name, { unit, values }] of Object.entries(pack.params)) {
    const local = own.filter((setting) => setting[0] === name).at(-1)?.[3];
    const text = local ?? values.filter(([since]) => since <= day).at(-1)?.[1] ?? null;
    if (text !== null) found[name] = paramValue(text, unit);
  }
  return found;
}

/** Rules in force on a day that the county did not switch off, and the choosable ones that it chose. */
function rulesOn(pack: CompactPack, day: string): readonly RuleEntry[] {
  const off = new Set(inForce(pack.local.off, day).map(([rule]) => rule));
  const on = new Set(inForce(pack.local.on, day).map(([rule]) => rule));
  return pack.rules.filter((rule) => !off.has(rule.id) && (!rule.choosable || on.has(rule.id)));
}

function formula({ name, when, value }: DerivedEntry): Formula {
  if (when !== undefined) {
    const { truth, missing, causes } = compileCondition(when);
    return { name, read: truth, missing, causes: (f, p) => (truth(f, p) === true ? causes(f, p) : []) };
  }
  return { name, ...compileAmount(value ?? null), causes: () => [] };
}

const OTHERS = new Map<string, RuleSeverity>(SEVERITIES.map((severity) => [anyRuleFact(severity), severity]));

/** Whether a node asks about other rules, so that it must be judged after them. */
function asksOthers(node: Json | undefined): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return 'any_rule' in node || Object.values(node).some((part) => asksOthers(part as Json));
}

/** A value as the wire has it. */
export function plain(value: Value | null, money = false): Json {
  if (value instanceof Decimal) return moneyText(value);
  if (isNumeric(value)) return money || !Number.isInteger(Number(value)) ? moneyText(value) : Number(value);
  // Of the people of a loop, who they are is enough to name them.
  if (Array.isArray(value))
    return value.map((entry: Json) => (isItem(entry) ? (entry['who'] ?? null) : entry));
  return value as Json;
}

const isItem = (json: Json): json is { readonly [field: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** One judgement in the making: the facts with what was derived from them, and who is met and who is open. */
class Sitting {
  readonly known: Record<string, Value | undefined>;
  readonly met: Ruling[] = [];
  readonly open: Ruling[] = [];

  constructor(
    private readonly pack: CompactPack,
    private readonly formulas: ReadonlyMap<string, Formula>,
    private readonly params: Known,
    facts: Facts,
  ) {
    this.known = { ...facts };
    for (const { name, read } of formulas.values())
      this.known[name] = this.known[name] ?? read(this.known, params) ?? undefined;
  }

  hear(rulings: readonly Ruling[]): void {
    for (const ruling of rulings) {
      const truth = ruling.condition.truth(this.known, this.params);
      if (truth === true) this.met.push(ruling);
      else if (truth === null) this.open.push(ruling);
    }
  }

  /** Whether any rule of each severity is met; unknown when none is, but one of them is undecided. */
  noteOthers(): void {
    for (const severity of SEVERITIES) {
      const is = ({ rule }: Ruling) => rule.severity === severity;
      const unsure = this.open.some(is) ? undefined : false;
      this.known[anyRuleFact(severity)] ??= this.met.some(is) ? true : unsure;
    }
  }

  light({ rule, pack, condition }: Ruling): PhoneLight {
    const causes = condition.causes(this.known, this.params).flatMap((seen) => {
      const inner = this.formulas.get(seen.fact)?.causes(this.known, this.params) ?? [];
      return (inner.length > 0 ? inner : [seen]).map((one) => this.cause(one));
    });
    return {
      rule: rule.id,
      severity: rule.severity,
      causes,
      articles: rule.cites.map((id) => this.article(id)),
      pack: pack.id,
      pack_version: pack.version,
    };
  }

  private cause({ fact, value, threshold, item }: Observation): Cause {
    const money = this.pack.money.includes(fact);
    return { fact, value: plain(value, money), threshold: plain(threshold), item };
  }

  private article(id: string): CitedArticle {
    const [document, text] = this.pack.articles[id] ?? [-1, ''];
    return { id, document: this.pack.documents[document] ?? '', text };
  }

  /** What to ask to decide the rule: names that can be asked, derived facts taken apart. */
  ask(ruling: Ruling): readonly string[] {
    const asked = new Set<string>();
    const waiting = [...ruling.condition.missing(this.known, this.params)];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const severity = OTHERS.get(name);
      const made = this.formulas.get(name);
      if (made) waiting.push(...made.missing(this.known, this.params));
      else if (severity) {
        const others = this.open.filter((one) => one !== ruling && one.rule.severity === severity);
        for (const one of others) for (const inner of this.ask(one)) asked.add(inner);
      } else asked.add(name);
    }
    return [...asked].sort();
  }
}

/** Everything of a county's rules that is in force on a day, compiled once. Throws ExpressionError. */
export function openBench(pack: CompactPack, on: string): Bench {
  const day = on < pack.since ? pack.since : on;
  const runs = (at: number) => holdsOn(day, pack.packs[at]?.since ?? '9', pack.packs[at]?.until ?? null);
  const params = paramsOn(pack, day);
  const formulas = new Map(pack.derived.filter((d) => runs(d.pack)).map((d) => [d.name, formula(d)]));
  const rulings = rulesOn(pack, day)
    .filter((rule) => runs(rule.pack))
    .map((rule) => ({
      rule,
      pack: pack.packs[rule.pack] as PackEntry,
      condition: compileCondition(rule.when),
    }));
  const first = rulings.filter(({ rule }) => !asksOthers(rule.when));
  const last = rulings.filter(({ rule }) => asksOthers(rule.when));
  const within = compileCondition(pack.within);

  const judge = (facts: Facts): Judged => {
    const sitting = new Sitting(pack, formulas, params, facts);
    sitting.hear(first);
    if (last.length > 0) {
      sitting.noteOthers();
      sitting.hear(last);
    }
    const met = SEVERITIES.flatMap((severity) =>
      sitting.met.filter(({ rule }) => rule.severity === severity),
    );
    const red = met.filter(({ rule }) => rule.severity === 'red').map(({ rule }) => rule.id);
    return {
      version: pack.version,
      lights: met.map((ruling) => sitting.light(ruling)),
      unknown: sitting.open.map((ruling) => ({
        rule: ruling.rule.id,
        severity: ruling.rule.severity,
        ask: sitting.ask(ruling),
      })),
      severity: met[0]?.rule.severity ?? 'none',
      kind: proposeKind(sitting.known, red, within.truth(sitting.known, params)),
    };
  };
  return { version: pack.version, judge };
}
