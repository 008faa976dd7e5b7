/** The outbox as features see it: save a visit, watch it travel, correct what was refused. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { authFetch } from '../api/auth';
import type { Problem, Severity, VisitBody } from '../api/types';
import { now } from '../clock';
import { noteDraft } from '../drafts';
import { noteContact } from '../network';
import { getPhoto, listPhotos, releaseBytes, type StoredPhoto } from '../photos';
import { loginNeeded, user } from '../session';
import type { PhotoEntry, State, WaitReason } from './machine';
import { newestRevision } from './returns';
import { Runner } from './runner';
import {
  addRecord,
  type EnqueuedPhoto,
  type EnqueueOptions,
  loadBody,
  loadRecords,
  type OutboxRecord,
  updateEntries,
} from './store';

export type { State, WaitReason } from './machine';
export { answeredReturns, refused } from './returns';

/** A saved visit as lists show it. */
export interface OutboxItem {
  visitId: string;
  householdId: string;
  headName: string;
  /** When it was saved on this phone, milliseconds. */
  savedAt: number;
  state: State;
  /** Why it waits, when it waits. */
  reason: WaitReason | null;
  problem: Problem | null;
  nextTryAt: number;
  receipt: string | null;
  /** When the server signed for it, ISO instant. */
  receivedAt: string | null;
  severity: Severity | null;
  photos: readonly PhotoEntry[];
  photosSent: number;
  photosRefused: number;
  /** The visit that took the place of this refused one. */
  correctedBy: string | null;
  /** The visit that this one replaces at the server, for example a returned one. */
  revises: string | null;
}

const items = signal<readonly OutboxItem[]>([]);
const busy = signal(false);

/** Every visit saved on this phone by the signed-in user, newest first; sent ones stay as history. */
export const outboxItems: ReadonlySignal<readonly OutboxItem[]> = items;

/** Those the server has not signed for completely, refused ones included, corrected ones not. */
export const unsent: ReadonlySignal<readonly OutboxItem[]> = computed(() =>
  items.value.filter((item) => item.state !== 'complete' && item.correctedBy === null),
);

/** Whether something is on its way right now. */
export const sendingNow: ReadonlySignal<boolean> = busy;

function toItem(record: OutboxRecord): OutboxItem {
  const { entry } = record;
  return {
    visitId: record.visit_id,
    householdId: record.household_id,
    headName: record.head_name,
    savedAt: record.saved_at,
    state: entry.state,
    reason: entry.reason,
    problem: entry.problem,
    nextTryAt: entry.notBefore,
    receipt: entry.result?.receipt.number ?? null,
    receivedAt: entry.result?.receipt.received_at ?? null,
    severity: entry.result?.severity ?? null,
    photos: entry.photos,
    photosSent: entry.photos.filter((photo) => photo.state === 'sent' || photo.state === 'ready').length,
    photosRefused: entry.photos.filter((photo) => photo.state === 'refused').length,
    correctedBy: record.corrected_by,
    revises: record.revises,
  };
}

/** Reads the rows again, after a change here or in another tab. */
export async function reloadOutbox(): Promise<void> {
  items.value = user.value ? (await loadRecords()).map(toItem).reverse() : [];
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('liangdeng-outbox');

async function changed(): Promise<void> {
  await reloadOutbox();
  channel?.postMessage('changed');
}

const REQUEST_MS = 90_000;
/** A photo of 1 MB at the 20 kbit/s of a bad 2G line. */
const PHOTO_MS = 10 * 60_000;
let inPage = false;

async function alone(work: () => Promise<void>): Promise<boolean> {
  if (!user.value) return false;
  if (navigator.locks === undefined) {
    if (inPage) return false;
    inPage = true;
    await work().finally(() => {
      inPage = false;
    });
    return true;
  }
  return navigator.locks.request('liangdeng-outbox', { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}

let timer: ReturnType<typeof setTimeout> | undefined;

const runner = new Runner({
  load: loadRecords,
  update: updateEntries,
  body: loadBody,
  photo: async (visitId, sha256) => (await getPhoto(visitId, sha256))?.bytes ?? null,
  send: (path, init) =>
    authFetch(
      new Request(`${location.origin}/api/v1${path}`, {
        ...init,
        signal: AbortSignal.timeout(path.includes('/photos/') ? PHOTO_MS : REQUEST_MS),
      }),
    ),
  alone,
  now,
  random: Math.random,
  wakeIn: (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  },
  changed,
  contact: noteContact,
});

async function run(wake?: 'all' | 'connection'): Promise<void> {
  if (!user.value) return;
  busy.value = true;
  try {
    await runner.kick(wake);
  } finally {
    busy.value = false;
  }
}

/** Sends now whatever waits, also what was put off. */
export function kick(): void {
  void run('all');
}

/** Starts the loop and its triggers: start, network back, page shown, another tab, new login. */
export function startOutbox(): void {
  channel?.addEventListener('message', () => void reloadOutbox());
  addEventListener('online', () => void run('connection'));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void run('connection');
  });
  let needed = loginNeeded.value;
  loginNeeded.subscribe((next) => {
    if (needed && !next) void run('connection');
    needed = next;
  });
  void run('connection');
}

/**
 * Saves a finished visit on this phone and sends it when it can. Resolves when everything is on disk, with the id it
 * is stored under (a new one when another tab saved other answers under the given one); rejects when the phone could
 * not store it (nothing is lost then: the draft is still there).
 */
export async function enqueueVisit(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions = {},
): Promise<string> {
  const visitId = await addRecord(body, photos, options);
  noteDraft(body.household_id, false);
  await changed();
  void run();
  return visitId;
}

/** The last of the saved visits that replace each other, beginning with a given one. */
export function newestSaved(visitId: string): string {
  return newestRevision(items.value, visitId);
}

/** What a refused record held, to be corrected in a new form; null when there is no such record. */
export async function reopen(
  visitId: string,
): Promise<{ body: VisitBody; photos: StoredPhoto[]; problem: Problem | null } | null> {
  const body = await loadBody(visitId);
  if (!body) return null;
  const problem = items.value.find((item) => item.visitId === visitId)?.problem ?? null;
  return { body, photos: await listPhotos(visitId), problem };
}

const KEEP_BYTES_MS = 7 * 24 * 3_600_000;

/** Gives up photo bytes that the server has been able to show for a week. Records and rows stay. */
export async function releaseOldPhotos(): Promise<void> {
  for (const item of items.value) {
    if (item.state !== 'complete' || now() - item.savedAt < KEEP_BYTES_MS) continue;
    for (const photo of item.photos)
      if (photo.state === 'ready') await releaseBytes(item.visitId, photo.sha256);
  }
}
