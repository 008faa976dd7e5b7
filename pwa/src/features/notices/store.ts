/** What happened in this person's area that they have to know of, read from the server. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Notice } from '../../core/api/noticeTypes';
import { joined } from '../../core/reading';
import { unreadNotices } from '../../core/unread';

export interface Inbox {
  readonly items: readonly Notice[];
  readonly next: string | null;
  readonly loading: boolean;
  readonly error: unknown;
  /** Whether anything was read yet. */
  readonly known: boolean;
}

const EMPTY: Inbox = { items: [], next: null, loading: false, error: null, known: false };
const PAGE = 30;
const LOOK_MS = 60_000;

const now = signal<Inbox>(EMPTY);
let turn = 0;

export const inbox: ReadonlySignal<Inbox> = now;

async function read(cursor: string | null, limit = PAGE) {
  const query = { limit, ...(cursor === null ? {} : { cursor }) };
  return call(api.GET('/notices', { params: { query } }));
}

async function readInto(cursor: string | null, mine: number): Promise<void> {
  now.value = { ...now.value, loading: true, error: null };
  try {
    const page = await read(cursor);
    if (mine !== turn) return;
    const before = cursor === null ? [] : now.value.items;
    const items = joined(before, page.items, ({ seq }) => String(seq));
    now.value = { items, next: page.next, loading: false, error: null, known: true };
    unreadNotices.value = page.unread;
    if (cursor === null) await seen(page.items[0]?.seq);
  } catch (error) {
    if (mine === turn) now.value = { ...now.value, loading: false, error };
  }
}

/** What was on the screen counts as seen; should that not reach the server, the next opening says it again. */
async function seen(upto: number | undefined): Promise<void> {
  if (upto === undefined || unreadNotices.value === 0) return;
  const left = await call(api.POST('/notices/seen', { body: { upto } })).catch(() => null);
  if (left) unreadNotices.value = left.unread;
}

/** Reads the newest; what is on the screen stays until the answer is here. */
export async function openInbox(): Promise<void> {
  turn += 1;
  await readInto(null, turn);
}

/** The page after those on the screen. */
export async function moreNotices(): Promise<void> {
  const { next, loading } = now.value;
  if (next !== null && !loading) await readInto(next, turn);
}

async function count(): Promise<void> {
  if (document.visibilityState !== 'visible' || !navigator.onLine) return;
  const page = await read(null, 1).catch(() => null);
  if (page) unreadNotices.value = page.unread;
}

/** Keeps the count beside the tab right, once a minute while somebody looks; the returned call ends it. */
export function watchNotices(): () => void {
  const look = () => void count();
  look();
  const timer = setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

/** Forgets everything; for tests and sign-out. */
export function resetNotices(): void {
  turn += 1;
  now.value = EMPTY;
  unreadNotices.value = 0;
}
