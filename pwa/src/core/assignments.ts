/** The households a person has to visit: downloaded whole, sealed in chunks, readable without network. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from './api/client';
import type { Household } from './api/types';
import { now } from './clock';
import { type AssignmentRow, read, readMeta, writeStrict } from './localDb';
import { noteContact } from './network';
import { user, userId } from './session';
import { open, seal } from './vault';

const CHUNK = 100;
const PAGE = 200;

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

function ownKeys(): IDBKeyRange {
  return IDBKeyRange.bound(`${userId()}/`, `${userId()}/\uffff`);
}

/** Shows the households kept on this phone. */
export async function loadHouseholds(): Promise<void> {
  if (!user.value) return show([]);
  state.value = { phase: 'reading', loaded: 0 };
  try {
    const range = ownKeys();
    const [keys, rows] = await read((database) =>
      Promise.all([database.getAllKeys('assignments', range), database.getAll('assignments', range)]),
    );
    const chunks = await Promise.all(
      rows.map((row, i) => open<Household[]>('assignments', keys[i] ?? '', row.sealed)),
    );
    show(chunks.flat());
    refreshed.value = (await readMeta<number>(`households.at/${userId()}`)) ?? null;
    line.value = (await readMeta<string>(`households.line/${userId()}`)) ?? null;
    state.value = { phase: 'idle', loaded: 0 };
  } catch (error) {
    state.value = { phase: 'failed', loaded: 0, error };
  }
  return undefined;
}

interface Assigned {
  items: Household[];
  line: string | null;
}

async function fetchAll(onPage: (count: number) => void): Promise<Assigned> {
  const items: Household[] = [];
  let income: string | null = null;
  let after: string | null = null;
  do {
    const query: { limit: number; after?: string } = { limit: PAGE, ...(after === null ? {} : { after }) };
    const page = await call(api.GET('/households', { params: { query } }));
    items.push(...page.items);
    after = page.next;
    income = page.income_line;
    onPage(items.length);
  } while (after !== null);
  return { items, line: income };
}

async function sealChunks(items: readonly Household[], at: number): Promise<Map<string, AssignmentRow>> {
  const rows = new Map<string, AssignmentRow>();
  for (let start = 0; start < items.length; start += CHUNK) {
    const key = `${userId()}/${String(start / CHUNK).padStart(5, '0')}`;
    const sealed = await seal('assignments', key, items.slice(start, start + CHUNK));
    rows.set(key, { user_id: userId(), saved_at: at, sealed });
  }
  return rows;
}

/** Puts a whole list in place of the old one, in one transaction: never half of either. */
async function replaceAll({ items, line: income }: Assigned): Promise<void> {
  const at = now();
  const rows = await sealChunks(items, at);
  const range = ownKeys();
  const atKey = `households.at/${userId()}`;
  const lineKey = `households.line/${userId()}`;
  await writeStrict(['assignments', 'meta'], async (tx) => {
    const store = tx.objectStore('assignments');
    await store.delete(range);
    await Promise.all([...rows].map(([key, row]) => store.put(row, key)));
    await tx.objectStore('meta').put(at, atKey);
    await tx.objectStore('meta').put(income, lineKey);
  });
  show(items);
  line.value = income;
  refreshed.value = at;
}

let running: Promise<void> | null = null;
let fetchRest: () => Promise<void> = async () => undefined;

/** Says what else a household needs offline: a list only counts as new once that has arrived as well. */
export function downloadAlongside(rest: () => Promise<void>): void {
  fetchRest = rest;
}

async function refresh(): Promise<void> {
  const owner = user.value?.id;
  state.value = { phase: 'downloading', loaded: 0 };
  try {
    const rest = fetchRest();
    const assigned = await fetchAll((loaded) => {
      state.value = { phase: 'downloading', loaded };
    });
    await rest;
    // Somebody else signed in meanwhile: this list is not theirs.
    if (user.value?.id !== owner) return;
    await replaceAll(assigned);
    noteContact(true);
    state.value = { phase: 'idle', loaded: 0 };
  } catch (error) {
    state.value = { phase: 'failed', loaded: 0, error };
  }
}

/** Downloads the whole list; the old one stays readable until the new one is complete. Never throws. */
export function refreshHouseholds(): Promise<void> {
  running ??= refresh().finally(() => {
    running = null;
  });
  return running;
}

/** Removes the copies of the server's list at sign-out; no work is touched. */
export async function forgetHouseholds(): Promise<void> {
  const range = ownKeys();
  const atKey = `households.at/${userId()}`;
  await writeStrict(['assignments', 'meta'], async (tx) => {
    await tx.objectStore('assignments').delete(range);
    await tx.objectStore('meta').delete(atKey);
  });
  show([]);
  refreshed.value = null;
}
