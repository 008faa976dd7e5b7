/** What the county has read: the list under the present filters with its numbers, and the regions. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Region, VisitPage, VisitSummary } from '../../core/api/types';
import { type CountyQuery, NO_FILTER, toFilter, writeQuery } from './model';

export interface CountyList {
  readonly query: CountyQuery;
  readonly items: readonly VisitSummary[];
  readonly next: string | null;
  readonly counts: VisitPage['counts'] | null;
  readonly loading: boolean;
  readonly error: unknown;
}

const PAGE = 50;
const EMPTY: CountyList = {
  query: NO_FILTER,
  items: [],
  next: null,
  counts: null,
  loading: false,
  error: null,
};

const listNow = signal<CountyList>(EMPTY);
const regionsNow = signal<readonly Region[]>([]);

export const list: ReadonlySignal<CountyList> = listNow;
export const regions: ReadonlySignal<readonly Region[]> = regionsNow;

let turn = 0;

/** A page of the list; the first one brings the numbers by township and by risk. */
function readPage(query: CountyQuery, cursor: string | null): Promise<VisitPage> {
  const place = cursor === null ? { breakdown: true } : { cursor };
  return call(api.GET('/visits', { params: { query: { ...toFilter(query), limit: PAGE, ...place } } }));
}

async function readInto(cursor: string | null, mine: number): Promise<void> {
  const { query } = listNow.value;
  listNow.value = { ...listNow.value, loading: true, error: null };
  try {
    const page = await readPage(query, cursor);
    if (mine !== turn) return;
    const seen = cursor === null ? [] : listNow.value.items;
    const known = new Set(seen.map((visit) => visit.id));
    const items = [...seen, ...page.items.filter((visit) => !known.has(visit.id))];
    // Later pages come without the breakdown; the numbers of the first one stay.
    const counts = cursor === null ? page.counts : (listNow.value.counts ?? page.counts);
    listNow.value = { query, items, next: page.next, counts, loading: false, error: null };
  } catch (error) {
    if (mine === turn) listNow.value = { ...listNow.value, loading: false, error };
  }
}

/** Shows the list of these filters: what is there already when they are the same, else from the server. */
export async function showList(query: CountyQuery): Promise<void> {
  const same = writeQuery(query) === writeQuery(listNow.value.query);
  if (same && (listNow.value.loading || listNow.value.counts !== null)) return;
  await readList(query);
}

/** Reads the list anew. Rows of other filters leave the screen at once, numbers stay until the new ones are here. */
export async function readList(query: CountyQuery): Promise<void> {
  turn += 1;
  const mine = turn;
  const same = writeQuery(query) === writeQuery(listNow.value.query);
  listNow.value = same ? listNow.value : { ...EMPTY, query };
  await readInto(null, mine);
}

/** The page after those on screen. */
export async function moreOfList(): Promise<void> {
  const { next, loading } = listNow.value;
  if (next !== null && !loading) await readInto(next, turn);
}

/** The regions under the caller, once. */
export async function readRegions(): Promise<void> {
  if (regionsNow.value.length > 0) return;
  const page = await call(api.GET('/regions', {})).catch(() => null);
  if (page) regionsNow.value = page.items;
}

/** Forgets everything; for tests and sign-out. */
export function resetCounty(): void {
  turn += 1;
  listNow.value = EMPTY;
  regionsNow.value = [];
}
