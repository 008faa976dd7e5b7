/** This visit beside the last one: what a tap takes over, and which changes are large enough to ask why. Pure. */

import type { Json } from '../../core/canonical';
import { type LastVisit, lastAnswer } from './last';
import { answerAt, type Form, type Step } from './model';
import { isMoney } from './money';
import type { ChangeReason, Question, SinceLast } from './types';
import { clear, sameJson } from './walk';

export const REASONS: readonly ChangeReason[] = [
  'real',
  'last_wrong',
  'counted_differently',
  'unknown',
  'other',
];

const NOTHING: SinceLast = { same: {}, changes: {} };
/** A change of less than so many yuan is never large. */
const FLOOR_YUAN = 1_000n;

/** What of a section one tap may take over: choices without an answer. Amounts and dates are taken one by one. */
export function takeable(form: Form, section: string, last: LastVisit): { step: Step; value: Json }[] {
  return form.steps.flatMap((step) => {
    const { type, section: own } = step.question;
    if (own !== section || type === 'money' || type === 'date') return [];
    if (answerAt(form.answers, step) !== undefined) return [];
    const value = lastAnswer(step, last, form.around);
    return value === undefined ? [] : [{ step, value }];
  });
}

/** Notes that a tap took these steps' answers over from a visit. */
export function takenOver(since: SinceLast = NOTHING, keys: readonly string[], visit: string): SinceLast {
  return { ...since, same: { ...since.same, ...Object.fromEntries(keys.map((key) => [key, visit])) } };
}

/** Notes that this step was answered by itself. */
export function answeredAnew(since: SinceLast = NOTHING, key: string): SinceLast {
  const { [key]: _taken, ...same } = since.same;
  return { ...since, same };
}

/** Notes why an answer is far from that of a visit. */
export function explained(
  since: SinceLast = NOTHING,
  key: string,
  visit_id: string,
  reason: ChangeReason,
): SinceLast {
  return { ...since, changes: { ...since.changes, [key]: { visit_id, reason } } };
}

export interface LargeChange {
  readonly step: Step;
  readonly before: Json;
  readonly after: Json;
}

/** Answers that are far from the last visit's, in the order of the form. */
export function largeChanges(form: Form, last: LastVisit): LargeChange[] {
  return form.taken.flatMap(({ step, reading }) => {
    const after = answerAt(form.answers, step);
    const before = lastAnswer(step, last, form.around);
    if (after === undefined || before === undefined || reading.code !== undefined) return [];
    return isLarge(step.question, before, after) ? [{ step, before, after }] : [];
  });
}

function isLarge(question: Question, before: Json, after: Json): boolean {
  if (isMoney(before) && isMoney(after)) return byMoreThanHalf(before, after);
  const wrong = (value: Json) => !sameJson(value, clear(question));
  return question.safety === true && wrong(before) !== wrong(after);
}

const cents = (money: string): bigint => BigInt(money.replace('.', ''));

function byMoreThanHalf(before: string, after: string): boolean {
  const by = cents(after) - cents(before);
  const size = by < 0n ? -by : by;
  return size >= FLOOR_YUAN * 100n && 2n * size > cents(before);
}

/** Large changes nobody has said the reason of yet. */
export function unexplained(
  changes: readonly LargeChange[],
  since: SinceLast = NOTHING,
  visit: string,
): LargeChange[] {
  return changes.filter(({ step }) => since.changes[step.key]?.visit_id !== visit);
}

/** What travels with the visit: nothing of steps that were closed again, no reason for what is large no more. */
export function sinceLast(since: SinceLast = NOTHING, form: Form, last: LastVisit): SinceLast {
  const open = new Set(form.steps.map(({ key }) => key));
  const large = new Set(largeChanges(form, last).map(({ step }) => step.key));
  const only = <T>(record: Record<string, T>, keys: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => keys.has(key)));
  return { same: only(since.same, open), changes: only(since.changes, large) };
}
