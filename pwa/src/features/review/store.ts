/** The reviewer's decisions: what is being written, what is on its way, and what waits for a network. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import { errorText, ServerProblem } from '../../core/api/problem';
import type { Review, VisitSummary } from '../../core/api/types';
import { uuidv7 } from '../../core/ids';
import { online } from '../../core/network';
import { fetchRecord, forgetRecord } from '../../record';
import {
  BLANK,
  type Choice,
  type Decision,
  editable,
  failed,
  isPending,
  isUnanswered,
  queued,
  reopened,
  sending,
  withComment,
  withQuestion,
} from './decision';
import { type Decisions, loadDecisions, saveDecisions } from './drafts';
import { stopKeeping } from './kept';
import { afterDecision, worklist } from './model';
import { filter, queue, resetQueue, takeOut } from './queue';

const decisionsNow = signal<Decisions>({});
const lastNow = signal<{ name: string; choice: Choice; kept: boolean } | null>(null);

/** What was decided last, to be said aloud once; `kept`: it waits on this device. */
export const lastDecided: ReadonlySignal<{ name: string; choice: Choice; kept: boolean } | null> = lastNow;

const entries = computed(() => Object.entries(decisionsNow.value));
/** Decisions that the server does not have yet, by visit. */
export const pending: ReadonlySignal<[string, Decision][]> = computed(() =>
  entries.value.filter(([, decision]) => isPending(decision)),
);
/** Decisions that were refused when they were sent later. */
export const refusedLate: ReadonlySignal<[string, Decision][]> = computed(() =>
  entries.value.filter(([, decision]) => decision.late === true),
);
/** The visits on screen, in order; what is decided here waits elsewhere. */
export const shown: ReadonlySignal<VisitSummary[]> = computed(() => {
  const { items, state } = queue.value;
  const away = new Set(state === 'submitted' ? pending.value.map(([id]) => id) : []);
  return worklist(items, filter.value, away);
});

/** The decision being written on a visit. */
export const decisionOf = (id: string): Decision => decisionsNow.value[id] ?? BLANK;

let saving: ReturnType<typeof setTimeout> | undefined;
const unsaved = new Set<string>();

/** Writes what changed; whether it is on the disk now. */
function keep(): Promise<boolean> {
  clearTimeout(saving);
  const visits = [...unsaved];
  return saveDecisions(decisionsNow.value, visits).then(
    () => {
      for (const visit of visits) unsaved.delete(visit);
      return true;
    },
    () => false,
  );
}

function update(id: string, decision: Decision): void {
  decisionsNow.value = { ...decisionsNow.value, [id]: decision };
  unsaved.add(id);
  clearTimeout(saving);
  saving = setTimeout(() => void keep(), 300);
}

function drop(id: string): void {
  const { [id]: _done, ...others } = decisionsNow.value;
  decisionsNow.value = others;
  unsaved.add(id);
  void keep();
}

export const writeComment = (id: string, text: string): void => update(id, withComment(decisionOf(id), text));
export const writeOnQuestion = (id: string, question: string, text: string): void =>
  update(id, withQuestion(decisionOf(id), question, text));
/** The reviewer has read that a decision was refused. */
export const acknowledge = (id: string): void => drop(id);

/** Reads what this user had written before; call when the screen opens. What is on screen wins. */
export async function recallDecisions(): Promise<void> {
  const stored = await loadDecisions();
  decisionsNow.value = { ...stored, ...decisionsNow.value };
}

/** Writes unsaved words at once, when the page is about to be hidden. */
export const keepNow = (): Promise<boolean> => keep();

export type Outcome = { done: true; next: string | null } | { done: false };

function following(id: string): string | null {
  const next = afterDecision(shown.value, id);
  return next === id ? null : next;
}

function taken(id: string, name: string, choice: Choice): Outcome {
  const next = following(id);
  takeOut(id, choice);
  lastNow.value = { name, choice, kept: false };
  forgetRecord(id);
  drop(id);
  return { done: true, next };
}

/**
 * Sends the decision, or the one that is still unanswered, whatever `choice` says then. Without a network it is kept
 * and sent later. The frozen request is on disk before it leaves, so that even a crash repeats the same id.
 */
export async function decide(id: string, name: string, choice: Choice): Promise<Outcome> {
  const before = decisionOf(id);
  if (before.phase === 'sending') return { done: false };
  const next = following(id);
  const now = { ...sending(before, choice, uuidv7), name };
  if (!online.value) {
    update(id, queued(now));
    if (!(await keep())) return { done: false };
    lastNow.value = { name, choice: now.request?.decision ?? choice, kept: true };
    return { done: true, next };
  }
  update(id, now);
  return (await send(id)) ? taken(id, name, now.request?.decision ?? choice) : { done: false };
}

/** One try; true when the server has the decision. */
async function send(id: string): Promise<boolean> {
  update(id, { ...decisionOf(id), phase: 'sending', tried: true });
  const { request } = decisionOf(id);
  if (!request) return false;
  await keep();
  try {
    await call<Review>(
      api.POST('/visits/{visit_id}/reviews', { params: { path: { visit_id: id } }, body: request }),
    );
    return true;
  } catch (error) {
    const status = error instanceof ServerProblem ? error.problem.status : 0;
    update(id, failed(decisionOf(id), status, errorText(error)));
    await keep();
    if (!isUnanswered(status)) await look(id);
    return false;
  }
}

/** Sends one of those that wait; false when there is no use in trying the next. */
export async function sendKept(id: string): Promise<boolean> {
  const { request, name = '', phase } = decisionOf(id);
  if (!request || phase === 'sending') return true;
  if (await send(id)) {
    takeOut(id, request.decision);
    lastNow.value = { name, choice: request.decision, kept: false };
    forgetRecord(id);
    drop(id);
    return true;
  }
  const after = decisionOf(id);
  if (after.phase !== 'refused') return false;
  update(id, { ...after, late: true });
  await keep();
  return true;
}

/** Reads the visit again after a refusal, so that the screen shows what the server has. */
async function look(id: string): Promise<void> {
  await fetchRecord(id).catch(() => undefined);
}

/** Before changing a decision that waits: asks the server whether it is there, unless it never left. */
export async function reconsider(id: string, name: string): Promise<Outcome> {
  const { request, tried } = decisionOf(id);
  if (!request) return { done: false };
  if (!tried) {
    update(id, reopened(decisionOf(id)));
    return { done: false };
  }
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

/** Forgets everything; for tests and sign-out. What is on the disk stays there. */
export function resetReview(): void {
  clearTimeout(saving);
  unsaved.clear();
  stopKeeping();
  resetQueue();
  decisionsNow.value = {};
  lastNow.value = null;
}
