/** The households a person has to visit: pulled page by page, sealed, readable without network. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { localProblem } from './api/problem';
import type { Household } from './api/types';
import type { Cadence } from './due';
import { pullNow } from './outbox';
import { user, userId } from './session';
import { forgetRoster, openRoster } from './sync/rosterRows';
import { readState } from './sync/state';

const list = signal<readonly Household[]>([]);
const state = signal<DownloadState>({ phase: 'idle', loaded: 0 });
const refreshed = signal<number | null>(null);
const line = signal<string | null>(null);
const often = signal<Cadence | null>(null);
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

/** How often the county visits; null until a server said so. */
export const cadence: ReadonlySignal<Cadence | null> = often;

export function householdById(id: string): Household | undefined {
  // Reading the signal lets components follow a refresh.
  return list.value.length > 0 ? byId.get(id) : undefined;
}

function show(items: readonly Household[]): void {
  byId = new Map(items.map((household) => [household.id, household]));
  list.value = items;
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
  const { pulledAt, incomeLine, cadence } = await readState(owner);
  const rows = (await openRoster()).sort(byPlace);
  // Somebody else signed in meanwhile: this list is not theirs.
  if (user.value?.id !== owner) return;
  show(rows);
  refreshed.value = pulledAt;
  line.value = incomeLine;
  often.value = cadence;
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
  await forgetRoster(userId());
  show([]);
  refreshed.value = null;
}
