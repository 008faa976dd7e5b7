/** Outcomes on their way: what is being written, what was sent and has no answer, and what the server said. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { RecheckDetail } from '../../core/api/deskTypes';
import { errorText, ServerProblem } from '../../core/api/problem';
import type { StandingLight } from '../../core/api/types';
import { uuidv7 } from '../../core/ids';
import { forgetRecord } from '../../record';
import { loadDraft, saveDraft } from './drafts';
import {
  BLANK,
  type Choice,
  type Draft,
  failed,
  hasWords,
  reopened,
  sending,
  type Words,
  withWords,
} from './form';
import { following } from './model';
import { rows, takeOut } from './store';

type Drafts = Readonly<Record<string, Draft>>;

const draftsNow = signal<Drafts>({});
const lastNow = signal<{ name: string; choice: Choice } | null>(null);
/** Visits whose kept words were looked for on the device. */
const recalled = new Set<string>();
const unsaved = new Set<string>();
let saving: ReturnType<typeof setTimeout> | undefined;

/** What was concluded last, to be said aloud once. */
export const lastConcluded: ReadonlySignal<{ name: string; choice: Choice } | null> = lastNow;

export const draftOf = (visitId: string): Draft => draftsNow.value[visitId] ?? BLANK;

/** Writes what changed; whether all of it is on the disk now. */
export async function keepDrafts(): Promise<boolean> {
  clearTimeout(saving);
  const visits = [...unsaved];
  unsaved.clear(); // what is written while this is being saved counts as unsaved again
  const kept = await Promise.all(
    visits.map((id) =>
      saveDraft(id, draftOf(id)).then(
        () => true,
        () => {
          unsaved.add(id);
          return false;
        },
      ),
    ),
  );
  return kept.every(Boolean);
}

function update(visitId: string, draft: Draft): void {
  draftsNow.value = { ...draftsNow.value, [visitId]: draft };
  unsaved.add(visitId);
  clearTimeout(saving);
  saving = setTimeout(() => void keepDrafts(), 300);
}

function drop(visitId: string): void {
  update(visitId, BLANK);
  void keepDrafts();
}

export const write = (visitId: string, change: Partial<Words>): void =>
  update(visitId, withWords(draftOf(visitId), change));

/** Brings back what was written about a visit before; what is on screen wins. */
export async function recallDraft(visitId: string): Promise<void> {
  if (recalled.has(visitId)) return;
  recalled.add(visitId);
  const kept = await loadDraft(visitId).catch(() => null);
  if (kept === null || hasWords(draftOf(visitId))) return;
  draftsNow.value = { ...draftsNow.value, [visitId]: kept };
}

export type Outcome = { done: true; next: string | null } | { done: false };

function taken({ visit_id, household }: RecheckDetail, choice: Choice): Outcome {
  const next = following(rows.value.items, visit_id);
  takeOut(visit_id, choice === 'settle' ? 'settled' : 'handed_up');
  lastNow.value = { name: household.head_name, choice };
  forgetRecord(visit_id);
  drop(visit_id);
  return { done: true, next };
}

/**
 * Sends the outcome, or the one that is still unanswered, whatever `choice` says then. The frozen request is on disk
 * before it leaves, so that even a crash repeats the same id.
 */
export async function conclude(
  detail: RecheckDetail,
  choice: Choice,
  lights: readonly StandingLight[],
): Promise<Outcome> {
  const { visit_id } = detail;
  const before = draftOf(visit_id);
  if (before.phase === 'sending') return { done: false };
  const now = sending(before, lights, choice, uuidv7);
  update(visit_id, now);
  const { request } = now;
  if (request === null || !(await keepDrafts())) {
    update(visit_id, before);
    return { done: false };
  }
  try {
    const path = { visit_id };
    await call(api.POST('/rechecks/{visit_id}/outcomes', { params: { path }, body: request }));
    return taken(detail, request.decision);
  } catch (error) {
    const status = error instanceof ServerProblem ? error.problem.status : 0;
    update(visit_id, failed(draftOf(visit_id), status, errorText(error)));
    await keepDrafts();
    return { done: false };
  }
}

/** Before changing an outcome that has no answer: asks the server whether it is there. */
export async function reconsider(detail: RecheckDetail): Promise<Outcome> {
  const { visit_id } = detail;
  const { request } = draftOf(visit_id);
  if (request === null) return { done: false };
  try {
    const seen = await call(api.GET('/rechecks/{visit_id}', { params: { path: { visit_id } } }));
    if (seen.outcomes.some((one) => one.id === request.id)) return taken(detail, request.decision);
    update(visit_id, reopened(draftOf(visit_id)));
  } catch (error) {
    update(visit_id, { ...draftOf(visit_id), why: errorText(error) });
  }
  return { done: false };
}

/** Forgets everything; for tests and sign-out. What is on the disk stays there. */
export function resetConcluding(): void {
  clearTimeout(saving);
  recalled.clear();
  unsaved.clear();
  draftsNow.value = {};
  lastNow.value = null;
}
