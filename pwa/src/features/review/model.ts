/** The reviewer's worklist as plain data: what is shown, in which order, and what comes next. */
import type { VisitPage, VisitState, VisitSummary } from '../../core/api/types';

export type Counts = VisitPage['counts'];
export type Filter =
  | 'all'
  | 'red'
  | 'yellow'
  | 'attention'
  | 'changed'
  | 'unchanged'
  | 'resubmitted'
  | 'sampled';
export type QueueState = Exclude<VisitState, 'superseded'>;

export const FILTERS: readonly Filter[] = [
  'all',
  'red',
  'yellow',
  'attention',
  'changed',
  'unchanged',
  'resubmitted',
  'sampled',
];
export const STATES: readonly QueueState[] = ['submitted', 'returned', 'escalated', 'approved'];

/** Whether a visit belongs under a filter. A first visit has nothing to compare and counts as unchanged. */
export function matches(visit: VisitSummary, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'changed':
      return visit.changed_count > 0;
    case 'unchanged':
      return visit.changed_count === 0;
    case 'sampled':
      return visit.spot_check;
    case 'resubmitted':
      return visit.revision > 1;
    default:
      return visit.severity === filter;
  }
}

/** What stands under a filter, without those that are decided here and on their way; the order is the server's. */
export function worklist(
  items: readonly VisitSummary[],
  filter: Filter,
  without: ReadonlySet<string> = new Set(),
): VisitSummary[] {
  return items.filter((visit) => matches(visit, filter) && !without.has(visit.id));
}

/** Whether the server will take an approval of this visit among others: nothing lit, nothing changed, nothing missing. */
export function isPlain(visit: VisitSummary): boolean {
  const untouched = visit.severity === 'none' && visit.dismissed_count === 0 && visit.changed_count === 0;
  const whole = visit.photos_ready >= visit.photo_count;
  const unmarked = visit.revision === 1 && !visit.spot_check && !visit.hinted;
  return visit.state === 'submitted' && untouched && whole && unmarked;
}

const HOUR = 3_600_000;
/** After so long a visit is said to wait too long. */
export const LONG_WAIT = 72 * HOUR;

/** How long a visit has waited for a decision, milliseconds; never less than nothing. */
export function waited(visit: VisitSummary, now: number): number {
  return Math.max(0, now - Date.parse(visit.received_at));
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

/** How many are decided of how many; null until the numbers are known. */
export function progressOf(tallies: Tallies): { done: number; total: number } | null {
  const { submitted, returned, escalated, approved } = tallies;
  if (submitted === undefined || returned === undefined || approved === undefined) return null;
  const done = returned + approved + (escalated ?? 0);
  return { done, total: submitted + done };
}
