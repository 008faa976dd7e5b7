/** The households a person has to visit: pulled page by page, sealed, readable without network. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { localProblem } from './api/problem';
import type { Household } from './api/types';
import { read, readMeta, writeStrict } from './localDb';
import { pullNow } from './outbox';
import { user, userId } from './session';
import { openRows, ownKeys } from './sync/households';
import { readState, stateKey, stateOf } from './sync/state';
import { open } from './vault';

const list = signal<readonly Household[]>([]);
const state = signal<DownloadState>({ phase: 'idle', loaded: 0 });
const refreshed = signal<number | null>(null);
const line = signal<string | null>(null);
let byId = new Map<string, Household>();

export interface DownloadState {
  phase: 'idle' | 'reading' | 'downloading' | 'failed';
  /** Households received so far in this download. */
  loaded: number;
  error?: unknown;
}

/** All households on this phone. */
export const households: ReadonlySignal<readonly Household[]> = list;
export const download: ReadonlySignal<DownloadState> = state;
/** When the list was last complete from the server, milliseconds. */
export const refreshedAt: ReadonlySignal<number | null> = refreshed;

/** The monitoring line of the year, yuan per person; null until the list was downloaded. */
export const incomeLine: ReadonlySignal<string | null> = line;

export function householdById(id: string): Household | undefined {
  // Reading the signal lets components follow a refresh.
  return list.value.length > 0 ? byId.get(id) : undefined;
}

function show(items: readonly Household[]): void {
  byId = new Map(items.map((household) => [household.id, household]));
  list.value = items;
}

interface Kept {
  rows: Household[];
  at: number | null;
  line: string | null;
}

/** The list as version 0.1 of the app kept it, chunks of 100: shown until the first pull took its place. */
async function oldList(owner: string): Promise<Kept> {
  const range = ownKeys(owner);
  const [keys, rows] = await read((database) =>
    Promise.all([database.getAllKeys('assignments', range), database.getAll('assignments', range)]),
  );
  const chunks = await Promise.all(
    rows.map((row, i) => open<Household[]>('assignments', keys[i] ?? '', row.sealed)),
  );
  const at = (await readMeta<number>(`households.at/${owner}`)) ?? null;
  return { rows: chunks.flat(), at, line: (await readMeta<string>(`households.line/${owner}`)) ?? null };
}

async function keptList(owner: string): Promise<Kept> {
  const { pulledAt, incomeLine } = await readState(owner);
  const rows = await openRows(owner);
  return pulledAt === null && rows.length === 0
    ? oldList(owner)
    : { rows: rows.sort(byPlace), at: pulledAt, line: incomeLine };
}

function byPlace(a: Household, b: Household): number {
  return compare(a.region_code, b.region_code) || compare(a.number, b.number);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Reads the list on this phone again. */
async function showKept(): Promise<void> {
  const owner = user.value?.id;
  if (owner === undefined) return show([]);
  const kept = await keptList(owner);
  // Somebody else signed in meanwhile: this list is not theirs.
  if (user.value?.id !== owner) return;
  show(kept.rows);
  refreshed.value = kept.at;
  line.value = kept.line;
}

/** Shows the households kept on this phone. */
export async function loadHouseholds(): Promise<void> {
  if (!user.value) return show([]);
  state.value = { phase: 'reading', loaded: 0 };
  try {
    await showKept();
    state.value = { phase: 'idle', loaded: 0 };
  } catch (error) {
    state.value = { phase: 'failed', loaded: 0, error };
  }
}

/** The engine wrote a page: `loaded` households of a full pull so far, 0 when the page was of changes only. */
export async function noteLoaded(loaded: number): Promise<void> {
  if (state.value.phase === 'downloading') {
    // The refresh shows the list when everything a visit needs besides has come with it.
    state.value = { phase: 'downloading', loaded };
    return;
  }
  const owner = user.value?.id;
  // A set that is still being built aside is not shown yet.
  if (owner !== undefined && !(await readState(owner)).building) await showKept();
}

let running: Promise<void> | null = null;
let fetchRest: () => Promise<void> = async () => undefined;

/** Says what else a household needs offline: a refresh is only over once that has arrived as well. */
export function downloadAlongside(rest: () => Promise<void>): void {
  fetchRest = rest;
}

async function refresh(): Promise<void> {
  state.value = { phase: 'downloading', loaded: 0 };
  try {
    const rest = fetchRest();
    const end = await pullNow();
    await rest;
    if (!end.ok) throw localProblem(end.code);
    await showKept();
    state.value = { phase: 'idle', loaded: 0 };
  } catch (error) {
    state.value = { phase: 'failed', loaded: 0, error };
  }
}

/** Brings the list up to date; the old one stays readable until a new one is complete. Never throws. */
export function refreshHouseholds(): Promise<void> {
  running ??= refresh().finally(() => {
    running = null;
  });
  return running;
}

/** Removes the copies of the server's list at sign-out; no work is touched. */
export async function forgetHouseholds(): Promise<void> {
  const owner = userId();
  const range = ownKeys(owner);
  await writeStrict(['assignments', 'households', 'aside', 'hidden', 'meta'], async (tx) => {
    await tx.objectStore('assignments').delete(range);
    await tx.objectStore('households').delete(range);
    await tx.objectStore('aside').delete(range);
    await tx.objectStore('hidden').delete(range);
    const meta = tx.objectStore('meta');
    await meta.delete(`households.at/${owner}`);
    const anew = { cursor: null, building: false, pulledAt: null };
    await meta.put({ ...stateOf(await meta.get(stateKey(owner))), ...anew }, stateKey(owner));
  });
  show([]);
  refreshed.value = null;
}
