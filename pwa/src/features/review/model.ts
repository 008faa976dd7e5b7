/** The reviewer's worklist as plain data: what is shown, in which order, and what comes next. */
import type { VisitPage, VisitState, VisitSummary } from '../../core/api/types';

export type Counts = VisitPage['counts'];
export type Filter = 'all' | 'red' | 'yellow' | 'attention' | 'changed' | 'unchanged' | 'resubmitted';
export type QueueState = Exclude<VisitState, 'superseded'>;

export const FILTERS: readonly Filter[] = [
  'all',
  'red',
  'yellow',
  'attention',
  'changed',
  'unchanged',
  'resubmitted',
];
export const STATES: readonly QueueState[] = ['submitted', 'returned', 'approved'];

const RANK = { red: 0, yellow: 1, attention: 2, none: 3 } as const;

/** Whether a visit belongs under a filter. A first visit has nothing to compare and counts as unchanged. */
export function matches(visit: VisitSummary, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'changed':
      return visit.changed_count > 0;
    case 'unchanged':
      return visit.changed_count === 0;
    case 'resubmitted':
      return visit.revision > 1;
    default:
      return visit.severity === filter;
  }
}

/** Lights first, worst at the top; corrected visits before others of the same severity; else the server's order. */
export function worklist(items: readonly VisitSummary[], filter: Filter): VisitSummary[] {
  return items
    .filter((visit) => matches(visit, filter))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity] || Number(b.revision > 1) - Number(a.revision > 1));
}

/** Adds a page to what is there; a visit delivered twice (the list moved meanwhile) stays once, newest data. */
export function merged(old: readonly VisitSummary[], page: readonly VisitSummary[]): VisitSummary[] {
  const all = new Map(old.map((visit) => [visit.id, visit]));
  for (const visit of page) all.set(visit.id, visit);
  return [...all.values()];
}

/** Id of the visit `step` places further; stays at the ends; the first when the visit is not in the list. */
export function neighbour(items: readonly VisitSummary[], id: string | null, step: 1 | -1): string | null {
  const index = items.findIndex((visit) => visit.id === id);
  if (index < 0) return items[0]?.id ?? null;
  return (items[index + step] ?? items[index])?.id ?? null;
}

/** Where to go once a visit is decided: the one after it, else the one before, else nowhere. */
export function afterDecision(items: readonly VisitSummary[], id: string): string | null {
  const index = items.findIndex((visit) => visit.id === id);
  if (index < 0) return items[0]?.id ?? null;
  return items[index + 1]?.id ?? items[index - 1]?.id ?? null;
}

/** Takes a decided visit out of the counts of the list it was in. */
export function countsWithout(counts: Counts, visit: VisitSummary): Counts {
  const less = (n: number) => Math.max(0, n - 1);
  const side = visit.changed_count > 0 ? 'changed' : 'unchanged';
  return {
    ...counts,
    total: less(counts.total),
    [visit.severity]: less(counts[visit.severity]),
    [side]: less(counts[side]),
  };
}

export type Tallies = Readonly<Partial<Record<QueueState, number>>>;

/** How many are decided of how many; null until all three numbers are known. */
export function progressOf(tallies: Tallies): { done: number; total: number } | null {
  const { submitted, returned, approved } = tallies;
  if (submitted === undefined || returned === undefined || approved === undefined) return null;
  return { done: returned + approved, total: submitted + returned + approved };
}
