/** What is wrong with the answers given. A missing answer is never an error here. */

import type { Bilingual } from '../../core/i18n';
import { fails } from '../../core/policy/expression';
import type { Form, Taken } from './model';
import type { Code } from './reading';
import type { RosterProblem } from './roster';

/** A sentence of the checklist, or a code the screen has words for; `limit` is what was passed. */
export interface Issue {
  readonly key: string;
  readonly code: Code;
  readonly message?: Bilingual;
  readonly limit?: string;
  readonly roster?: RosterProblem;
}

/** All issues of the form, in the order of its questions. */
export const issues = (form: Form): Issue[] => form.taken.flatMap((taken) => issuesOf(form, taken));

function issuesOf(form: Form, taken: Taken): Issue[] {
  const { step, raw, reading } = taken;
  if (raw === undefined || raw === null) return [];
  const { code, limit, roster } = reading;
  if (roster) return roster.map((problem) => ({ key: step.key, code: problem.refusal, roster: problem }));
  if (code) return [{ key: step.key, code, ...(limit !== undefined && { limit }) }];
  return (step.question.constraints ?? [])
    .filter((c) => fails(c.check, form.facts, taken.item ?? form.facts))
    .map((c) => ({ key: step.key, code: 'constraint', message: c.message }));
}
