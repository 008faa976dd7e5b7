/** Approving the plainly unchanged visits of the queue together; some are drawn by the server to be looked at. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import { errorText } from '../../core/api/problem';
import type { Outcome, VisitSummary } from '../../core/api/types';
import { uuidv7 } from '../../core/ids';
import { forgetRecord } from '../../record';
import { isPlain } from './model';
import { markSampled, queue, takeOut } from './queue';
import { pending } from './store';

/** The server says so of a visit whose hints are not known yet. */
const AWAITED = 'not_compared';
/** The server takes so many at once. */
const MAX = 200;

export interface Together {
  readonly busy: boolean;
  readonly why: string | null;
  /** What the last one did: how many were approved, drawn, refused; and not compared with others yet. */
  readonly result: { approved: number; sampled: number; refused: number; awaited: number } | null;
}

const IDLE: Together = { busy: false, why: null, result: null };
const now = signal<Together>(IDLE);
export const together: ReadonlySignal<Together> = now;

/** Those of the queue that can be approved together, as they stand in the list. */
export const plain: ReadonlySignal<VisitSummary[]> = computed(() => {
  const away = new Set(pending.value.map(([id]) => id));
  return queue.value.items.filter((visit) => isPlain(visit) && !away.has(visit.id)).slice(0, MAX);
});

/** The request whose answer is not here: the same again carries the same number. */
let unanswered: { id: string; visit_ids: string[] } | null = null;

/** Approves the visits given, those the reviewer saw; true when the server has answered. */
export async function approveTogether(visits: readonly VisitSummary[]): Promise<boolean> {
  if (now.value.busy || visits.length === 0) return false;
  const body = unanswered ?? { id: uuidv7(), visit_ids: visits.map((one) => one.id) };
  unanswered = body;
  now.value = { busy: true, why: null, result: null };
  try {
    const { results } = await call(api.POST('/visits/approvals', { body }));
    unanswered = null;
    settle(results);
    return true;
  } catch (error) {
    now.value = { busy: false, why: errorText(error), result: null };
    return false;
  }
}

function settle(results: readonly Outcome[]): void {
  const ids = (outcome: Outcome['outcome']) =>
    results.filter((one) => one.outcome === outcome).map((one) => one.visit_id);
  const approved = ids('approved');
  const awaited = results.filter((one) => one.code === AWAITED).length;
  for (const id of approved) {
    takeOut(id, 'approved');
    forgetRecord(id);
  }
  markSampled(new Set(ids('sampled')));
  now.value = {
    busy: false,
    why: null,
    result: {
      approved: approved.length,
      sampled: ids('sampled').length,
      refused: ids('refused').length - awaited,
      awaited,
    },
  };
}

export function closeResult(): void {
  now.value = IDLE;
}

/** Forgets everything; for tests and sign-out. */
export function resetTogether(): void {
  unanswered = null;
  now.value = IDLE;
}
