/** Filters of the county in the address, and its numbers. */
import { describe, expect, it } from 'vitest';
import { parsePlace } from '../../core/nav';
import { makeSummary } from '../../record/fixtures';
import {
  type CountyQuery,
  listHref,
  NO_FILTER,
  readQuery,
  shareText,
  timeline,
  toFilter,
  townships,
  villages,
  visitHref,
} from './model';

const QUERY: CountyQuery = { region: '450321101', severity: 'red', risk: 'illness', state: 'submitted' };

describe('filters in the address', () => {
  it('come back as they were written', () => {
    expect(readQuery(parsePlace(listHref(QUERY)).query)).toEqual(QUERY);
    expect(listHref(NO_FILTER)).toBe('#/county');
  });

  it('stay in the address of a visit', () => {
    const place = parsePlace(visitHref('v1', QUERY));
    expect(place.parts).toEqual(['county', 'v1']);
    expect(readQuery(place.query)).toEqual(QUERY);
  });

  it.each([
    { region: "1' or 1" },
    { severity: 'none' },
    { severity: 'constructor' },
    { risk: '因病' },
    { state: 'superseded' },
    { name: '覃秀兰' },
  ])('that are not understood restrict nothing: %j', (query) => {
    expect(readQuery(query)).toEqual(NO_FILTER);
  });

  it('reach the server without empty fields, for the newest flagged visit of each household', () => {
    expect(toFilter({ ...NO_FILTER, severity: 'red' })).toEqual({
      flagged: true,
      latest: true,
      severity: 'red',
    });
  });
});

describe('regions', () => {
  const region = (code: string) => ({ code, name: code, level: '', parent_code: null });
  const all = ['450321', '450321102', '450321101', '450321101202', '450321101201', '450321102201'].map(
    region,
  );

  it('offer townships by code, and the villages of the township a code lies in', () => {
    expect(townships(all).map((one) => one.code)).toEqual(['450321101', '450321102']);
    expect(villages(all, '450321101202').map((one) => one.code)).toEqual(['450321101201', '450321101202']);
    expect(villages(all, '')).toEqual([]);
  });
});

it.each([
  [118, 40213, '0.3%'],
  [1, 40213, '<0.1%'],
  [0, 40213, '0.0%'],
  [20, 100, '20%'],
  [0, 0, '—'],
])('%i of %i is %s', (part, whole, text) => {
  expect(shareText(part, whole)).toBe(text);
});

it('the history stands newest first, the later revision of one visit above the earlier', () => {
  const at = (id: string, visited_at: string, revision = 1) => makeSummary(id, { visited_at, revision });
  const found = timeline([
    at('old', '2026-09-12T02:00:00Z'),
    at('first', '2026-11-20T02:00:00Z'),
    at('second', '2026-11-20T02:00:00Z', 2),
  ]);
  expect(found.map((entry) => entry.id)).toEqual(['second', 'first', 'old']);
});
