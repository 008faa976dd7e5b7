/**
 * The three-valued conditions shared by risk rules, skip rules and constraints (twin of
 * server/policy/expression.py). Nodes are compiled to closures: no eval, so the strict CSP holds.
 *
 * A missing operand makes a comparison unknown, never false: a question nobody asked proves nothing.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Facts = { readonly [name: string]: Json | undefined };

/** What a condition says; `ask` names the facts whose absence kept it from being decided. */
export type Verdict =
  | { readonly value: boolean; readonly ask: readonly [] }
  | { readonly value: null; readonly ask: readonly string[] };

interface Scope {
  readonly facts: Facts;
  readonly params: Facts;
  readonly item?: Facts;
  readonly loop?: string;
}

/** The absence of a value, carrying the names of the facts that would fill it. */
class Missing {
  constructor(readonly names: readonly string[]) {}
}

type Truth = boolean | Missing;
type Value = Json | Missing;
type Test = (scope: Scope) => Truth;
type Read = (scope: Scope) => Value;
type Node = { readonly [key: string]: Json };

export class ExpressionError extends Error {}

const isNode = (json: Json | undefined): json is Node =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
const isList = (value: Value): value is readonly Json[] => Array.isArray(value);
const isAbsent = (value: Value): value is Missing => value instanceof Missing;

/** Decimal money is exact on the server; drop the binary noise of doubles so that both sides agree. */
const tidy = (n: number): number => (Number.isSafeInteger(n) ? n : Number(n.toPrecision(15)));

const union = (missing: readonly Missing[]): Missing => new Missing(missing.flatMap((m) => m.names));

/** Kleene conjunction (`stop` false) or disjunction (`stop` true). */
function combine(truths: readonly Truth[], stop: boolean): Truth {
  if (truths.includes(stop)) return stop;
  const unknown = truths.filter((t): t is Missing => t instanceof Missing);
  return unknown.length > 0 ? union(unknown) : !stop;
}

const negate = (truth: Truth): Truth => (truth instanceof Missing ? truth : !truth);

function named(name: Json | undefined): string {
  if (typeof name !== 'string') throw new ExpressionError('a name must be a string');
  return name;
}

function lookUp(table: Facts | undefined, name: string, path = name): Value {
  const value = table && Object.hasOwn(table, name) ? table[name] : null;
  return value === null || value === undefined ? new Missing([path]) : value;
}

const readFact =
  (name: string): Read =>
  (s) =>
    lookUp(s.facts, name);

/** Numbers of a calculation; a missing or non-numeric operand makes the result missing. */
function calculate(parts: readonly Read[], run: (n: readonly number[]) => number): Read {
  return (s) => {
    const values = parts.map((part) => part(s));
    const absent = values.filter(isAbsent);
    if (absent.length > 0) return union(absent);
    if (!values.every((v): v is number => typeof v === 'number')) return new Missing([]);
    const result = run(values);
    return Number.isFinite(result) ? tidy(result) : new Missing([]);
  };
}

function operands(json: Json | undefined): readonly Read[] {
  if (!Array.isArray(json)) throw new ExpressionError('operands must be a list');
  return json.map(compileValue);
}

function readTotal(loop: string, field: string): Read {
  return (s) => {
    const items = lookUp(s.facts, loop);
    if (!isList(items)) return isAbsent(items) ? items : new Missing([loop]);
    const read = items.map((item) => () => lookUp(isNode(item) ? item : undefined, field, `${loop}.${field}`));
    return calculate(read, (n) => n.reduce((a, b) => a + b, 0))(s);
  };
}

function readSize(name: string): Read {
  return (s) => {
    const list = lookUp(s.facts, name);
    return isList(list) ? list.length : isAbsent(list) ? list : new Missing([name]);
  };
}

const VALUES: { readonly [key: string]: (arg: Json, node: Node) => Read } = {
  fact: (arg) => readFact(named(arg)),
  item: (arg) => {
    const name = named(arg);
    return (s) => lookUp(s.item, name, s.loop ? `${s.loop}.${name}` : name);
  },
  param: (arg) => {
    const name = named(arg);
    return (s) => lookUp(s.params, name);
  },
  sum: (arg) => calculate(operands(arg), (n) => n.reduce((a, b) => a + b, 0)),
  minus: (arg) => calculate(operands(arg), (n) => n.slice(1).reduce((a, b) => a - b, n[0] ?? Number.NaN)),
  product: (arg) => calculate(operands(arg), (n) => n.reduce((a, b) => a * b, 1)),
  divide: (arg) => calculate(operands(arg), ([a = Number.NaN, b = Number.NaN]) => a / b),
  total: (arg, node) => readTotal(named(arg), named(node['of'])),
  count: (arg) => readSize(named(arg)),
  size: (arg) => readSize(named(arg)),
  or_zero: (arg) => {
    const inner = compileValue(arg);
    return (s) => {
      const value = inner(s);
      return isAbsent(value) ? 0 : value;
    };
  },
};

