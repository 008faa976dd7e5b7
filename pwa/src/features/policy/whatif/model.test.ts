/** Trials of other rules: addresses, ranges and what counts as a change. */
import { describe, expect, it } from 'vitest';
import { aParameter, aRule } from '../fixtures';
import {
  asked,
  firstFocus,
  knownPart,
  NO_TRIAL,
  rangeOf,
  readList,
  readTrial,
  type Trial,
  triable,
  trialHref,
  withRule,
  withValue,
} from './model';

const LINE = aParameter();
const read = (href: string) => readTrial(Object.fromEntries(new URLSearchParams(href.split('?')[1] ?? '')));

describe('a trial', () => {
  const trial: Trial = { focus: 'LINE_GX', set: { LINE_GX: '7000', NEAR: '1.25' }, off: ['R-INC-01'] };

  it('survives its address', () => {
    expect(read(trialHref(trial))).toEqual(trial);
    expect(read(trialHref(NO_TRIAL))).toEqual(NO_TRIAL);
  });

  it('takes nothing from an address that it does not understand', () => {
    const query = {
      focus: 'line;drop',
      set: 'LINE_GX:abc,near:1,NEAR:1e9,OK:5',
      off: 'R-INC-01,<b>,R-INC-01',
    };
    expect(readTrial(query)).toEqual({ focus: '', set: { OK: '5' }, off: ['R-INC-01'] });
  });

  it('keeps only what this county has and uses', () => {
    const rules = [aRule(), aRule({ rule: 'R-OFF-01', on: false })];
    const foreign: Trial = {
      focus: 'LINE_PG',
      set: { LINE_PG: '1', LINE_GX: '2' },
      off: ['R-OFF-01', 'R-INC-01'],
    };
    expect(knownPart(foreign, [LINE], rules)).toEqual({
      focus: '',
      set: { LINE_GX: '2' },
      off: ['R-INC-01'],
    });
  });

  it('counts the value in force as no change, however it is written', () => {
    expect(withValue(trial, LINE, '5000').set).toEqual({ NEAR: '1.25' });
    expect(withValue(NO_TRIAL, LINE, '5000.5').set).toEqual({ LINE_GX: '5000.5' });
  });

  it('switches a rule off once and on again', () => {
    const off = withRule(withRule(NO_TRIAL, 'R-INC-01', true), 'R-INC-01', true);
    expect(off.off).toEqual(['R-INC-01']);
    expect(withRule(off, 'R-INC-01', false)).toEqual(NO_TRIAL);
  });

  it('is asked in one spelling, whatever was changed first', () => {
    const other = { focus: '', set: { NEAR: '1.25', LINE_GX: '7000' }, off: ['R-INC-01'] };
    expect(JSON.stringify(asked(other))).toBe(JSON.stringify(asked(trial)));
  });
});

describe('the list behind a number', () => {
  it.each([
    [{ direction: 'entering' } as const, 'entering'],
    [{ rule: 'R-INC-01', direction: 'leaving' } as const, 'rule:R-INC-01:leaving'],
    [{ township: '450321100', direction: 'now' } as const, 'township:450321100:now'],
  ])('%j is in the address', (list, text) => {
    expect(trialHref(NO_TRIAL, list)).toBe(`#/policy/whatif?list=${text}`);
    expect(readList(text)).toEqual(list);
  });

  it.each([undefined, '', 'sideways', 'rule:R-INC-01', 'person:1:now', 'rule:a b:now'])(
    '%s is no list',
    (text) => {
      expect(readList(text)).toBeNull();
    },
  );
});

describe('the slider', () => {
  it.each([
    ['CNY_per_person_year', '5000.00', { from: 2500, to: 10000, step: 100, points: 16 }],
    ['ratio', '1.1', { from: 0.5, to: 2.2, step: 0.02, points: 18 }],
    ['months', '12', { from: 6, to: 24, step: 1, points: 19 }],
  ])('of %s runs over round numbers with today on one of them', (unit, value, range) => {
    const found = rangeOf({ unit, value, least: null }, undefined);
    expect(found).toEqual(range);
    const stops = (Number(value) - found.from) / found.step;
    expect(Math.abs(stops - Math.round(stops))).toBeLessThan(1e-6);
    expect(found.points).toBeLessThanOrEqual(25);
  });

  it('reaches what was typed beyond its ends', () => {
    const far = rangeOf(LINE, '100000');
    expect(far.to).toBeGreaterThanOrEqual(100_000);
    expect(far.points).toBeLessThanOrEqual(25);
    expect(rangeOf(LINE, '120').from).toBeLessThanOrEqual(120);
  });

  it('stays between the least and the most that the server reads', () => {
    const near = rangeOf({ unit: 'ratio', value: '1.1', least: '1' }, undefined);
    expect(near).toEqual({ from: 1, to: 2.2, step: 0.02, points: 13 });
    expect(rangeOf(LINE, '999999999').to).toBeLessThanOrEqual(999_999_999);
    expect(rangeOf({ unit: 'ratio', value: '1', least: null }, '100').to).toBe(100);
  });

  it('has a start for a number that nobody has set', () => {
    expect(rangeOf({ unit: 'CNY', value: null, least: null }, undefined)).toMatchObject({
      from: 2500,
      to: 10000,
    });
  });

  it('offers the numbers that rules of today read, a line of the documents first', () => {
    const near = aParameter({ name: 'NEAR', origin: 'county_must_set', unit: 'ratio' });
    const own = aParameter({ name: 'LINE_YEAR', origin: 'county_must_set' });
    const idle = aParameter({ name: 'TRACK_MONTHS' });
    const rules = [aRule({ parameters: ['NEAR', 'LINE_YEAR', 'LINE_GX'] })];
    const choices = triable([near, own, idle, LINE], rules);
    expect(choices.map((one) => one.name)).toEqual(['NEAR', 'LINE_YEAR', 'LINE_GX']);
    expect(firstFocus(choices)).toBe('LINE_GX');
    expect(firstFocus([])).toBe('');
  });
});
