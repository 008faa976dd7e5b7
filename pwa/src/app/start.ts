/** What happens when the app opens and when somebody signs in. */
import { effect, signal } from '@preact/signals';
import { downloadAlongside, noteLoaded, refreshedAt, refreshHouseholds } from '../core/assignments';
import { refreshChecklist } from '../core/checklists';
import { now } from '../core/clock';
import { enter, lock, settled } from '../core/gate';
import { readMeta, readPhoneMeta, writeMeta, writePhoneMeta } from '../core/localDb';
import { lookForNews } from '../core/news';
import { kick, onOtherTab, startOutbox, wakeOutbox } from '../core/outbox';
import { followSession, type Handover, user } from '../core/session';
import { oldValue } from '../core/vault/old';
import { watchIdle } from './idle';

/** False until it is known what to ask for. */
export const ready = signal(false);
/** True when this installation once held data that is gone now. */
export const wiped = signal(false);

const STALE_MS = 4 * 3_600_000;
const TRACE = 'liangdeng.used';

/** Whether somebody has signed in on this phone, as told without its database. */
export function usedBefore(): boolean {
  try {
    return localStorage.getItem(TRACE) !== null;
  } catch {
    return false;
  }
}

/** The browser may clear its database; a mark kept elsewhere lets us say so instead of looking new. */
async function lookForWipe(): Promise<void> {
  const mark = (await readPhoneMeta<boolean>('used')) ?? (await oldValue<boolean>('used'));
  wiped.value = usedBefore() && mark !== true;
  lookForNews(!usedBefore());
}

async function leaveTrace(): Promise<void> {
  await writePhoneMeta('used', true);
  try {
    localStorage.setItem(TRACE, '1');
  } catch {
    // Without local storage a wipe cannot be told from a first use.
  }
}

const restKey = (id: string) => `offline.rest/${id}`;

/** The checklist and the rules; when one did not come, the next start asks again. The list does without. */
async function refreshRest(): Promise<void> {
  const id = user.value?.id;
  const at = now();
  const rules = import('../core/policy/store').then(({ refreshPolicy }) => refreshPolicy());
  const results = await Promise.allSettled([refreshChecklist(), rules]);
  const complete = results.every(({ status }) => status === 'fulfilled');
  if (id !== undefined) await writeMeta(restKey(id), complete ? at : 0).catch(() => undefined);
}

/** Downloads what a grid member needs offline; others read from the server. */
async function refreshOwn(): Promise<void> {
  if (user.value?.role === 'grid_member') await refreshHouseholds();
}

/** The engine brings the list up to date by itself, the checklist and the rules it does not. */
async function outOfDate(id: string): Promise<boolean> {
  const rest = (await readMeta<number>(restKey(id))) ?? 0;
  return now() - Math.min(refreshedAt.value ?? 0, rest) > STALE_MS;
}

let worked: { id: string; region: string } | null = null;

/** Whoever was transferred gets the list of the new place at once, and what is of the old one leaves the phone. */
function followPlace(): void {
  effect(() => {
    const me = user.value;
    const moved = me !== null && worked?.id === me.id && worked.region !== me.region.code;
    worked = me && { id: me.id, region: me.region.code };
    if (moved) void refreshOwn().then(refreshRest);
  });
}

/** A database that does not answer must not keep the page from being opened anew. */
const PATIENCE_MS = 3_000;

/** Another tab changed the user: forms close under their owner's name, then the page is opened anew at home. */
const handover: Handover = {
  async settle() {
    ready.value = false;
    await Promise.race([settled(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  },
  reopen() {
    history.replaceState(null, '', '#/');
    location.reload();
  },
  lock: () => void lock(),
};

/** Opens the app: what must be typed first, without a network. */
export async function start(): Promise<void> {
  downloadAlongside(refreshRest);
  try {
    await lookForWipe();
    await enter();
  } finally {
    ready.value = true;
    followSession(handover);
    followPlace();
    startOutbox();
    watchIdle(() => void lock());
    onOtherTab('worklist', () => void noteLoaded(0));
  }
}

/** After a PIN was taken: everything readable is on the screen, now the network's turn. */
export async function afterUnlock(): Promise<void> {
  wakeOutbox();
  if (user.value && (await outOfDate(user.value.id))) await refreshOwn();
}

/** After a sign-in: lasting storage, this user's data, and whatever waited for the proof. */
export async function afterSignIn(): Promise<void> {
  await leaveTrace();
  wiped.value = false;
  await navigator.storage?.persist?.().catch(() => false);
  kick();
  await refreshOwn();
}
