import { describe, expect, it } from 'vitest';
import { detailsOf, exactTime, listHref, NO_FILTER, placeOf, readQuery, shortHash, toFilter } from './model';

const ID = '0b6f1a52-6a0b-4c0b-9d53-2a2a5a3a3a3a';

describe('filters of the record of actions', () => {
  it('survive the way through the address', () => {
    const query = {
      group: 'visit',
      since: '2026-11-01',
      until: '2026-11-30',
      actor: ID,
      target: ID,
      q: '王 & 100%',
    } as const;
    const search = new URLSearchParams(listHref(query).split('?')[1]);
    expect(readQuery(Object.fromEntries(search))).toEqual(query);
    expect(listHref(NO_FILTER)).toBe('#/audit');
  });

  it('restrict nothing where they make no sense', () => {
    expect(readQuery({ group: 'nothing', since: 'today', actor: '1', target: '<', q: '' })).toEqual(
      NO_FILTER,
    );
  });

  it('mean whole days of the county', () => {
    const filter = toFilter({ ...NO_FILTER, since: '2026-11-01', until: '2026-11-30' });
    expect(Date.parse(filter.since ?? '')).toBe(Date.parse('2026-10-31T16:00:00Z'));
    expect(Date.parse(filter.until ?? '')).toBe(Date.parse('2026-11-30T16:00:00Z'));
  });

  it('ask for a household with all that belongs to it, and for other objects by name', () => {
    expect(toFilter({ ...NO_FILTER, target: ID })).toEqual({ household: ID });
    expect(toFilter({ ...NO_FILTER, target: '2026-10-01' })).toEqual({ target: '2026-10-01' });
    expect(toFilter({ ...NO_FILTER, group: 'reveal' })).toEqual({ action: 'member.reveal' });
  });
});

it('names a place by the regions it lies in, from the township on', () => {
  const regions = [
    { code: '450321', name: '县', level: 'county', parent_code: null },
    { code: '450321100200', name: '大榕村', level: 'village', parent_code: '450321100' },
    { code: '450321100', name: '白石镇', level: 'township', parent_code: '450321' },
  ];
  expect(placeOf('45032110020001', regions)).toBe('白石镇 · 大榕村');
  expect(placeOf('450321', regions)).toBe('');
});

it('tells the day and the second in the time of the county', () => {
  expect(exactTime('2026-11-30T16:00:05.120Z')).toBe('2026-12-01 00:00:05');
});

it('shortens a hash and leaves out empty details', () => {
  expect(shortHash('abcdef0123456789')).toBe('abcd ef01 2345');
  const entry = {
    details: {
      reason: 'contact',
      count: 3,
      note: '',
      none: null,
      fields: [{ field: 'phone', edit: 3 }, 'dibao'],
    },
  } as never;
  expect(detailsOf(entry)).toEqual([
    ['reason', ['contact']],
    ['count', ['3']],
    ['fields', ['phone', 'dibao']],
  ]);
});
