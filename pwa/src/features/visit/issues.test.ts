import { describe, expect, it } from 'vitest';
import { birthOf, idProblem, sexOf, tidyId } from '../../core/idNumber';
import { issues } from './issues';
import { readForm } from './model';
import { isDay, monthsBefore } from './reading';
import { rosterProblems, typeInto } from './roster';
import { CLEAN, checklist, HEAD, household, roster, SON } from './testWorld';
import type { ReadonlyAnswers, RosterChange } from './types';

const TODAY = '2026-11-22';
const found = (answers: ReadonlyAnswers) =>
  issues(
    readForm(checklist, { ...CLEAN, ...answers }, { roster, members: household().members, today: TODAY }),
  ).map(({ key, code, limit }) => [key, code, limit]);

describe('identity numbers (GB 11643)', () => {
  it.each(['11010519491231002X', '440524188001010014', '34052419800101001X'])(
    'takes %s or says why not',
    (id) => {
      // The second was born in 1880: right by its check digit, but nobody is that old.
      expect(idProblem(id, TODAY)).toBe(id.startsWith('44') ? 'date' : null);
    },
  );

  it('names the fault: length, date, check digit', () => {
    expect(idProblem('1101051949123100', TODAY)).toBe('length');
    expect(idProblem('11010519491331002X', TODAY)).toBe('date');
    expect(idProblem('110105194912310021', TODAY)).toBe('checksum');
  });

  it('refuses a birth after today', () => {
    expect(idProblem('110105203001010016', TODAY)).toBe('date');
  });

  it('takes a small x, full-width digits and spaces as meant', () => {
    expect(tidyId(' １10105 19491231002x ')).toBe('11010519491231002X');
  });

  it('reads birth date and sex', () => {
    expect([birthOf('11010519491231002X'), sexOf('11010519491231002X')]).toEqual(['1949-12-31', 'female']);
    expect(sexOf('34052419800101001X')).toBe('male');
  });
});

describe('the member form', () => {
  const problems = (changes: RosterChange[]) =>
    rosterProblems(changes, household().members, TODAY).map(({ what, entry }) => [what, entry]);

  it('fills sex and birth date from a complete number and leaves them alone before', () => {
    const typed = typeInto({ op: 'add' }, 'id_number', '11010519491231002x', TODAY);
    expect(typed).toEqual({
      op: 'add',
      id_number: '11010519491231002X',
      birth_on: '1949-12-31',
      sex: 'female',
    });
    expect(typeInto({ op: 'add' }, 'id_number', '1101051949', TODAY)).toEqual({
      op: 'add',
      id_number: '1101051949',
    });
  });

  it('forgets a field that was emptied', () => {
    expect(typeInto({ op: 'add', name: '丁某' }, 'name', '', TODAY)).toEqual({ op: 'add' });
  });

  it('wants exactly one head after the changes', () => {
    expect(problems([{ op: 'remove', member_id: HEAD.id }])).toEqual([['no_head', undefined]]);
    expect(
      problems([
        { op: 'remove', member_id: HEAD.id },
        { op: 'change', member_id: SON.id, relation: '户主' },
      ]),
    ).toEqual([]);
    expect(problems([{ op: 'change', member_id: SON.id, relation: '户主' }])).toEqual([['heads', undefined]]);
  });

  it('wants a spouse of the other sex, and one only', () => {
    const spouse = (sex: 'male' | 'female'): RosterChange => ({
      op: 'add',
      name: '戊某',
      relation: '配偶',
      sex,
    });
    expect(problems([spouse('female')])).toEqual([]);
    expect(problems([spouse('male')])).toEqual([['spouse_sex', undefined]]);
    expect(problems([spouse('female'), spouse('female')])).toEqual([['spouses', undefined]]);
  });

  it('points at the entry with a wrong number, no name, or a number used twice', () => {
    const id_number = '11010519491231002X';
    expect(problems([{ op: 'add', name: '丁某', id_number: '1' }])).toEqual([['id_length', 0]]);
    expect(problems([{ op: 'add' }])).toEqual([['name', 0]]);
    expect(
      problems([
        { op: 'add', name: '丁某', id_number },
        { op: 'add', name: '戊某', id_number },
      ]),
    ).toEqual([['id_twice', 1]]);
  });

  it('shows every fault of the entry beside the question', () => {
    const roster_edit = [
      { op: 'add', member_id: 'n' },
      { op: 'remove', member_id: 'nobody' },
    ];
    expect(found({ roster_change: ['born'], roster_edit })).toEqual([
      ['roster_edit', 'constraint', undefined],
      ['roster_edit', 'unknown_member', undefined],
    ]);
  });
});

describe('amounts, days and constraints', () => {
  it('finds nothing wrong with a missing answer', () => {
    expect(found({ shock: ['traffic'] })).toEqual([]);
  });

  it('stops an amount above its limit and names the limit', () => {
    expect(found({ biz_event: 'market', biz_loss: '2000000.01' })).toEqual([
      ['biz_loss', 'out_of_range', '2000000.00'],
    ]);
    expect(found({ biz_event: 'market', biz_loss: '2000000.00' })).toEqual([]);
  });

  it('refuses a day that does not exist, lies ahead, or is more than 24 months back', () => {
    expect(found({ shock: ['other'], shock_date: '2026-02-30' })).toEqual([
      ['shock_date', 'wrong_type', undefined],
    ]);
    expect(found({ shock: ['other'], shock_date: '2026-11-23' })).toEqual([
      ['shock_date', 'constraint', undefined],
    ]);
    expect(found({ shock: ['other'], shock_date: '2024-11-21' })).toEqual([
      ['shock_date', 'out_of_range', '2024-11-22'],
    ]);
    expect(found({ shock: ['other'], shock_date: '2024-11-22' })).toEqual([]);
  });

  it('holds a part against its whole, person by person', () => {
    const ill = [{ who: 'm1', ill_selfpay: '6000.00', ill_selffund: '6000.01' }];
    expect(found({ ill_who: ['m1'], ill })).toEqual([['ill_selffund@m1', 'constraint', undefined]]);
  });

  it('knows leap days and counts months back over new year', () => {
    expect([isDay('2024-02-29'), isDay('2026-02-29'), isDay('2026-1-1')]).toEqual([true, false, false]);
    expect([monthsBefore('2026-01-31', 1), monthsBefore('2026-11-22', 24)]).toEqual([
      '2025-12-31',
      '2024-11-22',
    ]);
  });
});
