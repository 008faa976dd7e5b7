/**
 * The outbox as features see it: watch saved work travel, have it sent, correct what was refused. Saving is in
 * `save.ts`; what travels, and the worklist's way here, is the engine's, a chunk that is loaded when there is time.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Problem, VisitBody } from '../api/types';
import { order } from '../device';
import { listPhotos, type StoredPhoto } from '../photos';
import { whenQuiet } from '../quiet';
import { loginNeeded, user } from '../session';
import type { PullEnd } from '../sync/pull';
import type { EditBody } from '../sync/wire';
import { newestRevision } from './returns';
import { loadBody } from './rows';
import type { Wake } from './runner';
import type { EditOptions } from './save';
import { onOtherTab, outboxItems, reloadOutbox, sendingIds } from './signals';
import { onNetworkKind } from './wifi';

export type { State, WaitReason } from './entry';
export { answeredReturns, arrived, refused, signedFor } from './returns';
export type { OutboxItem } from './signals';
export {
  onOtherTab,
  outboxItems,
  reloadOutbox,
  savedVisits,
  sendingIds,
  syncState,
  unsent,
  updateNeeded,
} from './signals';
export { networkKindKnown, setWifiOnly, wifiOnly } from './wifi';

const busy = signal(false);

/** Whether the engine is at work right now. */
export const sendingNow: ReadonlySignal<boolean> = computed(() => busy.value || sendingIds.value.size > 0);

/** The engine's chunk did not come, for example on the first visit without a network: look again after this. */
const ENGINE_AGAIN_MS = 60_000;

/** Who has something to send or a worklist to keep. After the order to forget everything, nobody has. */
function concerned(): boolean {
  if (order.value === 'kill') return false;
  return user.value?.role === 'grid_member' || outboxItems.value.length > 0;
}

let running = 0;

/** Lets the engine work. Never rejects: what fails is tried again, and nothing is lost meanwhile. */
async function run(wake: Wake): Promise<void> {
  if (!concerned()) return;
  running += 1;
  busy.value = true;
  try {
    const engine = await import('./engine');
    await engine.kick(wake);
  } catch {
    setTimeout(() => void run('due'), ENGINE_AGAIN_MS);
  } finally {
    running -= 1;
    busy.value = running > 0;
  }
}

/** Sends now whatever waits, also what was put off, and brings the worklist up to date. */
export function kick(): void {
  void run('all');
}

/** Sends what is due; after something was saved. */
export function nudge(): void {
  void run('due');
}

/** A vault was opened: its engine starts when the list is on the screen. */
export function wakeOutbox(): void {
  whenQuiet(() => void run('connection'));
}

/** Offers one operation again that was refused, is held, or waits. */
export async function retry(opId: string): Promise<void> {
  const engine = await import('./engine');
  await engine.retry(opId);
}

/** The same for everything that waits. */
export function retryAll(): void {
  kick();
}

/** Brings the worklist up to date; never rejects. */
export async function pullNow(): Promise<PullEnd> {
  try {
    const engine = await import('./engine');
    return await engine.pull();
  } catch {
    return { ok: false, code: 'unexpected' };
  }
}

/** Starts the engine's triggers: network back, page shown, another tab, new login. */
export function startOutbox(): void {
  onOtherTab('changed', () => void reloadOutbox());
  addEventListener('online', () => void run('connection'));
  onNetworkKind(() => void run('connection'));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void run('connection');
  });
  let needed = loginNeeded.value;
  loginNeeded.subscribe((next) => {
    if (needed && !next) void run('connection');
    needed = next;
  });
}

/** Saves an edit of a household's record and sends it when it can; resolves with its id when it is on disk. */
export async function enqueueEdit(body: EditBody, options: EditOptions): Promise<string> {
  const { saveEdit } = await import('./save');
  return saveEdit(body, options);
}

/** The last of the saved visits that replace each other, beginning with a given one. */
export function newestSaved(visitId: string): string {
  return newestRevision(outboxItems.value, visitId);
}

/** What a refused record held, to be corrected in a new form; null when there is no such record. */
export async function reopen(
  visitId: string,
): Promise<{ body: VisitBody; photos: StoredPhoto[]; problem: Problem | null } | null> {
  const body = await loadBody<VisitBody>(visitId);
  if (!body) return null;
  const problem = outboxItems.value.find((item) => item.visitId === visitId)?.problem ?? null;
  return { body, photos: await listPhotos(visitId), problem };
}
