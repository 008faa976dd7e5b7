/** What the county's desk has read: cases under the present filter with their counts, places, and people. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { AssignmentResult, CasePage, Recheck, Staff } from '../../core/api/deskTypes';
import type { Region } from '../../core/api/types';
import { joined } from '../../core/reading';
import { type Assignee, type CaseFilter, NO_FILTER, toQuery, writeFilter } from './model';

export interface CaseList {
  readonly filter: CaseFilter;
  readonly items: readonly Recheck[];
  readonly next: string | null;
  readonly counts: NonNullable<CasePage['counts']> | null;
  readonly loading: boolean;
  readonly error: unknown;
  /** Something was decided or given since: the next look reads it again. */
  readonly stale: boolean;
}

const PAGE = 50;
const EMPTY: CaseList = {
  filter: NO_FILTER,
  items: [],
  next: null,
  counts: null,
  loading: false,
  error: null,
  stale: false,
};

const listNow = signal<CaseList>(EMPTY);
const regionsNow = signal<readonly Region[]>([]);
const staffNow = signal<Staff | null>(null);

export const cases: ReadonlySignal<CaseList> = listNow;
export const regions: ReadonlySignal<readonly Region[]> = regionsNow;
export const staff: ReadonlySignal<Staff | null> = staffNow;

/** Cases chosen to be given to somebody together. */
export const chosen = signal<readonly string[]>([]);

let turn = 0;

/** One page; the first brings the counts. */
export function readPage(filter: CaseFilter, cursor: string | null, limit = PAGE): Promise<CasePage> {
  const at = cursor === null ? {} : { cursor };
  return call(api.GET('/county/cases', { params: { query: { ...toQuery(filter), limit, ...at } } }));
}

async function readInto(cursor: string | null, mine: number): Promise<void> {
  const { filter } = listNow.value;
  listNow.value = { ...listNow.value, loading: true, error: null };
  try {
    const page = await readPage(filter, cursor);
    if (mine !== turn) return;
    const before = cursor === null ? [] : listNow.value.items;
    const items = joined(before, page.items, (row) => row.visit_id);
    const counts = page.counts ?? listNow.value.counts;
    listNow.value = { filter, items, next: page.next, counts, loading: false, error: null, stale: false };
  } catch (error) {
    if (mine === turn) listNow.value = { ...listNow.value, loading: false, error };
  }
}

/**
 * Shows the cases of a filter: what is there already when it is the same, else from the server. `beside`: a case is
 * open, and the list it came from keeps its rows until it is looked at again.
 */
export async function showCases(filter: CaseFilter, beside = false): Promise<void> {
  const { filter: before, loading, counts, stale } = listNow.value;
  const same = writeFilter(filter) === writeFilter(before);
  if (same && (loading || (counts !== null && (beside || !stale)))) return;
  await readCases(filter);
}

/** Reads the list anew. Rows of another filter leave the screen at once. */
export async function readCases(filter: CaseFilter): Promise<void> {
  turn += 1;
  const same = writeFilter(filter) === writeFilter(listNow.value.filter);
  if (!same) {
    chosen.value = [];
    listNow.value = { ...EMPTY, filter };
  }
  await readInto(null, turn);
}

/** The page after those on screen. */
export async function moreCases(): Promise<void> {
  const { next, loading } = listNow.value;
  if (next !== null && !loading) await readInto(next, turn);
}

/** Takes a case off the list on screen once it is decided; the counts follow at the next look. */
export function takeOff(visitId: string): void {
  const items = listNow.value.items.filter((row) => row.visit_id !== visitId);
  chosen.value = chosen.value.filter((one) => one !== visitId);
  const { counts } = listNow.value;
  const left = counts && { ...counts, households: counts.households - 1 };
  listNow.value = { ...listNow.value, items, counts: left, stale: true };
}

/** The places under the caller, once. */
export async function readRegions(): Promise<void> {
  if (regionsNow.value.length > 0) return;
  const page = await call(api.GET('/regions', {})).catch(() => null);
  if (page) regionsNow.value = page.items;
}

/** To whom cases may be given, once. Raises ServerProblem. */
export async function readStaff(): Promise<void> {
  if (staffNow.value === null) staffNow.value = await call(api.GET('/county/staff', {}));
}

/** Gives cases to somebody; `id` is the act's and stays the same when it is sent again. */
export async function assign(
  id: string,
  visitIds: readonly string[],
  to: Assignee,
  note: string,
): Promise<AssignmentResult[]> {
  const assignee_id = to.kind === 'person' ? to.id : null;
  const department = to.kind === 'department' ? to.name : null;
  const body = { id, visit_ids: [...visitIds], assignee_id, department, note };
  const { results } = await call(api.POST('/county/assignments', { body }));
  listNow.value = { ...listNow.value, stale: true };
  return results;
}

/** Forgets everything; for tests and sign-out. */
export function resetCases(): void {
  turn += 1;
  listNow.value = EMPTY;
  regionsNow.value = [];
  staffNow.value = null;
  chosen.value = [];
}
