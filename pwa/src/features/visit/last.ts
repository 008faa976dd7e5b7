/** What the household said last time, offered line by line and never taken by itself. */

import type { Json } from '../../core/canonical';
import { answerAt, CONSENT, type Form, type Step } from './model';
import { type Around, read } from './reading';
import type { ReadonlyAnswers } from './types';
import { storedItem } from './walk';

/** Consent and confirmation are given anew each time; photos and member changes are events, not states. */
const NEVER: ReadonlySet<string> = new Set([CONSENT, 'sign', 'roster_change', 'roster_edit', 'photos']);

/** The answer of the last visit to this step while it still fits the question, or undefined. */
export function lastAnswer(step: Step, last: ReadonlyAnswers, around: Around): Json | undefined {
  const { question, loop, who = '' } = step;
  if (NEVER.has(question.id)) return undefined;
  const value = loop === undefined ? last[question.id] : storedItem(last, loop, who)?.[question.id];
  if (value === undefined || value === null) return undefined;
  // Options may be gone in a newer checklist, members may have left.
  return read(question, value, around).code === undefined ? value : undefined;
}

/** Same answer, whatever the order of several. */
export function sameAnswer(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const left = new Set<Json>(a);
    return left.size === new Set<Json>(b).size && b.every((v) => left.has(v));
  }
  return a !== undefined && a === b;
}

/** Whether every answer of these steps repeats the last visit's. */
export function sameAsLast(
  form: Form,
  steps: readonly Step[],
  last: ReadonlyAnswers,
  around: Around,
): boolean {
  return steps.every((step) => sameAnswer(answerAt(form.answers, step), lastAnswer(step, last, around)));
}
