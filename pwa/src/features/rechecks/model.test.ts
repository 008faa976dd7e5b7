// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Recheck } from '../../core/api/deskTypes';
import {
  BLANK,
  causesFor,
  failed,
  gapsOf,
  hasWords,
  reopened,
  revived,
  sending,
  type Words,
  withWords,
} from './form';
import { countsAfter, following, leftOf, listHref, neighbour, readQuery, writeQuery } from './model';

const TODAY = '2026-11-24';
const LIGHTS = [{ rule: 'R-WAT-01' }, { rule: 'R-MED-03' }];
const row = (visit_id: string, changes: Partial<Recheck> = {}): Recheck =>
  ({ visit_id, due_on: '2026-11-27', overdue: false, ...changes }) as Recheck;

const WHOLE: Words = {
  home: 'yes',
  homeOn: '2026-11-23',
  homeBy: '周主任',
  found: { 'R-WAT-01': 'yes', 'R-MED-03': 'no' },
  notes: { 'R-WAT-01': ' 水井已干 ' },
  cause: 'unsafe_water',
  opinion: ' 情况属实 ',
};

describe('the address', () => {
  it('carries filters there and back', () => {
    const query = readQuery({ state: 'overdue', month: '2026-11', region: '450321101201' });
    expect(readQuery(Object.fromEntries(new URLSearchParams(writeQuery(query))))).toEqual(query);
    expect(listHref(query)).toBe('#/rechecks?state=overdue&month=2026-11&region=450321101201');
  });

  it('of nonsense restricts nothing', () => {
    expect(listHref(readQuery({ state: 'mine', month: '2026-13', region: '45;drop' }))).toBe('#/rechecks');
  });
});

describe('the days left', () => {
  it.each([
    ['2026-11-27', false, { kind: 'left', days: 3 }],
    ['2026-11-24', false, { kind: 'today' }],
    ['2026-11-20', true, { kind: 'overdue', days: 4 }],
    // A phone whose clock lags still says what the server says.
    ['2026-11-24', true, { kind: 'overdue', days: 1 }],
  ])('until %s, overdue %s', (due_on, overdue, expected) => {
    expect(leftOf({ due_on, overdue }, TODAY)).toEqual(expected);
  });
});

describe('the list', () => {
  const items = [row('a'), row('b'), row('c')];

  it('has neighbours and an end', () => {
    expect([neighbour(items, 'a', 1), neighbour(items, 'a', -1), neighbour(items, 'c', 1)]).toEqual([
      'b',
      'a',
      'c',
    ]);
    expect(neighbour(items, null, 1)).toBe('a');
    expect(neighbour([], 'a', 1)).toBeNull();
  });

  it('goes on with the next one, after the last with the one before', () => {
    expect([following(items, 'a'), following(items, 'c'), following([row('a')], 'a')]).toEqual([
      'b',
      'b',
      null,
    ]);
  });

  it('counts what was decided where it went', () => {
    const counts = { due: 2, overdue: 1, settled: 0, handed_up: 4, monitor: 0, no_risk: 0 };
    const late = countsAfter(counts, row('a', { overdue: true }), 'handed_up');
    expect(late).toEqual({ ...counts, due: 1, overdue: 0, handed_up: 5 });
    expect(countsAfter(counts, row('a'), 'settled')).toEqual({ ...counts, due: 1, settled: 1 });
  });
});

describe('an outcome', () => {
  it('says what it lacks, in the order of the form', () => {
    expect(gapsOf(BLANK.words, LIGHTS, TODAY)).toEqual(['home', 'cause', 'opinion']);
    expect(gapsOf({ ...BLANK.words, home: 'yes' }, LIGHTS, TODAY)).toEqual([
      'homeOn',
      'homeBy',
      'found',
      'cause',
      'opinion',
    ]);
    expect(gapsOf({ ...WHOLE, homeOn: '2026-11-25' }, LIGHTS, TODAY)).toEqual(['homeFuture']);
    expect(gapsOf({ ...WHOLE, found: { 'R-WAT-01': 'yes' } }, LIGHTS, TODAY)).toEqual(['found']);
    expect(gapsOf({ ...WHOLE, opinion: ' 是 ' }, LIGHTS, TODAY)).toEqual(['opinion']);
    expect(gapsOf(WHOLE, LIGHTS, TODAY)).toEqual([]);
  });

  it('without a visit at home carries no findings', () => {
    const draft = withWords(BLANK, { ...WHOLE, home: 'no' });
    expect(sending(draft, LIGHTS, 'settle', () => 'i1').request).toEqual({
      id: 'i1',
      decision: 'settle',
      cause: 'unsafe_water',
      opinion: '情况属实',
      home_on: null,
      home_by: '',
      findings: [],
    });
  });

  it('keeps its id and words until the server has answered', () => {
    const sent = sending(withWords(BLANK, WHOLE), LIGHTS, 'hand_up', () => 'i1');
    expect(sent.request?.findings).toEqual([
      { rule: 'R-WAT-01', found: 'yes', note: '水井已干' },
      { rule: 'R-MED-03', found: 'no', note: '' },
    ]);
    const lost = withWords(failed(sent, 0, '没有网络'), { opinion: '另一种意见' });
    expect(lost.words.opinion).toBe(WHOLE.opinion);
    expect(sending(lost, LIGHTS, 'settle', () => 'i2').request).toEqual(sent.request);
    expect(revived(sent).phase).toBe('unanswered');
    expect(sending(reopened(lost), LIGHTS, 'settle', () => 'i2').request?.id).toBe('i2');
  });

  it('that was refused may be changed and gets another id', () => {
    const refused = failed(
      sending(withWords(BLANK, WHOLE), LIGHTS, 'settle', () => 'i1'),
      409,
      '不能',
    );
    expect(withWords(refused, { opinion: '改了' }).words.opinion).toBe('改了');
    expect(sending(refused, LIGHTS, 'hand_up', () => 'i2').request).toMatchObject({
      id: 'i2',
      decision: 'hand_up',
    });
  });

  it('is worth keeping once anything is said', () => {
    expect(hasWords(BLANK)).toBe(false);
    expect(hasWords(withWords(BLANK, { home: 'no' }))).toBe(true);
    expect(hasWords(withWords(BLANK, { opinion: '属' }))).toBe(true);
  });

  it('names the causes of its lights first', () => {
    const causes = causesFor([{ risks: ['verify', 'unsafe_water'] }, { risks: ['illness'] }]);
    expect(causes.slice(0, 3)).toEqual(['illness', 'unsafe_water', 'disability']);
    expect(new Set(causes).size).toBe(11);
  });
});
