/** The reviewer's worklist and decisions: what was read, what is being written, what is on its way. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import { errorText, ServerProblem } from '../../core/api/problem';
import type { Review, VisitPage, VisitSummary } from '../../core/api/types';
import { uuidv7 } from '../../core/ids';
import { fetchRecord, forgetRecord } from '../../record';
import {
  BLANK,
  type Choice,
  type Decision,
  editable,
  failed,
  isUnanswered,
  reopened,
  sending,
  withComment,
  withQuestion,
} from './decision';
import { type Decisions, loadDecisions, saveDecisions } from './drafts';
import {
  afterDecision,
  countsWithout,
  type Filter,
  merged,
  type QueueState,
  STATES,
  type Tallies,
  worklist,
} from './model';

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
const decisionsNow = signal<Decisions>({});
const lastNow = signal<{ name: string; choice: Choice } | null>(null);

export const queue: ReadonlySignal<Queue> = queueNow;
export const filter: ReadonlySignal<Filter> = filterNow;
export const tallies: ReadonlySignal<Tallies> = talliesNow;
/** What was decided last, to be said aloud once. */
export const lastDecided: ReadonlySignal<{ name: string; choice: Choice } | null> = lastNow;
/** The visits on screen, in order. */
export const shown: ReadonlySignal<VisitSummary[]> = computed(() =>
  worklist(queueNow.value.items, filterNow.value),
);

/** The decision being written on a visit. */
export const decisionOf = (id: string): Decision => decisionsNow.value[id] ?? BLANK;

let turn = 0;

async function readPage(state: QueueState, cursor: string | null): Promise<VisitPage> {
  const query = { state, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  return call(api.GET('/visits', { params: { query } }));
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

/** Reads a state's list from its beginning; what is on screen of the same state stays until the answer is here. */
export async function openQueue(state: QueueState): Promise<void> {
  turn += 1;
  if (queueNow.value.state !== state) queueNow.value = { ...EMPTY, state };
  await readInto(state, null, turn);
  await readTallies(state);
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

let saving: ReturnType<typeof setTimeout> | undefined;

function keep(): Promise<void> {
  clearTimeout(saving);
  return saveDecisions(decisionsNow.value).catch(() => undefined);
}

function update(id: string, decision: Decision): void {
  decisionsNow.value = { ...decisionsNow.value, [id]: decision };
  clearTimeout(saving);
  saving = setTimeout(() => void keep(), 300);
}

function drop(id: string): void {
  const { [id]: _done, ...others } = decisionsNow.value;
  decisionsNow.value = others;
  void keep();
}

export const writeComment = (id: string, text: string): void => update(id, withComment(decisionOf(id), text));
export const writeOnQuestion = (id: string, question: string, text: string): void =>
  update(id, withQuestion(decisionOf(id), question, text));

/** Reads what this user had written before; call when the screen opens. What is on screen wins. */
export async function recallDecisions(): Promise<void> {
  const stored = await loadDecisions();
  decisionsNow.value = { ...stored, ...decisionsNow.value };
}

/** Writes unsaved words at once, when the page is about to be hidden. */
export const keepNow = (): Promise<void> => keep();

export type Outcome = { done: true; next: string | null } | { done: false };

function taken(id: string, name: string, choice: Choice): Outcome {
  const visit = queueNow.value.items.find((one) => one.id === id);
  const next = afterDecision(shown.value, id);
  const { items, counts, state } = queueNow.value;
  if (visit && state === 'submitted') {
    const left = items.filter((one) => one.id !== id);
    queueNow.value = { ...queueNow.value, items: left, counts: counts && countsWithout(counts, visit) };
    move(choice);
  }
  lastNow.value = { name, choice };
  forgetRecord(id);
  drop(id);
  return { done: true, next: next === id ? null : next };
}

function move(choice: Choice): void {
  const { submitted, [choice]: into } = talliesNow.value;
  talliesNow.value = {
    ...talliesNow.value,
    ...(submitted === undefined ? {} : { submitted: Math.max(0, submitted - 1) }),
    ...(into === undefined ? {} : { [choice]: into + 1 }),
  };
}

/**
 * Sends the decision, or the one that is still unanswered, whatever `choice` says then.
 * The frozen request is on disk before it leaves, so that even a crash repeats the same id.
 */
export async function decide(id: string, name: string, choice: Choice): Promise<Outcome> {
  const before = decisionOf(id);
  if (before.phase === 'sending') return { done: false };
  const now = sending(before, choice, uuidv7);
  const { request } = now;
  if (!request) return { done: false };
  update(id, now);
  await keep();
  try {
    await call<Review>(
      api.POST('/visits/{visit_id}/reviews', { params: { path: { visit_id: id } }, body: request }),
    );
  } catch (error) {
    const status = error instanceof ServerProblem ? error.problem.status : 0;
    update(id, failed(now, status, errorText(error)));
    if (!isUnanswered(status)) await look(id);
    return { done: false };
  }
  return taken(id, name, request.decision);
}

/** Reads the visit again after a refusal, so that the screen shows what the server has. */
async function look(id: string): Promise<void> {
  await fetchRecord(id).catch(() => undefined);
}

/** Before changing an unanswered decision: asks the server whether it is there. */
export async function reconsider(id: string, name: string): Promise<Outcome> {
  const { request } = decisionOf(id);
  if (!request) return { done: false };
  try {
    const { visit } = await fetchRecord(id);
    if (visit.reviews.some((review) => review.id === request.id)) return taken(id, name, request.decision);
    update(id, reopened(decisionOf(id)));
  } catch (error) {
    update(id, { ...decisionOf(id), why: errorText(error) });
  }
  return { done: false };
}

/** Whether the words of a visit may be changed now. */
export const mayWrite = (id: string): boolean => editable(decisionOf(id));

/** Forgets everything; for tests and sign-out. */
export function resetReview(): void {
  clearTimeout(saving);
  turn += 1;
  queueNow.value = EMPTY;
  filterNow.value = 'all';
  talliesNow.value = {};
  decisionsNow.value = {};
  lastNow.value = null;
}
