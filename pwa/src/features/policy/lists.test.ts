/** Values, rules, runs, the rules' page and the calendar as plain data. */
import { describe, expect, it } from 'vitest';
import type { CalendarDay, CalendarYear, RuleHealth, Run } from '../../core/api/policyTypes';
import { joined } from '../../core/reading';
import { monthsOf, stretchesOf, weekdayOf } from './calendar/model';
import { aRule, aSetting } from './fixtures';
import { differing, percent, sorted } from './health/model';
import { placeOf, placesOf } from './places';
import { foundRules, nextAct } from './rulesModel';
import { pollMs, STILL_MS, standsStill, tookSeconds } from './runs/model';
import { isOpen, parseValue, plainNumber, sameValue, signed } from './values';

describe('numbers', () => {
  it.each([
    ['7000', 'CNY', '7000'],
    ['７，０００．５０', 'CNY', '7000.5'],
    [' 7,000 元 ', 'CNY', '7000'],
    ['1.125', 'CNY', undefined],
    ['1.125', 'ratio', '1.125'],
    ['1.12345', 'ratio', undefined],
    ['12', 'months', '12'],
    ['12.5', 'months', undefined],
    ['-1', 'CNY', undefined],
    ['1e4', 'CNY', undefined],
    ['', 'CNY', undefined],
  ])('"%s" as %s is %s', (text, unit, value) => {
    expect(parseValue(text, unit)).toBe(value);
  });

  it('are shown without what says nothing', () => {
    expect(['5000.00', '1.10', '12', '1234567.50'].map(plainNumber)).toEqual([
      '5,000',
      '1.1',
      '12',
      '1,234,567.5',
    ]);
    expect(sameValue('5000.00', '5000')).toBe(true);
    expect(sameValue(null, '0')).toBe(false);
    expect([3, 0, -1200].map(signed)).toEqual(['+3', '0', '−1,200']);
  });
});

describe('rules', () => {
  const off = aRule({ rule: 'R-OFF-01', on: false, severity: 'yellow' });

  it('are found by id, name, words and article within a filter', () => {
    const rules = [aRule(), off];
    const ids = (filter: Parameters<typeof foundRules>[1], search: string) =>
      foundRules(rules, filter, search).map((rule) => rule.rule);
    expect(ids('all', '')).toEqual(['R-INC-01', 'R-OFF-01']);
    expect(ids('off', '')).toEqual(['R-OFF-01']);
    expect(ids('red', ' r-inc ')).toEqual(['R-INC-01']);
    expect(ids('yellow', 'R-INC')).toEqual([]);
    expect(ids('all', '5000元')).toHaveLength(2);
  });

  it('can be switched off when in use, and on only when the county may choose them', () => {
    expect(nextAct(aRule())).toBe('rule_off');
    expect(nextAct(off)).toBeNull();
    expect(nextAct(aRule({ on: false, choosable: true }))).toBe('rule_on');
    expect(nextAct(aRule({ on: true, choosable: true }))).toBeNull();
    expect(nextAct(aRule({ in_force: false }))).toBeNull();
  });

  it('show a way to revoke only for acts that still count', () => {
    const revoked = { id: 'x', from: '2026-11-02', reason: '', signer_name: '', signed_at: '' };
    expect(isOpen(aSetting())).toBe(true);
    expect(isOpen(aSetting({ state: 'coming' }))).toBe(true);
    expect(isOpen(aSetting({ state: 'past' }))).toBe(false);
    expect(isOpen(aSetting({ state: 'revoked', revoked }))).toBe(false);
    expect(isOpen(aSetting({ revoked: { ...revoked, from: '2099-01-01' } }))).toBe(true);
  });
});

describe('pages', () => {
  it('are the county’s own, except for numbers, rules and holidays', () => {
    expect(placesOf('county')).toContain('whatif');
    expect(placesOf('township')).toEqual(['parameters', 'rules', 'calendar']);
    expect(placeOf('whatif', 'township')).toBe('parameters');
    expect(placeOf(undefined, 'county')).toBe('whatif');
  });

  it('that follow each other show nothing twice', () => {
    expect(joined(['a', 'b'], ['b', 'c'], (one) => one)).toEqual(['a', 'b', 'c']);
  });
});

