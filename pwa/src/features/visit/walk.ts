/**
 * Which questions are open, and the facts the open ones give (twin of the server's walk). A question
 * shows when its skip rule is TRUE; when it is FALSE nothing is wrong there and it counts with its
 * neutral value; when it is unknown, nothing is assumed. Rules only look back along a chain of
 * questions, so going round until nothing changes meets every question after those it depends on.
 */

import type { Json } from '../../core/canonical';
import { evaluate, type Facts } from '../../core/policy/expression';
import { type Around, isItem, type Reading, read } from './reading';
import type { Checklist, Loop, LoopItem, Person, Question, ReadonlyAnswers, RosterFacts } from './types';

export const CONSENT = 'consent';
const ANY_PROBLEM = 'any_problem';
const ROSTER_MONEY: readonly string[] = ['pcni_prev', 'net_prev'];

/** One question on screen; inside a loop there is one step a member. */
export interface Step {
  readonly key: string;
  readonly question: Question;
  readonly loop?: string;
  readonly who?: string;
}

/** A step with what was read from its answer; `item` is the loop item it belongs to, so far. */
export interface Taken {
  readonly step: Step;
  readonly raw: Json | undefined;
  readonly reading: Reading;
  readonly item?: LoopItem;
  /** The answer says that something is wrong: anything but the first option. */
  readonly problem: boolean;
}

export interface Walk {
  readonly facts: Facts;
  readonly taken: readonly Taken[];
  /** Members each loop is open for, also where the question that opens it is unanswered. */
  readonly items: ReadonlyMap<string, readonly LoopItem[]>;
  /** Questions hidden because their skip rule is FALSE. */
  readonly skipped: ReadonlySet<string>;
}

export const stepKey = (question: string, who?: string): string => (who ? `${question}@${who}` : question);

export function baseFacts(roster: Readonly<RosterFacts>, today: string): Facts {
  const money = ROSTER_MONEY.filter((name) => typeof roster[name] === 'string');
  const numbers = Object.fromEntries(money.map((name) => [name, Number(roster[name])]));
  return { ...roster, ...numbers, today, visit_month: Number(today.slice(5, 7)) };
}

export function walk(checklist: Checklist, answers: ReadonlyAnswers, base: Facts, around: Around): Walk {
  if (answers[CONSENT] === 'no') {
    const only = checklist.questions.filter((q) => q.id === CONSENT);
    return new Round({ ...checklist, questions: only, loops: [] }, answers, base, base, around).go();
  }
  let result = new Round(checklist, answers, base, base, around).go();
  for (let turn = 0; turn < checklist.questions.length; turn += 1) {
    const next = new Round(checklist, answers, base, result.facts, around).go();
    const settled = JSON.stringify(next.facts) === JSON.stringify(result.facts);
    result = next;
    if (settled) break;
  }
  return result;
}

/** One pass over all questions, judging by the facts of the pass before. */
class Round {
  private readonly found: Record<string, Json | undefined>;
  private readonly taken: Taken[] = [];
  private readonly items = new Map<string, readonly LoopItem[]>();
  private readonly skipped = new Set<string>();
  private problem = false;
  private pending = false;

  constructor(
    private readonly checklist: Checklist,
    private readonly answers: ReadonlyAnswers,
    base: Facts,
    private readonly before: Facts,
    private readonly around: Around,
  ) {
    this.found = { ...base };
  }

  go(): Walk {
    for (const question of this.checklist.questions) {
      if (question.loop === undefined) this.single(question);
      else if (!this.items.has(question.loop)) this.looped(question.loop);
    }
    this.concludeProblem();
    return { facts: this.found, taken: this.taken, items: this.items, skipped: this.skipped };
  }

  private single(question: Question): void {
    const truth = this.shows(question);
    if (truth === true) this.take({ key: question.id, question }, this.answers[question.id], this.found);
    else {
      if (truth === false) this.skipped.add(question.id);
      this.hide(question, truth, this.found);
    }
  }

  private shows(question: Question, item?: LoopItem): boolean | null {
    if (question.show === undefined) return true;
    return evaluate(question.show, this.before, item ? { item } : {}).value;
  }

  private hide(question: Question, truth: boolean | null, into: Record<string, Json | undefined>): void {
    if (truth === null && question.problem) this.pending = true;
    if (truth === null || question.neutral === undefined) return;
    into[question.id] = question.type === 'money' ? Number(question.neutral) : question.neutral;
  }

  private take(step: Step, raw: Json | undefined, into: Record<string, Json | undefined>): void {
    const { question } = step;
    const reading = raw === undefined || raw === null ? {} : read(question, raw, this.around);
    if (reading.value !== undefined) into[question.id] = reading.value;
    const open = raw === undefined || raw === null || reading.code !== undefined;
    const problem = question.problem === true && !open && !sameJson(reading.value, clear(question));
    this.taken.push({ step, raw, reading, problem, ...(step.loop !== undefined && { item: into }) });
    if (problem) this.problem = true;
    else if (question.problem && open) this.pending = true;
  }

  /** A person at a time: all questions of the first, then all of the next. */
  private looped(id: string): void {
    const loop = this.checklist.loops.find((l) => l.id === id);
    if (!loop) return;
    const opened = this.before[loop.opened_by];
    const items = this.openFor(loop, opened).map((person) => this.item(loop, person));
    this.items.set(id, items);
    // Without the question that opens it the list is not known to be complete.
    if (Array.isArray(opened)) this.found[id] = items;
  }

  private openFor(loop: Loop, opened: Json | undefined): Person[] {
    const named = Array.isArray(opened) ? opened : [];
    const also = loop.also !== undefined && evaluate(loop.also, this.before).value === true;
    return this.around.people.filter((p) => named.includes(p.id) || (also && p.stage === loop.also_stage));
  }

  private item(loop: Loop, person: Person): LoopItem {
    const year = Number(this.around.today.slice(0, 4));
    const item: Record<string, Json | undefined> = { who: person.id, year };
    if (loop.fields_from_member?.includes('stage') && person.stage) item['stage'] = person.stage;
    const given = storedItem(this.answers, loop.id, person.id);
    for (const question of this.checklist.questions.filter((q) => q.loop === loop.id)) {
      const truth = this.shows(question, item);
      const step = { key: stepKey(question.id, person.id), question, loop: loop.id, who: person.id };
      if (truth === true) this.take(step, given?.[question.id], item);
      else this.hide(question, truth, item);
    }
    return item;
  }

  private concludeProblem(): void {
    const kind = this.found['kind'] ?? null;
    const sure = this.problem || (kind !== null && kind !== 'none');
    if (sure) this.found[ANY_PROBLEM] = true;
    else if (!this.pending && kind !== null) this.found[ANY_PROBLEM] = false;
  }
}

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** The stored answer that means "nothing wrong": the first option, [] where that option is "none". */
export function clear(question: Question): Json | undefined {
  const first = question.options?.[0]?.id;
  if (question.type === 'one' || first === undefined) return first;
  return first === 'none' ? [] : [first];
}

/** The answers kept for one member of a loop. */
export function storedItem(answers: ReadonlyAnswers, loop: string, who: string): LoopItem | undefined {
  const items = answers[loop];
  const found = Array.isArray(items) ? items.find((i) => isItem(i) && i['who'] === who) : undefined;
  return isItem(found) ? found : undefined;
}
