import { describe, expect, it } from 'vitest';
import { choose, isChosen, settles } from './choices';
import { lastAnswer, sameAnswer } from './last';
import {
  answerAt,
  findStep,
  isAnswered,
  nextAfter,
  progress,
  readForm,
  setAnswer,
  unanswered,
} from './model';
import { cards, numberOf, openSections } from './sections';
import { CLEAN, checklist, HEAD, household, roster, SON, STUDENT } from './testWorld';
import type { Question, ReadonlyAnswers, RosterFacts } from './types';

const form = (answers: ReadonlyAnswers, facts: Partial<RosterFacts> = {}, today = '2026-11-22') =>
  readForm(checklist, answers, {
    roster: { ...roster, ...facts } as RosterFacts,
    members: household().members,
    today,
  });
const keys = (answers: ReadonlyAnswers, facts?: Partial<RosterFacts>, today?: string) =>
  form(answers, facts, today).steps.map((step) => step.key);
const question = (id: string) => checklist.questions.find((q) => q.id === id) as Question;

describe('visible questions', () => {
  it('asks a clean adult household thirteen questions and counts the optional photo as none', () => {
    expect(progress(form(CLEAN), 0)).toEqual({ answered: 13, total: 13 });
    expect(unanswered(form(CLEAN), 0)).toEqual([]);
  });

  it('ends with refused consent and forgets what was answered before', () => {
    const refused = form({ ...CLEAN, consent: 'no', house_state: 'D' });
    expect(refused.steps.map((s) => s.key)).toEqual(['consent']);
    expect(refused.answers).toEqual({ consent: 'no' });
  });

  it('opens the income details when anything is wrong anywhere, and photos become due', () => {
    const trouble = form({ ...CLEAN, house_state: 'D' });
    expect(trouble.steps.map((s) => s.key)).toContain('inc_wage');
    expect(unanswered(trouble, 0).map((s) => s.key)).toContain('photos');
    expect(unanswered(trouble, 1).map((s) => s.key)).not.toContain('photos');
  });

  it('drops what hidden questions held but keeps it for the case that they open again', () => {
    const typed = { ...CLEAN, house_state: 'safe', house_cause: 'age' };
    expect(form(typed).answers['house_cause']).toBeUndefined();
    expect(form({ ...typed, house_state: 'C' }).answers['house_cause']).toBe('age');
  });

  it('never opens questions in a circle: the same answers give the same form again', () => {
    const first = form({ ...CLEAN, shock: ['disaster'], shock_loss: '100.00', loss_object: ['other'] });
    expect(form(first.answers).steps.map((s) => s.key)).toEqual(first.steps.map((s) => s.key));
  });

  it('asks for last year too in the first quarter', () => {
    const ill = { ...CLEAN, ill_who: ['m1'] };
    expect(keys(ill, {}, '2027-03-31')).toContain('ill_selfpay_prev@m1');
    expect(keys(ill, {}, '2027-04-01')).not.toContain('ill_selfpay_prev@m1');
  });
});

describe('loops', () => {
  it('opens one card a patient, all questions of one person together', () => {
    const steps = form({ ...CLEAN, ill_who: ['m2', 'm1'] }).steps.filter((s) => s.loop === 'ill');
    expect(cards(steps).map((card) => card.map((s) => s.key))).toEqual([
      ['ill_type@m1', 'ill_setting@m1', 'ill_selfpay@m1'],
      ['ill_type@m2', 'ill_setting@m2', 'ill_selfpay@m2'],
    ]);
  });

  it('numbers a step that is not counted like the last one before it', () => {
    const all = form(CLEAN).steps;
    const counted = all.filter((_, at) => at !== 0 && at !== all.length - 1);
    const numbers = [0, 1, 2, all.length - 2, all.length - 1].map((at) =>
      numberOf(counted, all, all[at]?.key ?? null),
    );
    expect(numbers).toEqual([1, 1, 2, counted.length, counted.length]);
    expect(numberOf(counted, all, null)).toBe(1);
  });

  it('shows a follow-up only to the patient it concerns', () => {
    const ill = [
      { who: 'm1', ill_selfpay: '5000.00' },
      { who: 'm2', ill_selfpay: '4999.99' },
    ];
    const open = keys({ ...CLEAN, ill_who: ['m1', 'm2'], ill });
    expect(open).toContain('ill_selffund@m1');
    expect(open).not.toContain('ill_selffund@m2');
  });

  it('asks about every college student when there are two, whoever was named', () => {
    const two = { n_student: 2, n_college: 2 };
    expect(keys({ ...CLEAN, stu_over: [] }, two)).toContain(`stu_nature@${STUDENT.id}`);
    expect(keys({ ...CLEAN, stu_over: [] }, { ...two, n_college: 1 })).not.toContain(
      `stu_nature@${STUDENT.id}`,
    );
  });

  it('takes the stage of a student from the register', () => {
    const kept = form({ ...CLEAN, stu_over: ['m3'] }, { n_student: 1 }).answers;
    expect(kept['stu']).toEqual([{ who: 'm3', stage: 'college' }]);
  });

  it('leaves out a person who is no longer named, and brings the answers back with the name', () => {
    const typed = { ...CLEAN, ill_who: ['m1'], ill: [{ who: 'm1', ill_type: 'serious' }] };
    expect(form({ ...typed, ill_who: ['m2'] }).answers['ill']).toEqual([{ who: 'm2' }]);
    expect(form(typed).answers['ill']).toEqual([{ who: 'm1', ill_type: 'serious' }]);
  });

  it('says nothing about a loop nobody was asked about', () => {
    expect(form({ consent: 'yes' }).answers).toEqual({ consent: 'yes' });
    expect(form(CLEAN).answers['ill']).toEqual([]);
  });

  it('sets one field of one person and leaves the old answers untouched', () => {
    const before = { ...CLEAN, ill_who: ['m1', 'm2'], ill: [{ who: 'm2', ill_type: 'chronic' }] };
    const step = findStep(form(before), 'ill_type@m1');
    if (!step) throw new Error('no such step');
    const after = setAnswer(before, step, 'serious');
    expect(answerAt(after, step)).toBe('serious');
    expect(after['ill']).toContainEqual({ who: 'm2', ill_type: 'chronic' });
    expect(before.ill).toEqual([{ who: 'm2', ill_type: 'chronic' }]);
  });

  it('lets answers name a member whom this visit adds', () => {
    const born = [{ op: 'add', member_id: 'new', name: '丁某', relation: '之孙子' }];
    const open = form({ ...CLEAN, roster_change: ['born'], roster_edit: born, ins_gap: ['new'] });
    expect(open.around.people.map((p) => p.id)).toEqual([HEAD.id, SON.id, STUDENT.id, 'new']);
    expect(open.taken.find((t) => t.step.key === 'ins_gap')?.reading.code).toBeUndefined();
  });
});

