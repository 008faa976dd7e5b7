/** The township's list as plain data: filters in the address, days that are left, and what a decision changes in it. */
import type { Recheck, RecheckList, RecheckPage, RecheckState } from '../../core/api/deskTypes';
import type { Region } from '../../core/api/types';
import { daysBetween } from '../../core/clock';

export interface RecheckQuery {
  readonly state: RecheckList;
  /** YYYY-MM of the village's decision; '' is every month. */
  readonly month: string;
  /** Code of a township (9) or a village (12); '' is everything in reach. */
  readonly region: string;
}

export const LISTS: readonly RecheckList[] = ['due', 'overdue', 'settled', 'handed_up', 'monitor', 'no_risk'];
export const NO_FILTER: RecheckQuery = { state: 'due', month: '', region: '' };

type Parts = Readonly<Record<string, string>>;

export const asMonth = (text: string | undefined): string =>
  text !== undefined && /^20\d{2}-(0[1-9]|1[0-2])$/.test(text) ? text : '';
export const asRegion = (text: string | undefined): string =>
  text !== undefined && /^(\d{9}|\d{12})$/.test(text) ? text : '';

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readQuery({ state, month, region }: Parts): RecheckQuery {
  const list = LISTS.find((one) => one === state) ?? 'due';
  return { state: list, month: asMonth(month), region: asRegion(region) };
}

/** An address part out of named values, '' among them left out; '' when none is left. */
export function searchOf(values: readonly (readonly [string, string])[]): string {
  const parts = values.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** The address part of filters; what is due needs no word. */
export const writeQuery = ({ state, month, region }: RecheckQuery): string =>
  searchOf([
    ['state', state === 'due' ? '' : state],
    ['month', month],
    ['region', region],
  ]);

export const listHref = (query: RecheckQuery): string => `#/rechecks${writeQuery(query)}`;
export const itemHref = (id: string, query: RecheckQuery = NO_FILTER): string =>
  `#/rechecks/${id}${writeQuery(query)}`;

/** Filters as the server takes them. */
export const toWire = ({ state, month, region }: RecheckQuery) => ({
  state,
  ...(month === '' ? {} : { month }),
  ...(region === '' ? {} : { region }),
});

const VILLAGE_DIGITS = 12;

/** The villages among the regions in reach, by code. */
export const villagesOf = (regions: readonly Region[]): Region[] =>
  regions.filter((one) => one.code.length === VILLAGE_DIGITS).sort((a, b) => a.code.localeCompare(b.code));

export type Left = { kind: 'overdue' | 'left'; days: number } | { kind: 'today' };

/** How much of the time is left on a day; an open case past its last day is over by at least one day. */
export function leftOf(row: Pick<Recheck, 'due_on' | 'overdue'>, today: string): Left {
  const days = daysBetween(today, row.due_on);
  if (row.overdue || days < 0) return { kind: 'overdue', days: Math.max(1, -days) };
  return days === 0 ? { kind: 'today' } : { kind: 'left', days };
}

/** The neighbour of a row in a list, itself at either end; the first where it is in none. */
export function neighbour(items: readonly Recheck[], id: string | null, by: 1 | -1): string | null {
  const at = items.findIndex((one) => one.visit_id === id);
  if (at < 0) return items[0]?.visit_id ?? null;
  return items[Math.min(items.length - 1, Math.max(0, at + by))]?.visit_id ?? null;
}

/** What to look at after this one is decided: the next of the list, else the one before; null after the last. */
export function following(items: readonly Recheck[], id: string): string | null {
  const at = items.findIndex((one) => one.visit_id === id);
  return (items[at + 1] ?? items[at - 1] ?? null)?.visit_id ?? null;
}

type Counts = RecheckPage['counts'];

/** The counts after a case that was due is settled or handed up. */
export function countsAfter(counts: Counts, row: Recheck, into: 'settled' | 'handed_up'): Counts {
  const less = (count: number) => Math.max(0, count - 1);
  const left = {
    ...counts,
    due: less(counts.due),
    overdue: row.overdue ? less(counts.overdue) : counts.overdue,
  };
  return { ...left, [into]: counts[into] + 1 };
}

export const isOpen = (state: RecheckState): boolean => state === 'due';

/** Who decided on it last, for the line of a case that is not due any more. */
export const isDecided = (state: RecheckState): boolean => state === 'monitor' || state === 'no_risk';
