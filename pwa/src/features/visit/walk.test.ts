/** The walks through the form that the server takes too. */
import { describe, expect, it } from 'vitest';
import definition from '../../../../server/checklists/definitions/2026-1.json';
import shared from '../../../../tests/checklists/form_cases.json';
import { issues } from './issues';
import { answerAt, findStep, readForm, unanswered } from './model';
import type { Checklist, Person, ReadonlyAnswers, RosterFacts } from './types';

interface Case {
  name: string;
  roster: RosterFacts;
  visit_date: string;
  photos: number;
  answers: ReadonlyAnswers;
  visible: string[];
  any_problem: boolean;
  errors: { question: string; code: string; item?: string }[];
  not_asked: string[];
}

const file = shared as unknown as {
  base: { roster: RosterFacts; members: Person[]; answers: ReadonlyAnswers };
  cases: Case[];
};
const checklist = definition as unknown as Checklist;
const questions = new Set(checklist.questions.map((q) => q.id));
const inOrder = (ids: Iterable<string>) =>
  checklist.questions.map((q) => q.id).filter((id) => new Set(ids).has(id));

function formOf(one: Case) {
  const answers = { ...file.base.answers, ...one.answers };
  const situation = {
    roster: { ...file.base.roster, ...one.roster },
    members: file.base.members,
    today: one.visit_date,
  };
  return readForm(checklist, answers, situation);
}

describe('walks shared with the server', () => {
  it.each(file.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const form = formOf(one);
    expect(inOrder(form.steps.map((s) => s.question.id))).toEqual(one.visible);
    expect(inOrder(unanswered(form, one.photos).map((s) => s.question.id))).toEqual(one.not_asked);
    expect(form.facts['any_problem'] === true && form.steps.length > 1).toBe(one.any_problem);
  });

  it.each(file.cases.map((one) => [one.name, one] as const))('refuses alike: %s', (_name, one) => {
    const form = formOf(one);
    const mine = issues(form).map(({ key, code }) => `${key}:${code}`);
    // What is hidden or unknown never leaves the phone, so there is nothing to refuse.
    const theirs = one.errors.filter(
      (e) => questions.has(e.question) && e.code !== 'not_shown' && e.code !== 'unknown_question',
    );
    expect([...new Set(mine)].sort()).toEqual(
      theirs.map((e) => `${e.item ? `${e.question}@${e.item}` : e.question}:${e.code}`).sort(),
    );
    for (const hidden of one.errors.filter((e) => e.code === 'not_shown' && questions.has(e.question))) {
      const step = findStep(form, hidden.item ? `${hidden.question}@${hidden.item}` : hidden.question);
      expect(step === undefined ? undefined : answerAt(form.answers, step)).toBeUndefined();
    }
  });
});
