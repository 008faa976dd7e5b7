/** A household's story: facets, days of the county, names of lights. */
import { describe, expect, it } from 'vitest';
import { makeEntry } from './fixtures';
import { belongs, byDay, facetsOf, lightLabels } from './storyModel';

const ENTRIES = [
  makeEntry('decision', '2026-11-30T16:10:00Z'),
  makeEntry('recheck', '2026-11-30T15:50:00Z'),
  makeEntry('light_opened', '2026-11-30T01:00:00Z', { rule: 'R-1', label: { zh: '缺水', en: 'dry' } }),
  makeEntry('visit', '2026-11-30T01:00:00Z'),
];

describe('the story', () => {
  it('offers what there is, each with its number', () => {
    expect(facetsOf(ENTRIES)).toEqual([
      { id: 'all', n: 4 },
      { id: 'visits', n: 1 },
      { id: 'lights', n: 1 },
      { id: 'decisions', n: 2 },
    ]);
    expect(facetsOf([])).toEqual([{ id: 'all', n: 0 }]);
    expect(belongs(makeEntry('read', '2026-11-30T01:00:00Z'), 'reads')).toBe(true);
  });

  it('is told by days of the county in the order it came', () => {
    expect(byDay(ENTRIES).map(({ day, entries }) => [day, entries.map((one) => one.kind)])).toEqual([
      ['2026-12-01', ['decision']],
      ['2026-11-30', ['recheck', 'light_opened', 'visit']],
    ]);
  });

  it('names a light wherever only its rule is said', () => {
    expect(lightLabels(ENTRIES).get('R-1')).toEqual({ zh: '缺水', en: 'dry' });
  });
});
