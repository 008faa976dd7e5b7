/** Which changes of the register are saved, and what is wrong with them. */
import { describe, expect, it } from 'vitest';
import type { Household, Member } from '../../core/api/types';
import { type Changes, fieldsOf, firstProblem, needsReason, shownOf, withField } from './editModel';

const MEMBER = { id: 'm1', name: '韦小英', stage: null, labour: 'full', main_labour: false } as Member;
const HOME = { id: 'h', address: '上寨 3 号', home: null, members: [MEMBER] } as unknown as Household;
const TODAY = '2026-11-29';

const change = (...steps: [string | null, string, string | number | boolean | null][]): Changes =>
  steps.reduce<Changes>((all, [member, field, value]) => withField(HOME, all, member, field, value), {});

describe('changes', () => {
  it('show what was typed, and what is on record elsewhere', () => {
    const changes = change([null, 'address', '上寨 5 号']);
    expect(shownOf(HOME, changes, null, 'address')).toBe('上寨 5 号');
    expect(shownOf(HOME, changes, 'm1', 'labour')).toBe('full');
  });

  it('vanish when the old value is back', () => {
    expect(change([null, 'address', '上寨 5 号'], [null, 'address', '上寨 3 号'])).toEqual({});
    expect(change(['m1', 'stage', 'junior'], ['m1', 'stage', null])).toEqual({});
    expect(change(['m1', 'main_labour', true], ['m1', 'main_labour', false])).toEqual({});
  });

  it('leave a number alone that was not typed', () => {
    expect(change([null, 'phone', '1'], [null, 'phone', ''])).toEqual({});
    expect(change([null, 'removed', true], [null, 'removed', false])).toEqual({});
  });

  it('travel in one order, trimmed, identity numbers tidied', () => {
    const a = change(['m1', 'id_number', ' 45032119580309991x '], [null, 'address', ' 上寨 5 号 ']);
    const b = change([null, 'address', ' 上寨 5 号 '], ['m1', 'id_number', ' 45032119580309991x ']);
    expect(fieldsOf(a)).toEqual([
      { member_id: null, field: 'address', value: '上寨 5 号' },
      { member_id: 'm1', field: 'id_number', value: '45032119580309991X' },
    ]);
    expect(fieldsOf(a)).toEqual(fieldsOf(b));
  });
});

describe('problems', () => {
  it.each([
    ['phone', '13877301234', true],
    ['phone', '0773-8812345', true],
    ['phone', '1387730123', false],
    ['address', '  ', false],
    ['name', '韦英', true],
    ['id_number', '450321195803099912', false],
  ])('%s %s: %s', (field, value, good) => {
    expect(
      firstProblem(change([field === 'name' || field === 'id_number' ? 'm1' : null, field, value]), TODAY),
    ).toBe(good ? null : field === 'id_number' ? 'm1/id_number' : `/${field}`);
  });
});

describe('reasons', () => {
  it('are asked for what others decide on', () => {
    expect(needsReason(change([null, 'address', 'x']))).toBe(false);
    expect(needsReason(change(['m1', 'stage', 'junior']))).toBe(false);
    expect(needsReason(change([null, 'address', 'x'], ['m1', 'removed', true]))).toBe(true);
    expect(needsReason(change([null, 'removed', true]))).toBe(true);
  });
});