function compileValue(json: Json): Read {
  if (json === null) return () => new Missing([]);
  if (!isNode(json)) return () => json;
  const key = Object.keys(json).find((k) => Object.hasOwn(VALUES, k));
  const make = key === undefined ? undefined : VALUES[key];
  if (key === undefined || !make) throw new ExpressionError(`no such value: ${Object.keys(json).join(', ')}`);
  return make(json[key] as Json, json);
}

/** Order exists between two numbers or two strings (ISO dates); anything else is not comparable: false. */
function ordered(a: Json, b: Json, test: (sign: number) => boolean): boolean {
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
  return test(a === b ? 0 : (a as number) < (b as number) ? -1 : 1);
}

const among = (value: Json, list: Json): boolean => Array.isArray(list) && list.includes(value);
const shares = (list: Json, wanted: Json): boolean => Array.isArray(list) && list.some((v) => among(v, wanted));

const OPERATORS: { readonly [op: string]: (left: Json, right: Json) => boolean } = {
  is: (a, b) => a === b,
  is_not: (a, b) => a !== b,
  in: among,
  not_in: (a, b) => !among(a, b),
  in_list: among,
  not_in_list: (a, b) => !among(a, b),
  above: (a, b) => ordered(a, b, (sign) => sign > 0),
  at_least: (a, b) => ordered(a, b, (sign) => sign >= 0),
  below: (a, b) => ordered(a, b, (sign) => sign < 0),
  at_most: (a, b) => ordered(a, b, (sign) => sign <= 0),
  has: (a, b) => among(b, a),
  lacks: (a, b) => !among(b, a),
  has_any: shares,
  empty: (a, b) => (Array.isArray(a) && a.length === 0) === b,
};

function compileComparison(left: Read, node: Node, subject: string): Test {
  const op = Object.keys(node).find((k) => k !== subject && (k === 'known' || Object.hasOwn(OPERATORS, k)));
  if (op === undefined) throw new ExpressionError(`no operator in ${Object.keys(node).join(', ')}`);
  const right = compileValue(node[op] as Json);
  if (op === 'known') return (s) => !isAbsent(left(s)) === right(s);
  const compare = OPERATORS[op] as (a: Json, b: Json) => boolean;
  return (s) => {
    const a = left(s);
    const b = right(s);
    if (isAbsent(a) || isAbsent(b)) return union([a, b].filter(isAbsent));
    return compare(a, b);
  };
}

function compileLoop(loop: string, where: Json | undefined, stop: boolean): Test {
  const test = compileTest(where ?? null);
  return (s) => {
    const items = lookUp(s.facts, loop);
    if (isAbsent(items)) return items;
    if (!isList(items)) return new Missing([loop]);
    return combine(
      items.map((item) => test({ ...s, item: isNode(item) ? item : {}, loop })),
      stop,
    );
  };
}

function conditions(json: Json | undefined): readonly Test[] {
  if (!Array.isArray(json)) throw new ExpressionError('conditions must be a list');
  return json.map(compileTest);
}

function compileTest(json: Json): Test {
  if (!isNode(json)) throw new ExpressionError('a condition must be an object');
  if ('all' in json || 'any' in json) {
    const stop = 'any' in json;
    const tests = conditions(stop ? json['any'] : json['all']);
    return (s) =>
      combine(
        tests.map((test) => test(s)),
        stop,
      );
  }
  if ('not' in json) {
    const test = compileTest(json['not'] as Json);
    return (s) => negate(test(s));
  }
  if ('some' in json) return compileLoop(named(json['some']), json['where'], true);
  if ('every' in json) return compileLoop(named(json['every']), json['where'], false);
  if ('value' in json) return compileComparison(compileValue(json['value'] as Json), json, 'value');
  const subject = 'fact' in json ? 'fact' : 'item';
  return compileComparison(compileValue({ [subject]: json[subject] ?? null }), json, subject);
}

const compiled = new WeakMap<object, Test>();

/**
 * Judge one condition. Nodes are compiled once and remembered by identity, so pass the same
 * definition object again rather than a copy. Throws ExpressionError on a malformed node.
 */
export function evaluate(node: Json, facts: Facts, context: { params?: Facts; item?: Facts } = {}): Verdict {
  if (!isNode(node)) throw new ExpressionError('a condition must be an object');
  let test = compiled.get(node);
  if (!test) compiled.set(node, (test = compileTest(node)));
  const truth = test({ facts, params: context.params ?? {}, ...(context.item && { item: context.item }) });
  if (!(truth instanceof Missing)) return { value: truth, ask: [] };
  return { value: null, ask: [...new Set(truth.names)].sort() };
}

/** True only when the condition is certainly true (skip rules). */
export const holds = (node: Json, facts: Facts, item?: Facts): boolean =>
  evaluate(node, facts, item ? { item } : {}).value === true;

/** True only when the condition is certainly false (constraints). */
export const fails = (node: Json, facts: Facts, item?: Facts): boolean =>
  evaluate(node, facts, item ? { item } : {}).value === false;
