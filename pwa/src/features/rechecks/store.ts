/** The township's list under the present filters with its counts, and the regions it can be narrowed to. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Recheck, RecheckPage } from '../../core/api/deskTypes';
import type { Region } from '../../core/api/types';
import { joined } from '../../core/reading';
import { countsAfter, NO_FILTER, type RecheckQuery, toWire, writeQuery } from './model';

/** What a page says beside its rows. */
export type Heading = Omit<RecheckPage, 'items' | 'next'>;

export interface RecheckRows {
  readonly query: RecheckQuery;
  readonly items: readonly Recheck[];
  readonly next: string | null;
  readonly heading: Heading | null;
  /** The months there are, whatever the filters. */
  readonly months: readonly string[];
  readonly loading: boolean;
  readonly error: unknown;
}

const PAGE = 50;
const EMPTY: RecheckRows = {
  query: NO_FILTER,
  items: [],
  next: null,
  heading: null,
  months: [],
  loading: false,
  error: null,
};

const rowsNow = signal<RecheckRows>(EMPTY);
const regionsNow = signal<readonly Region[]>([]);

export const rows: ReadonlySignal<RecheckRows> = rowsNow;
export const regions: ReadonlySignal<readonly Region[]> = regionsNow;

let turn = 0;

async function readInto(cursor: string | null, mine: number): Promise<void> {
  const { query } = rowsNow.value;
  rowsNow.value = { ...rowsNow.value, loading: true, error: null };
  try {
    const place = cursor === null ? {} : { cursor };
    const wire = { ...toWire(query), limit: PAGE, ...place };
    const page = await call(api.GET('/rechecks', { params: { query: wire } }));
    if (mine !== turn) return;
    const { items, next, ...heading } = page;
    const before = cursor === null ? [] : rowsNow.value.items;
    const all = joined(before, items, (row) => row.visit_id);
    const { months } = page;
    rowsNow.value = { query, items: all, next, heading, months, loading: false, error: null };
  } catch (error) {
    if (mine === turn) rowsNow.value = { ...rowsNow.value, loading: false, error };
  }
}

/**
 * Reads the list anew; rows of the same filters stay until the answer is here, those of others leave the screen at
 * once. Counts stay where they are of the same month and place.
 */
export async function readRows(query: RecheckQuery): Promise<void> {
  turn += 1;
  const { query: before, heading, months } = rowsNow.value;
  const same = writeQuery(query) === writeQuery(before);
  const stays = query.month === before.month && query.region === before.region;
  if (!same) rowsNow.value = { ...EMPTY, query, months, heading: stays ? heading : null };
  await readInto(null, turn);
}

/** The page after those on screen. */
export async function moreRows(): Promise<void> {
  const { next, loading } = rowsNow.value;
  if (next !== null && !loading) await readInto(next, turn);
}

/** Takes a case that is decided out of those that are due, and counts it where it went. */
export function takeOut(visitId: string, into: 'settled' | 'handed_up'): void {
  const { items, heading, query } = rowsNow.value;
  const row = items.find((one) => one.visit_id === visitId);
  if (!row || !heading || (query.state !== 'due' && query.state !== 'overdue')) return;
  rowsNow.value = {
    ...rowsNow.value,
    items: items.filter((one) => one !== row),
    heading: { ...heading, counts: countsAfter(heading.counts, row, into) },
  };
}

/** Says that the township has a month's list; its time begins. Rejects with what went wrong. */
export async function confirmMonth(month: string): Promise<void> {
  await call(api.PUT('/rechecks/months/{month}/confirmation', { params: { path: { month } } }));
  await readRows(rowsNow.value.query);
}

/** The regions in reach, once. */
export async function readRegions(): Promise<void> {
  if (regionsNow.value.length > 0) return;
  const page = await call(api.GET('/regions', {})).catch(() => null);
  if (page) regionsNow.value = page.items;
}

/** Forgets everything; for tests and sign-out. */
export function resetRows(): void {
  turn += 1;
  rowsNow.value = EMPTY;
  regionsNow.value = [];
}
