/** What the ledger is narrowed to, in the address, and its sums. Pure. */
import type { Cause, CauseLine } from '../../core/api/deskTypes';
import { CAUSES } from '../../record';
import { asMonth, asRegion, searchOf } from './model';

export const STATES = ['settled', 'handed_up', 'monitor', 'no_risk'] as const;
export type LedgerState = (typeof STATES)[number];

export interface LedgerQuery {
  /** Months of the village's decision, YYYY-MM; '' is open. */
  readonly first: string;
  readonly last: string;
  readonly cause: Cause | '';
  readonly region: string;
  readonly state: LedgerState | '';
}

type LedgerFilters = { [Name in keyof LedgerQuery]?: Exclude<LedgerQuery[Name], ''> };

export const WHOLE: LedgerQuery = { first: '', last: '', cause: '', region: '', state: '' };
const NAMES = ['first', 'last', 'cause', 'region', 'state'] as const;

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readLedgerQuery(parts: Readonly<Record<string, string>>): LedgerQuery {
  return {
    first: asMonth(parts['first']),
    last: asMonth(parts['last']),
    cause: CAUSES.find((one) => one === parts['cause']) ?? '',
    region: asRegion(parts['region']),
    state: STATES.find((one) => one === parts['state']) ?? '',
  };
}

export const ledgerSearch = (query: LedgerQuery): string =>
  searchOf(NAMES.map((name) => [name, query[name]] as const));

export const ledgerHref = (query: LedgerQuery): string => `#/ledger${ledgerSearch(query)}`;

/** Filters as the server takes them: those that restrict. */
export const ledgerWire = (query: LedgerQuery): LedgerFilters =>
  Object.fromEntries(NAMES.filter((name) => query[name] !== '').map((name) => [name, query[name]]));

/** A first month after the last one would find nothing: the other end goes along. */
export function withMonth(query: LedgerQuery, end: 'first' | 'last', month: string): LedgerQuery {
  const next = { ...query, [end]: month };
  if (next.first === '' || next.last === '' || next.first <= next.last) return next;
  return { ...next, first: month, last: month };
}

/** What is counted at each re-check; households are not: one may stand under two causes. */
export type Sums = Omit<CauseLine, 'cause' | 'households'>;

/** All causes together. */
export function sumsOf(lines: readonly CauseLine[]): Sums {
  const sum = { entries: 0, persons: 0, settled: 0, handed_up: 0, decided: 0 };
  for (const line of lines) for (const name of Object.keys(sum) as (keyof Sums)[]) sum[name] += line[name];
  return sum;
}
