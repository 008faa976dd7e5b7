/** Who uses this phone, and the proof of it. Losing the proof never touches work that waits. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { User } from './api/types';
import { noteOrder } from './device';
import { readMeta, writeMeta, writeStrict } from './localDb';
import { open, type Sealed, seal } from './vault';

/** A sign-in. Both tokens are renewed; the refresh token is used once, and once more if its answer got lost. */
export interface Session {
  readonly user: User;
  readonly access: string;
  readonly refresh: string;
  /** Names the sign-in while its tokens change. An older version wrote none: there the refresh token stayed. */
  readonly signIn?: string;
}

/** What the shell does when another tab changed the user under this one. */
export interface Handover {
  /** Closes open forms and resolves when their last state is on disk; the old user is still set. */
  settle(): Promise<void>;
  /** Opens the app anew from the stored session; nothing the old user had in memory may survive. */
  reopen(): void;
}

const META_KEY = 'session';
const current = signal<Session | null>(null);
const expired = signal(false);

/** The signed-in user, also while the server is out of reach or the proof has expired. */
export const user: ReadonlySignal<User | null> = computed(() => current.value?.user ?? null);

/** True when the server no longer takes our proof: data stays readable, sending waits for a new login. */
export const loginNeeded: ReadonlySignal<boolean> = expired;

/** The signed-in user's id; throws when nobody is signed in. */
export function userId(): string {
  const id = user.value?.id;
  if (!id) throw new Error('nobody is signed in');
  return id;
}

/** The sign-in for the API client. */
export function tokens(): Session | null {
  return current.value;
}

/** Whether both are the same sign-in of the same user, however often renewed. */
export function sameSignIn(a: Session | null, b: Session | null): boolean {
  return a?.user.id === b?.user.id && nameOf(a) === nameOf(b);
}

function nameOf(session: Session | null): string | undefined {
  return session?.signIn ?? session?.refresh;
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('liangdeng-session');

function announce(): void {
  channel?.postMessage('changed');
}

let queue: Promise<unknown> = Promise.resolve();

/** One change at a time, so that memory never lags behind what this tab itself has just stored. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = queue.then(work);
  queue = turn.catch(() => undefined);
  return turn;
}

async function unseal(sealed: Sealed | undefined): Promise<Session | null> {
  return sealed ? open<Session>('meta', META_KEY, sealed).catch(() => null) : null;
}

function sameSeal(a: Sealed | undefined, b: Sealed | undefined): boolean {
  return a !== undefined && b !== undefined && a.iv.every((byte, i) => byte === b.iv[i]);
}

/**
 * Puts `next` in the place of `mine` if the store still holds that sign-in; tells whether it did. Every writing is
 * sealed anew, so a seal that did not change since it was opened is proof enough inside the transaction.
 */
async function replaceStored(mine: Session, next: Session | null): Promise<boolean> {
  const fresh = next && (await seal('meta', META_KEY, next));
  for (;;) {
    const seen = await readMeta<Sealed>(META_KEY);
    if (!sameSignIn(await unseal(seen), mine)) return false;
    let replaced = false;
    await writeStrict(['meta'], async (tx) => {
      const store = tx.objectStore('meta');
      replaced = sameSeal((await store.get(META_KEY)) as Sealed | undefined, seen);
      if (!replaced) return;
      if (fresh) await store.put(fresh, META_KEY);
      else await store.delete(META_KEY);
    });
    if (replaced) return true;
  }
}

function use(session: Session | null): void {
  current.value = session;
  expired.value = false;
}

/** Reads the stored session at start; a session that cannot be opened counts as none. */
export function restoreSession(): Promise<void> {
  return inTurn(async () => use(await unseal(await readMeta<Sealed>(META_KEY))));
}

let handover: Handover | null = null;
let closing = false;

/** Takes over what the store says now. Another user there: this page becomes nobody's and is opened anew. */
async function adopt(): Promise<void> {
  if (closing) return;
  const mine = current.value;
  const stored = await unseal(await readMeta<Sealed>(META_KEY));
  if (stored?.user.id === mine?.user.id) {
    if (stored?.access !== mine?.access || stored?.refresh !== mine?.refresh) use(stored);
    return;
  }
  if (mine) await handover?.settle().catch(() => undefined);
  // Not the new user yet: a late write of the old user's form must fail, not land under the other's name.
  use(null);
  if (!handover) return;
  closing = true;
  handover.reopen();
}

/** Follows what other tabs did to the session; a store that cannot be read changes nothing. */
export function reloadSession(): Promise<void> {
  return inTurn(adopt).catch(() => undefined);
}

/** Follows the sign-ins, sign-outs and renewals of other tabs, also those missed while this one was frozen. */
export function followSession(shell: Handover): void {
  handover = shell;
  channel?.addEventListener(
    'message',
    ({ data }) => void (data === 'kill' ? noteOrder('kill') : reloadSession()),
  );
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void reloadSession();
  });
  void reloadSession();
}

/** Starts a session in the place of any other; on disk before it is used. */
export function startSession(user: User, access: string, refresh: string): Promise<void> {
  return inTurn(async () => {
    const session = { user, access, refresh, signIn: crypto.randomUUID() };
    await writeMeta(META_KEY, await seal('meta', META_KEY, session));
    use(session);
    announce();
  });
}

/**
 * Takes the renewed tokens of `of`, on disk before they are used; false when that sign-in is no longer the one of this
 * phone. When the disk takes nothing, the old refresh token stays: it is good until its successor was used.
 */
export function renewTokens(of: Session, access: string, refresh: string): Promise<boolean> {
  return inTurn(async () => {
    if (!sameSignIn(current.value, of)) return false;
    const renewed = { ...of, access, refresh, signIn: nameOf(of) as string };
    const stored = await replaceStored(of, renewed).catch(() => null);
    if (stored === false) {
      await adopt();
      return false;
    }
    use(stored ? renewed : { ...of, access });
    announce();
    return true;
  });
}

/** Notes that the server refused the proof `of` this sign-in; nothing when it is no longer ours. */
export function markExpired(of: Session): void {
  if (sameSignIn(current.value, of)) expired.value = true;
}

/**
 * Ends the session on this phone; visits, photos and drafts stay, sealed and under their owner's id.
 * A session that another tab began meanwhile is not ended.
 */
export function endSession(): Promise<void> {
  return inTurn(async () => {
    if (current.value) await replaceStored(current.value, null);
    use(null);
    announce();
  });
}

/** An identifier of this installation, made once. */
export async function deviceId(): Promise<string> {
  const kept = await readMeta<string>('device');
  if (kept) return kept;
  const fresh = crypto.randomUUID();
  await writeMeta('device', fresh);
  return (await readMeta<string>('device')) ?? fresh;
}
