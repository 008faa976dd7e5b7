/** The reviewer's worklist as it was read: from the server, or from this device where there is no network. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { VisitPage, VisitSummary } from '../../core/api/types';
import { KEPT_VISITS, keepQueue, keptQueue } from './kept';
import { countsWithout, type Filter, merged, type QueueState, STATES, type Tallies } from './model';

export interface Queue {
  readonly state: QueueState;
  readonly items: readonly VisitSummary[];
  readonly next: string | null;
  readonly counts: VisitPage['counts'] | null;
  readonly loading: boolean;
  readonly error: unknown;
}

const PAGE = 100;
const EMPTY: Queue = { state: 'submitted', items: [], next: null, counts: null, loading: false, error: null };

const queueNow = signal<Queue>(EMPTY);
const filterNow = signal<Filter>('all');
const talliesNow = signal<Tallies>({});

export const queue: ReadonlySignal<Queue> = queueNow;
export const filter: ReadonlySignal<Filter> = filterNow;
export const tallies: ReadonlySignal<Tallies> = talliesNow;

let turn = 0;
/** Lists asked for so far, and of each visit that was taken out: how many had been by then. */
let asked = 0;
const takenAt = new Map<string, number>();

/** A page of a list, without what was decided while the server was asked: the answer does not know of it yet. */
async function readPage(state: QueueState, cursor: string | null): Promise<VisitPage> {
  const query = { state, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  asked += 1;
  const mine = asked;
  const page = await call(api.GET('/visits', { params: { query } }));
  const late = page.items.filter((one) => state === 'submitted' && (takenAt.get(one.id) ?? 0) >= mine);
  return {
    ...page,
    items: page.items.filter((one) => !late.includes(one)),
    counts: late.reduce(countsWithout, page.counts),
  };
}

async function readInto(state: QueueState, cursor: string | null, mine: number): Promise<void> {
  queueNow.value = { ...queueNow.value, loading: true, error: null };
  try {
    const page = await readPage(state, cursor);
    if (mine !== turn) return;
    const items = cursor === null ? page.items : merged(queueNow.value.items, page.items);
    queueNow.value = { state, items, next: page.next, counts: page.counts, loading: false, error: null };
    talliesNow.value = { ...talliesNow.value, [state]: page.counts.total };
  } catch (error) {
    if (mine === turn) queueNow.value = { ...queueNow.value, loading: false, error };
  }
}

/** Shows what the device has while the server is asked. */
async function recallQueue(mine: number): Promise<void> {
  const kept = await keptQueue().catch(() => null);
  if (kept === null || mine !== turn || queueNow.value.items.length > 0) return;
  queueNow.value = { ...queueNow.value, items: kept.items, counts: kept.counts };
}

/** The whole evening's work is read at once, so that it can be counted, decided together, and kept. */
async function readOn(mine: number): Promise<void> {
  while (mine === turn) {
    const { state, next, items, error } = queueNow.value;
    if (next === null || error !== null || items.length >= KEPT_VISITS) return;
    await readInto(state, next, mine);
  }
}

/** Reads a state's list from its beginning; what is on screen of the same state stays until the answer is here. */
export async function openQueue(state: QueueState): Promise<void> {
  turn += 1;
  const mine = turn;
  if (queueNow.value.state !== state) queueNow.value = { ...EMPTY, state };
  if (state === 'submitted') await recallQueue(mine);
  await readInto(state, null, mine);
  if (state === 'submitted') await readOn(mine);
  if (mine === turn && queueNow.value.error === null) keepThis();
  await readTallies(state);
}

let keeping: ReturnType<typeof setTimeout> | undefined;

function keepThis(): void {
  const { state, items, counts } = queueNow.value;
  if (state === 'submitted' && counts !== null) void keepQueue({ items, counts }).catch(() => undefined);
}

/** Many leave the list at once when they are approved together: it is written when that is over. */
function keepSoon(): void {
  clearTimeout(keeping);
  keeping = setTimeout(keepThis, 200);
}

/** The page after those on screen. */
export async function moreOfQueue(): Promise<void> {
  const { state, next, loading } = queueNow.value;
  if (next !== null && !loading) await readInto(state, next, turn);
}

/** The totals of the other states, for the tabs and the progress; a failure leaves them unknown. */
async function readTallies(except: QueueState): Promise<void> {
  for (const state of STATES.filter((one) => one !== except)) {
    const query = { state, limit: 1 };
    const page = await call(api.GET('/visits', { params: { query } })).catch(() => null);
    if (page) talliesNow.value = { ...talliesNow.value, [state]: page.counts.total };
  }
}

export function setFilter(next: Filter): void {
  filterNow.value = next;
}

/** Takes a visit that is decided out of the list it waited in, and counts it where it went. */
export function takeOut(id: string, into: QueueState): void {
  takenAt.set(id, asked);
  const { items, counts, state } = queueNow.value;
  const visit = items.find((one) => one.id === id);
  if (!visit || state !== 'submitted') return;
  const left = items.filter((one) => one.id !== id);
  queueNow.value = { ...queueNow.value, items: left, counts: counts && countsWithout(counts, visit) };
  const { submitted, [into]: there } = talliesNow.value;
  talliesNow.value = {
    ...talliesNow.value,
    ...(submitted === undefined ? {} : { submitted: Math.max(0, submitted - 1) }),
    ...(there === undefined ? {} : { [into]: there + 1 }),
  };
  keepSoon();
}

/** Marks visits that were drawn to be looked at. */
export function markSampled(ids: ReadonlySet<string>): void {
  const items = queueNow.value.items.map((one) => (ids.has(one.id) ? { ...one, spot_check: true } : one));
  const first = items.filter((one) => ids.has(one.id));
  queueNow.value = { ...queueNow.value, items: [...first, ...items.filter((one) => !ids.has(one.id))] };
  keepSoon();
}

/** Forgets everything; for tests and sign-out. */
export function resetQueue(): void {
  turn += 1;
  takenAt.clear();
  clearTimeout(keeping);
  queueNow.value = EMPTY;
  filterNow.value = 'all';
  talliesNow.value = {};
}