describe('one tap', () => {
  const many = question('basic_lack');
  const people = question('stu_over');

  it('stores "none" as an empty list and shows it as chosen', () => {
    expect(choose(many, ['grain'], 'none')).toEqual([]);
    expect([isChosen([], 'none'), isChosen(undefined, 'none'), isChosen(['grain'], 'none')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes "none" away when something is chosen, and claims nothing when the last choice goes', () => {
    expect(choose(many, [], 'grain')).toEqual(['grain']);
    expect(choose(many, ['grain'], 'grain')).toBeUndefined();
  });

  it('keeps "all in order" apart from the others but stored by its own name', () => {
    expect(choose(question('ill_proper'), ['excess'], 'ok')).toEqual(['ok']);
    expect(choose(question('ill_proper'), ['ok'], 'excess')).toEqual(['excess']);
  });

  it('writes "cannot say" about members as a word of its own', () => {
    expect(choose(people, ['m1'], 'unknown')).toBe('unknown');
    expect(choose(people, 'unknown', 'm1')).toEqual(['m1']);
  });

  it('moves on only after an answer that settles the question', () => {
    expect([settles(question('house_state'), 'D'), settles(many, 'none'), settles(many, 'grain')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('where the form stands', () => {
  it('goes forward only and ends when nothing after the place is open', () => {
    const open = form({ consent: 'yes' });
    expect(nextAfter(open, null, 0)?.key).toBe('roster_change');
    expect(nextAfter(open, 'shock', 0)?.key).toBe('policy_gap');
    expect(nextAfter(open, 'ask_help', 0)).toBeNull();
  });

  it('finds the step of a comment that names only the question', () => {
    const open = form({ ...CLEAN, ill_who: ['m2'] });
    expect(findStep(open, 'ill_selfpay')?.key).toBe('ill_selfpay@m2');
  });

  it('calls a section done when its due questions are answered, never one of optional steps alone', () => {
    const done = openSections(checklist, form(CLEAN), 0).filter((one) => one.done);
    expect(done.map((one) => one.section.id)).not.toContain('end');
    expect(done).toHaveLength(9);
  });

  it('counts an answer only while its question is open', () => {
    const open = form({ ...CLEAN, house_cause: 'age' });
    expect(open.steps.every((step) => isAnswered(open, step, 1))).toBe(true);
  });
});

describe('same as last time', () => {
  const around = form(CLEAN).around;
  const at = (key: string, answers: ReadonlyAnswers = CLEAN) => {
    const step = findStep(form(answers), key);
    if (!step) throw new Error(`no step ${key}`);
    return step;
  };
  const said = (answers: ReadonlyAnswers, visited_at = `${around.today}T02:00:00Z`) => ({
    id: 'v0',
    visited_at,
    answers,
  });

  it('offers the earlier answer to the same question', () => {
    expect(lastAnswer(at('house_state'), said({ house_state: 'C' }), around)).toBe('C');
    expect(lastAnswer(at('ins_gap'), said({ ins_gap: [] }), around)).toEqual([]);
  });

  it('offers the answer about the same person inside a loop', () => {
    const step = at('ill_type@m1', { ...CLEAN, ill_who: ['m1'] });
    const last = {
      ill: [
        { who: 'm2', ill_type: 'other' },
        { who: 'm1', ill_type: 'chronic' },
      ],
    };
    expect(lastAnswer(step, said(last), around)).toBe('chronic');
  });

  it('offers neither consent, nor an option that is gone, nor a member who left', () => {
    expect(lastAnswer(at('consent'), said({ consent: 'yes' }), around)).toBeUndefined();
    expect(lastAnswer(at('house_state'), said({ house_state: 'E' }), around)).toBeUndefined();
    expect(lastAnswer(at('ill_who'), said({ ill_who: ['gone'] }), around)).toBeUndefined();
  });

  it('offers nothing that must be asked anew: events, wishes, and what was true of another year', () => {
    for (const key of ['shock', 'ask_help', 'roster_change'])
      expect(lastAnswer(at(key), said(CLEAN), around)).toBeUndefined();
    const lastYear = `${Number(around.today.slice(0, 4)) - 1}-12-31T02:00:00Z`;
    expect(lastAnswer(at('ins_gap'), said(CLEAN, lastYear), around)).toBeUndefined();
    expect(lastAnswer(at('house_state'), said(CLEAN, lastYear), around)).toBe('safe');
  });

  it('compares lists without their order', () => {
    expect(sameAnswer(['a', 'b'], ['b', 'a'])).toBe(true);
    expect([sameAnswer(['a'], ['b']), sameAnswer([], ['a']), sameAnswer(undefined, undefined)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
