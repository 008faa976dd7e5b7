/** Due dates, by the very cases that the server's rule is tried with. */
import { describe, expect, it } from 'vitest';
import cases from '../../../tests/households/due_cases.json';
import type { Category } from './api/types';
import { dueOn } from './due';

const CATEGORY: Readonly<Record<string, Category>> = { none: 'ordinary' };

describe('due dates', () => {
  it.each(cases)('$kind last $last on $today every $monitored or $others months: $due', (one) => {
    const category = CATEGORY[one.kind] ?? (one.kind as Category);
    expect(dueOn(category, one.last, one.today, one)).toBe(one.due);
  });

  it('counts a lifted household as one that is not monitored', () => {
    expect(dueOn('lifted', null, '2026-11-23', { monitored: 1, others: 3 })).toBe('2026-12-31');
  });
});
