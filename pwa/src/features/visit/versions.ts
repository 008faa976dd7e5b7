/** What changes for a form that moves to a newer checklist. Pure; the answers themselves are never touched. */

import type { Json } from '../../core/canonical';
import { answerAt, type Form, isDue, readForm, type Situation, type Step } from './model';
import type { Checklist, Question, ReadonlyAnswers } from './types';

export interface Kept {
  readonly step: Step;
  readonly answer: Json;
}

export interface Move {
  readonly from: Checklist;
  readonly to: Checklist;
  /** Questions that the newer checklist asks besides. */
  readonly added: readonly Step[];
  /** Answers to questions that it asks no more; they stay in the draft and are not sent. */
  readonly dropped: readonly Kept[];
  /** Answers that are none of its options any more: to be given again. */
  readonly misfits: readonly Kept[];
  /** Answers that stay, to questions with other words. */
  readonly reworded: readonly Kept[];
}

const answered = (form: Form): Kept[] =>
  form.steps.flatMap((step) => {
    const answer = answerAt(form.answers, step);
    return answer === undefined ? [] : [{ step, answer }];
  });

const wordsOf = ({ label, options }: Question): string => JSON.stringify([label, options]);

/** Compares the form these answers make by both checklists. */
export function movedForm(
  from: Checklist,
  to: Checklist,
  answers: ReadonlyAnswers,
  situation: Situation,
): Move {
  const [now, then] = [readForm(from, answers, situation), readForm(to, answers, situation)];
  const before = new Set(now.steps.map(({ key }) => key));
  const after = new Map(then.taken.map((taken) => [taken.step.key, taken]));
  const kept = answered(now).filter(({ step }) => after.has(step.key));
  const fits = ({ step }: Kept) => after.get(step.key)?.reading.code === undefined;
  const words = ({ step }: Kept) => wordsOf(after.get(step.key)?.step.question ?? step.question);
  return {
    from,
    to,
    added: then.steps.filter((step) => !before.has(step.key) && isDue(then, step)),
    dropped: answered(now).filter(({ step }) => !after.has(step.key)),
    misfits: kept.filter((one) => !fits(one)),
    reworded: kept.filter((one) => fits(one) && words(one) !== wordsOf(one.step.question)),
  };
}
