// @vitest-environment happy-dom
/** The county's cases as plain data: filters in the address, saved ones, selection, the way from case to case. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Recheck, SavedFilter } from '../../core/api/deskTypes';
import { setClock } from '../../core/clock';
import { makeRow } from './fixtures';
import { monthsOfMeetings, several } from './meetingModel';
import {
  assigneeOf,
  caseHref,
  conditions,
  isSaved,
  listHref,
  MOST_AT_ONCE,
  maskedName,
  missingIn,
  NO_FILTER,
  neighbour,
  nextCase,
  partsOf,
  readFilter,
  savedFor,
  toggle,
  toQuery,
  toSaved,
  waitingDays,
  withWorker,
  workerValue,
} from './model';
import { monthsToChoose } from './months';

afterEach(() => setClock());

describe('the filter in the address', () => {
  it('comes back as it was written, offices with their Chinese names', () => {
    const filter = {
      state: 'monitor',
      region: '450321100',
      severity: 'none',
      cause: 'illness',
      assigned: '',
      department: '民政局 & 医保局',
      month: '2026-11',
      until: '2026-12-08',
    } as const;
    const [, query = ''] = listHref(filter).split('?');
    expect(readFilter(Object.fromEntries(new URLSearchParams(query)))).toEqual(filter);
    expect(conditions(filter)).toBe(6);
  });

  it('narrows nothing by what it does not understand', () => {
    const strange = { state: 'gone', region: '45', cause: 'verify', assigned: 'boss', until: '2026-13-40' };
    const stranger = { ...strange, department: '长'.repeat(41), severity: 'blue', month: '2026-13' };
    expect(readFilter(stranger)).toEqual(NO_FILTER);
    expect(listHref(NO_FILTER)).toBe('#/cases');
    expect(caseHref('v1', NO_FILTER)).toBe('#/cases/v/v1');
  });

  it('asks the server only for what narrows', () => {
    expect(toQuery(NO_FILTER)).toEqual({ state: 'handed_up' });
    const filter = { ...NO_FILTER, severity: 'red', assigned: 'nobody', until: '2026-12-08' } as const;
    expect(toQuery(filter)).toEqual({
      state: 'handed_up',
      severity: 'red',
      assigned: 'nobody',
      until: '2026-12-08',
    });
  });

  it('offers the months of a year back, and the one in the address', () => {
    setClock(() => Date.parse('2026-01-31T17:00:00Z'));
    const months = monthsToChoose('');
    expect([months[0], months[1], months[2], months.length]).toEqual(['2026-02', '2026-01', '2025-12', 12]);
    expect(monthsToChoose('2026-01')).toEqual(months);
    expect(monthsToChoose('2024-05').at(-1)).toBe('2024-05');
  });

  it('has one choice for me, nobody and the departments', () => {
    const office = withWorker({ ...NO_FILTER, assigned: 'me' }, 'd:民政局');
    expect([office.assigned, office.department, workerValue(office)]).toEqual(['', '民政局', 'd:民政局']);
    const mine = withWorker(office, 'me');
    expect([mine.assigned, mine.department]).toEqual(['me', '']);
    expect(workerValue(withWorker(mine, ''))).toBe('');
  });
});

describe('saved filters', () => {
  const saved = (query: SavedFilter['query']): SavedFilter => ({ id: 'f', name: '一', query });

  it('keep the list, the codes and the light, and neither day nor month', () => {
    const passing = { month: '2026-12', until: '2026-12-08' };
    const query = toSaved('cases', partsOf({ ...NO_FILTER, severity: 'red', cause: 'illness', ...passing }));
    expect(query).toEqual({ list: 'cases', severity: 'red', cause: 'illness' });
  });

  it('belong to their list, and the one on screen is known', () => {
    const ill = saved({ list: 'cases', cause: 'illness' });
    expect(savedFor([ill, saved({ list: 'visits', severity: 'red' })], 'cases')).toEqual([ill]);
    expect(isSaved(ill, 'cases', { cause: 'illness' })).toBe(true);
    expect(isSaved(ill, 'cases', { cause: 'illness', region: '450321100' })).toBe(false);
    expect(isSaved(ill, 'cases', {})).toBe(false);
  });
});

describe('the list', () => {
  const rows: Recheck[] = ['a', 'b', 'c'].map((id) => makeRow(id));

  it('is left for the next case, at its end for the one before', () => {
    expect([nextCase(rows, 'a'), nextCase(rows, 'c'), nextCase([makeRow('a')], 'a')]).toEqual([
      'b',
      'b',
      null,
    ]);
    expect([neighbour(rows, 'b', -1), neighbour(rows, 'a', -1), neighbour(rows, 'x', 1)]).toEqual([
      'a',
      null,
      null,
    ]);
  });

  it('chooses no more than the server takes at once', () => {
    expect(toggle(['a', 'b'], 'a')).toEqual(['b']);
    const full = Array.from({ length: MOST_AT_ONCE }, (_, n) => `v${n}`);
    expect(toggle(full, 'one more')).toEqual(full);
  });

  it('counts days by the calendar of the county', () => {
    setClock(() => Date.parse('2026-11-30T16:30:00Z')); // half past midnight of 1 December there
    expect(waitingDays({ handed_up_at: '2026-11-30T15:59:00Z' })).toBe(1);
    expect(waitingDays({ handed_up_at: '2026-11-30T16:01:00Z' })).toBe(0);
    expect(waitingDays({ handed_up_at: null })).toBe(0);
  });

  it('knows a person from a department', () => {
    expect(assigneeOf('p:u1')).toEqual({ kind: 'person', id: 'u1' });
    expect(assigneeOf('d:民政局')).toEqual({ kind: 'department', name: '民政局' });
    expect(assigneeOf('')).toBeNull();
  });
});

describe('a decision', () => {
  it('wants a choice and words', () => {
    expect(missingIn(null, '同意')).toBe('choice');
    expect(missingIn('monitor', ' 好 ')).toBe('opinion');
    expect(missingIn('monitor', '同意')).toBeNull();
  });
});

describe('the list for the meeting', () => {
  it('masks every name but for its first sign', () => {
    expect(['张三', '欧阳小明', '买买提·吐尔逊', '𠮷田'].map(maskedName)).toEqual([
      '张*',
      '欧**',
      '买**',
      '𠮷*',
    ]);
  });

  it('offers the months around this one, over the turn of the year too', () => {
    setClock(() => Date.parse('2026-12-31T02:00:00Z'));
    expect(monthsOfMeetings()).toEqual(['2027-01', '2026-12', '2026-11', '2026-10', '2026-09']);
  });

  it('reads in order, a few at a time, and stops when told', async () => {
    let running = 0;
    let most = 0;
    const read = async (n: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 7 - n));
      running -= 1;
      return n * 10;
    };
    const told: number[] = [];
    const found = await several(
      [1, 2, 3, 4, 5],
      read,
      (done) => told.push(done),
      () => false,
      2,
    );
    expect(found).toEqual([10, 20, 30, 40, 50]);
    expect([most, told]).toEqual([2, [1, 2, 3, 4, 5]]);
    let asked = 0;
    await several(
      [1, 2, 3],
      async () => {
        asked += 1;
      },
      () => undefined,
      () => asked >= 1,
      1,
    );
    expect(asked).toBe(1);
    await expect(
      several(
        [1],
        async () => Promise.reject(new Error('no')),
        () => undefined,
        () => false,
      ),
    ).rejects.toThrow('no');
  });
});
