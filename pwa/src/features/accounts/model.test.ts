/** Filters in the address, places level by level, and what comes first. */
import { describe, expect, it } from 'vitest';
import type { Account, GridRow } from '../../core/api/accountTypes';
import type { Region } from '../../core/api/types';
import {
  childrenOf,
  gridsInOrder,
  levelOf,
  listHref,
  NO_FILTER,
  ROLES,
  readQuery,
  resolved,
  standingOf,
  stepsOf,
  tidyUsername,
  toFilter,
  USERNAME,
} from './model';

const LEVELS: Record<number, string> = { 6: 'county', 9: 'township', 12: 'village', 14: 'grid' };
const region = (code: string): Region => ({
  code,
  name: code,
  level: LEVELS[code.length] ?? '',
  parent_code: null,
});
const COUNTY = ['450321', '450321100', '450321101', '450321100200', '450321100201', '45032110020001'].map(
  region,
);
const ONE = ['450321', '450321100', '450321100200', '45032110020001', '45032110020002'].map(region);

describe('filters in the address', () => {
  it.each([
    ['', NO_FILTER, '#/accounts'],
    [
      'role=township&state=waiting',
      { role: 'township', state: 'waiting' },
      '#/accounts?role=township&state=waiting',
    ],
    ['role=king&state=gone&q=name', NO_FILTER, '#/accounts'],
  ])('%s', (text, query, href) => {
    const found = readQuery(Object.fromEntries(new URLSearchParams(text)));
    expect(found).toEqual(query);
    expect(listHref(found)).toBe(href);
  });

  it('take the search along, without blanks, and never in the address', () => {
    expect(toFilter({ role: 'county', state: '' }, ' 梅 ')).toEqual({ role: 'county', q: '梅' });
    expect(toFilter(NO_FILTER, '  ')).toEqual({});
  });
});

describe('places', () => {
  it('of a level lie in the one above', () => {
    expect(childrenOf(COUNTY, '450321100', 'village').map((one) => one.code)).toEqual([
      '450321100200',
      '450321100201',
    ]);
    expect(stepsOf('450321100200')).toEqual(['450321', '450321100', '450321100200']);
  });

  it.each([
    ['nothing chosen, several townships', COUNTY, 'village', '', ''],
    ['down to a village', COUNTY, 'village', '450321100201', '450321100201'],
    ['not deep enough', COUNTY, 'village', '450321100', ''],
    ['a level with one place counts as chosen', COUNTY, 'grid', '450321100200', '45032110020001'],
    ['only the last level is asked about', ONE, 'grid', '', ''],
    ['and chosen', ONE, 'grid', '45032110020002', '45032110020002'],
    ['one village of a township', ONE, 'village', '', '450321100200'],
  ] as const)('%s', (_name, regions, level, value, found) => {
    expect(resolved(regions, level, value)).toBe(found);
  });

  it('an administrator has none, everybody else one', () => {
    expect(ROLES.filter((role) => levelOf(role) === null)).toEqual(['admin']);
  });
});

describe('an account', () => {
  const account = { active: true, one_time_until: null } as Account;
  it.each([
    [account, 'active'],
    [{ ...account, one_time_until: '2026-12-01T00:00:00.000Z' }, 'waiting'],
    [{ ...account, active: false, one_time_until: '2026-12-01T00:00:00.000Z' }, 'disabled'],
  ])('stands', (given, standing) => {
    expect(standingOf(given)).toBe(standing);
  });

  it.each([
    [' ＷＥＩ.2026 ', 'wei.2026', true],
    ['１３８００００１２３４', '13800001234', true],
    ['-wei', '-wei', false],
    ['韦小花', '韦小花', false],
    ['w', 'w', false],
  ])('has the user name %s', (typed, meant, fits) => {
    expect(tidyUsername(typed)).toBe(meant);
    expect(USERNAME.test(meant)).toBe(fits);
  });
});

it('grids that nobody works come first', () => {
  const row = (code: string, members: number) =>
    ({ code, members: Array.from({ length: members }, () => ({ id: code, display_name: code })) }) as GridRow;
  expect(gridsInOrder([row('1', 1), row('2', 0), row('3', 2), row('0', 0)]).map((one) => one.code)).toEqual([
    '0',
    '2',
    '1',
    '3',
  ]);
});
