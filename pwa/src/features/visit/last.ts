/** What the household said last time, offered line by line and never taken by itself. */

import type { Json } from '../../core/canonical';
import { dayOf } from '../../core/clock';
import { answerAt, CONSENT, type Form, type Step } from './model';
import { type Around, read } from './reading';
import type { Question, ReadonlyAnswers } from './types';
import { storedItem } from './walk';

/** The visit to compare with: the newest one the server told of, or a newer one saved on this phone. */
export interface LastVisit {
  readonly id: string;
  readonly visited_at: string;
  readonly answers: ReadonlyAnswers;
}

/** For checklists without marks: consent and confirmation are given anew, changes and photos are no states. */
const NEVER: ReadonlySet<string> = new Set([
  CONSENT,
  'sign',
  'roster_change',
  'roster_edit',
  'photos',
  'shock',
]);

const yearOf = (last: LastVisit): string => dayOf(Date.parse(last.visited_at)).slice(0, 4);

function mustBeAsked({ id, anew, observer }: Question, last: LastVisit, today: string): boolean {
  if (anew === 'always' || observer || NEVER.has(id)) return true;
  return anew === 'year' && yearOf(last) !== today.slice(0, 4);
}

/** The answer of the last visit to this step while it still fits the question, or undefined. */
export function lastAnswer(step: Step, last: LastVisit, around: Around): Json | undefined {
  const { question, loop, who = '' } = step;
  if (mustBeAsked(question, last, around.today)) return undefined;
  const { answers } = last;
  const value = loop === undefined ? answers[question.id] : storedItem(answers, loop, who)?.[question.id];
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
export function sameAsLast(form: Form, steps: readonly Step[], last: LastVisit): boolean {
  return steps.every((step) => sameAnswer(answerAt(form.answers, step), lastAnswer(step, last, form.around)));
}
