/** Sends what was decided without a network, and keeps the queue at hand for when there is none again. */
import { effect, untracked } from '@preact/signals';
import { online } from '../../core/network';
import { keepVisits } from './kept';
import { openQueue, queue } from './queue';
import { pending, sendKept } from './store';

/** While something waits it is tried again so often, also when the browser says nothing of a network. */
const AGAIN_MS = 20_000;

let busy = false;

/** Sends all that waits, in the order it was decided; stops where the server does not answer. */
export async function sendAll(): Promise<void> {
  if (busy || pending.value.length === 0) return;
  busy = true;
  try {
    for (const [id] of pending.value) if (!(await sendKept(id))) return;
    await openQueue(queue.value.state);
  } finally {
    busy = false;
  }
}

/** Reads the visits of the queue in advance, but for those that are decided. */
async function keepAll(): Promise<void> {
  const { items, state, next, loading, error } = queue.value;
  if (state !== 'submitted' || loading || error !== null || items.length === 0) return;
  if (next !== null && items.length < 200) return;
  await keepVisits(items, new Set(pending.value.map(([id]) => id))).catch(() => undefined);
}

/** Works as long as the desk is open; gives back how to end it. */
export function watchDesk(): () => void {
  const timer = setInterval(() => void sendAll(), AGAIN_MS);
  const stopSending = effect(() => {
    if (online.value) void Promise.resolve().then(() => untracked(sendAll));
  });
  let seen: unknown = null;
  const stopKeeping = effect(() => {
    const { items, loading, counts } = queue.value;
    if (!online.value || loading || counts === null || items === seen) return;
    seen = items;
    void Promise.resolve().then(() => untracked(keepAll));
  });
  return () => {
    clearInterval(timer);
    stopSending();
    stopKeeping();
  };
}
