/** What the county has read: the list under the present filters, the regions, the numbers by township. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Region, VisitPage, VisitSummary } from '../../core/api/types';
import {
  type CountyQuery,
  NO_FILTER,
  ranked,
  type TownshipCounts,
  toFilter,
  townships,
  writeQuery,
} from './model';

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
const townshipsNow = signal<readonly TownshipCounts[]>([]);

export const list: ReadonlySignal<CountyList> = listNow;
export const regions: ReadonlySignal<readonly Region[]> = regionsNow;
/** Lights by township under the present filters; empty until all townships are read. */
export const byTownship: ReadonlySignal<readonly TownshipCounts[]> = townshipsNow;

let turn = 0;

const readPage = (query: CountyQuery, more: { cursor?: string; limit: number }): Promise<VisitPage> =>
  call(api.GET('/visits', { params: { query: { ...toFilter(query), ...more } } }));

async function readInto(cursor: string | null, mine: number): Promise<void> {
  const { query } = listNow.value;
  listNow.value = { ...listNow.value, loading: true, error: null };
  try {
    const page = await readPage(query, { limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    if (mine !== turn) return;
    const seen = cursor === null ? [] : listNow.value.items;
    const known = new Set(seen.map((visit) => visit.id));
    const items = [...seen, ...page.items.filter((visit) => !known.has(visit.id))];
    listNow.value = { query, items, next: page.next, counts: page.counts, loading: false, error: null };
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
  if (mine === turn && listNow.value.error === null) await readTownships(query, mine);
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

let townshipsOf = '';

/**
 * The counts of every township, one small request each: the server has no breakdown in one answer.
 * Shown only when complete, so that a missing bar never looks like a township without lights.
 */
async function readTownships(query: CountyQuery, mine: number): Promise<void> {
  const wanted = { ...query, region: '', severity: '' as const };
  const key = writeQuery(wanted);
  if (townshipsOf === key && townshipsNow.value.length > 0) return;
  await readRegions();
  const rows: TownshipCounts[] = [];
  for (const { code, name } of townships(regionsNow.value)) {
    const page = await readPage({ ...wanted, region: code }, { limit: 1 }).catch(() => null);
    if (page === null || mine !== turn) return;
    rows.push({ code, name, counts: page.counts });
  }
  townshipsOf = key;
  townshipsNow.value = ranked(rows);
}

/** Forgets everything; for tests and sign-out. */
export function resetCounty(): void {
  turn += 1;
  townshipsOf = '';
  listNow.value = EMPTY;
  regionsNow.value = [];
  townshipsNow.value = [];
}
