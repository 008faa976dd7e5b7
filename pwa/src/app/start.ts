/** What happens when the app opens and when somebody signs in. */
import { signal } from '@preact/signals';
import {
  downloadAlongside,
  loadHouseholds,
  noteLoaded,
  refreshedAt,
  refreshHouseholds,
} from '../core/assignments';
import { refreshChecklist } from '../core/checklists';
import { now } from '../core/clock';
import { loadDrafts } from '../core/drafts';
import { readMeta, writeMeta, writeStrict } from '../core/localDb';
import { kick, onOtherTab, reloadOutbox, startOutbox } from '../core/outbox';
import { followSession, type Handover, restoreSession, user } from '../core/session';

/** False until the stored session has been read. */
export const ready = signal(false);
/** True when this installation once held data that is gone now. */
export const wiped = signal(false);

const STALE_MS = 4 * 3_600_000;
const TRACE = 'liangdeng.used';

/** The browser may clear its database; a mark kept elsewhere lets us say so instead of looking new. */
async function lookForWipe(): Promise<void> {
  const mark = await readMeta<boolean>('used');
  let trace: string | null = null;
  try {
    trace = localStorage.getItem(TRACE);
  } catch {
    trace = null;
  }
  wiped.value = trace !== null && mark !== true;
}

async function leaveTrace(): Promise<void> {
  await writeMeta('used', true);
  try {
    localStorage.setItem(TRACE, '1');
  } catch {
    // Without local storage a wipe cannot be told from a first use.
  }
}

async function showOwn(): Promise<void> {
  await Promise.all([loadHouseholds(), loadDrafts(), reloadOutbox()]);
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

/** Time for a form that was closed to begin its last write. */
const SETTLE_MS = 300;
/** A database that does not answer must not keep the page from being opened anew. */
const PATIENCE_MS = 3_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Another tab changed the user: forms close under their owner's name, then the page is opened anew at home. */
const handover: Handover = {
  async settle() {
    ready.value = false;
    await pause(SETTLE_MS);
    // Runs after the writes that wait for the same store.
    await Promise.race([writeStrict(['drafts'], () => undefined), pause(PATIENCE_MS)]);
  },
  reopen() {
    history.replaceState(null, '', '#/');
    location.reload();
  },
};

/** Opens the app: the stored session first, so that everything readable is readable without a network. */
export async function start(): Promise<void> {
  downloadAlongside(refreshRest);
  try {
    await lookForWipe();
    await restoreSession();
    await showOwn();
  } finally {
    ready.value = true;
    followSession(handover);
    startOutbox();
    onOtherTab('worklist', () => void noteLoaded(0));
  }
  if (user.value && (await outOfDate(user.value.id))) await refreshOwn();
}

/** After a sign-in: this user's data, lasting storage, and whatever waited for the proof. */
export async function afterSignIn(): Promise<void> {
  await leaveTrace();
  wiped.value = false;
  await navigator.storage?.persist?.().catch(() => false);
  await showOwn();
  kick();
  await refreshOwn();
}