describe('runs', () => {
  const run = (changes: Partial<Run>) =>
    ({ state: 'running', started_at: null, finished_at: null, ...changes }) as Run;

  it('are followed until they are over', () => {
    expect(pollMs(run({}))).toBeLessThan(pollMs(run({ state: 'waiting' })) ?? 0);
    expect(pollMs(run({ state: 'done' }))).toBeNull();
  });

  it('stand still only when nothing moved for long and they are not over', () => {
    expect(standsStill(run({}), 0, STILL_MS + 1)).toBe(true);
    expect(standsStill(run({}), 0, STILL_MS)).toBe(false);
    expect(standsStill(run({ state: 'done' }), 0, STILL_MS * 9)).toBe(false);
  });

  it('took what lies between their first and last moment', () => {
    const over = run({ started_at: '2026-11-22T01:00:00.000Z', finished_at: '2026-11-22T01:00:02.500Z' });
    expect(tookSeconds(over)).toBe(2.5);
    expect(tookSeconds(run({ started_at: '2026-11-22T01:00:00.000Z' }))).toBeNull();
  });
});

describe('rule health', () => {
  const row = (rule: string, met: number, differences: Partial<RuleHealth['differences']>) =>
    ({
      rule,
      met,
      unknown: 10 - met,
      differences: { met_phone: 0, met_server: 0, open_phone: 0, open_server: 0, ...differences },
    }) as RuleHealth;
  const rows = [row('R-B', 1, {}), row('R-A', 5, {}), row('R-C', 0, { met_server: 2 })];
  const order = (by: Parameters<typeof sorted>[1]) => sorted(rows, by).map((one) => one.rule);

  it('puts what needs a look first', () => {
    expect(order('differences')).toEqual(['R-C', 'R-A', 'R-B']);
    expect(order('unknown')).toEqual(['R-C', 'R-B', 'R-A']);
    expect(order('rule')).toEqual(['R-A', 'R-B', 'R-C']);
  });

  it('counts a visit once that differs in being met and in being open', () => {
    expect(differing(row('R-A', 0, { met_server: 2, open_phone: 2 }))).toBe(2);
  });

  it('never shows a small share as nothing', () => {
    expect([null, 0, 0.0004, 0.031, 0.29, 1].map(percent)).toEqual([
      '—',
      '0%',
      '<0.1%',
      '3.1%',
      '29%',
      '100%',
    ]);
  });
});

describe('the calendar', () => {
  const day = (date: string, working: boolean, changes: Partial<CalendarDay> = {}): CalendarDay => ({
    date,
    working,
    name: { zh: '春节', en: 'Spring Festival' },
    origin: 'library',
    source: null,
    changed_by: null,
    changed_at: null,
    ...changes,
  });
  const year = (days: CalendarDay[], number = 2026) => ({ year: number, days }) as CalendarYear;

  it('begins weeks on Monday and knows leap years', () => {
    expect(weekdayOf('2026-11-22')).toBe(6);
    expect(monthsOf(year([]))[10]?.blank).toBe(6);
    expect(monthsOf(year([], 2028))[1]?.days).toHaveLength(29);
  });

  it('takes what was said about a day before its weekday', () => {
    const february = monthsOf(year([day('2026-02-14', true), day('2026-02-16', false)]))[1];
    const working = (number: number) => february?.days[number - 1]?.working;
    expect([13, 14, 15, 16, 17].map(working)).toEqual([true, true, false, false, true]);
  });

  it('lists days off in a row as one line, and each entry of the county alone', () => {
    const county = { origin: 'county', changed_by: '莫志明' } as const;
    const days = [
      day('2026-02-16', false),
      day('2026-02-15', false),
      day('2026-02-14', true),
      day('2026-02-17', false, county),
      day('2026-02-18', false, county),
    ];
    expect(stretchesOf(days).map(({ from, to }) => `${from} ${to}`)).toEqual([
      '2026-02-14 2026-02-14',
      '2026-02-15 2026-02-16',
      '2026-02-17 2026-02-17',
      '2026-02-18 2026-02-18',
    ]);
  });
});
