/** The form at run time: open questions, what is still to ask, how far it is. Pure. */

import type { Json } from '../../core/canonical';
import { type Facts, holds } from '../../core/policy/expression';
import type { Around } from './reading';
import { peopleAfter } from './roster';
import type { ReadonlyAnswers as Answers, Checklist, LoopItem, Person, RosterFacts } from './types';
import { baseFacts, type Step, storedItem, type Taken, walk } from './walk';

export { CONSENT, type Step, stepKey, type Taken } from './walk';

export const PHOTOS = 'photos';

export interface Situation {
  readonly roster: Readonly<RosterFacts>;
  readonly members: readonly Person[];
  /** Day of the visit, Asia/Shanghai. */
  readonly today: string;
}

export interface Form {
  readonly facts: Facts;
  readonly steps: readonly Step[];
  readonly taken: readonly Taken[];
  readonly around: Around;
  /** Answers without anything a hidden question left behind. */
  readonly answers: Answers;
  /** Questions hidden because nothing is wrong there. */
  readonly skipped: ReadonlySet<string>;
}

/** The form these answers make in this situation. */
export function readForm(checklist: Checklist, answers: Answers, situation: Situation): Form {
  const people = peopleAfter(situation.members, answers['roster_edit'], situation.today);
  const around: Around = { today: situation.today, people, members: situation.members };
  const { facts, taken, items, skipped } = walk(
    checklist,
    answers,
    baseFacts(situation.roster, situation.today),
    around,
  );
  const kept: Record<string, Json | undefined> = {};
  for (const { step, raw } of taken)
    if (step.loop === undefined && raw !== undefined && raw !== null) kept[step.question.id] = raw;
  for (const { id, opened_by } of checklist.loops) {
    const open = items.get(id) ?? [];
    // An empty list says "asked, nobody": only the question that opens the loop can say so.
    if (open.length > 0 || Array.isArray(kept[opened_by]))
      kept[id] = open.map((item) => keepItem(id, item, taken));
  }
  return { facts, taken, around, skipped, steps: taken.map((t) => t.step), answers: kept };
}

/** A loop item as it is sent: the member, what the register knows, and the answers to open questions. */
function keepItem(loop: string, item: LoopItem, taken: readonly Taken[]): { [field: string]: Json } {
  const kept: { [field: string]: Json } = { who: item['who'] ?? '' };
  if (item['stage'] !== undefined) kept['stage'] = item['stage'];
  for (const { step, raw } of taken)
    if (step.loop === loop && step.who === item['who'] && raw !== undefined && raw !== null)
      kept[step.question.id] = raw;
  return kept;
}

/** The stored answer of a step. */
export function answerAt(answers: Answers, step: Step): Json | undefined {
  if (step.loop === undefined) return answers[step.question.id];
  return storedItem(answers, step.loop, step.who ?? '')?.[step.question.id];
}

/** Answers with one step set, or cleared when `value` is undefined. The old object is left alone. */
export function setAnswer(answers: Answers, step: Step, value: Json | undefined): Answers {
  if (step.loop === undefined) return withField(answers, step.question.id, value);
  const items = (Array.isArray(answers[step.loop]) ? answers[step.loop] : []) as LoopItem[];
  const who = step.who ?? '';
  const item = withField(storedItem(answers, step.loop, who) ?? { who }, step.question.id, value);
  return { ...answers, [step.loop]: [...items.filter((i) => i['who'] !== who), item] };
}

function withField(record: LoopItem, field: string, value: Json | undefined): LoopItem {
  const { [field]: _gone, ...rest } = record;
  return value === undefined ? rest : { ...rest, [field]: value };
}

/** Whether a step has its answer. Photos answer by being there. */
export function isAnswered(form: Form, step: Step, photoCount: number): boolean {
  if (step.question.type === 'photo') return photoCount > 0;
  const value = answerAt(form.answers, step);
  return value !== undefined && value !== null;
}

/** Whether the form ought to have this step: photos only in the cases their rule names. */
export function isDue(form: Form, step: Step): boolean {
  const when = step.question.required_when;
  return when === undefined ? step.question.required !== false : holds(when, form.facts);
}

/** Questions whose absence is worth a warning. */
export function unanswered(form: Form, photoCount: number): Step[] {
  return form.steps.filter((step) => isDue(form, step) && !isAnswered(form, step, photoCount));
}

/** Steps that count for progress: due ones, and others once they are answered. */
export function counted(form: Form, photoCount: number): Step[] {
  return form.steps.filter((step) => isDue(form, step) || isAnswered(form, step, photoCount));
}

export interface Progress {
  readonly answered: number;
  readonly total: number;
}

/** How many of the counted questions are answered. */
export function progress(form: Form, photoCount: number): Progress {
  const steps = counted(form, photoCount);
  return { answered: steps.filter((s) => isAnswered(form, s, photoCount)).length, total: steps.length };
}

/** The next unanswered step after `key`, without turning back; null when there is none. */
export function nextAfter(form: Form, key: string | null, photoCount: number): Step | null {
  const at = form.steps.findIndex((step) => step.key === key);
  const open = new Set(unanswered(form, photoCount));
  return form.steps.slice(at + 1).find((step) => open.has(step)) ?? null;
}

/** A step by its key, or the first one of that question (a comment names only the question). */
export const findStep = (form: Form, key: string | null): Step | undefined =>
  form.steps.find((step) => step.key === key) ?? form.steps.find((step) => step.question.id === key);
