/** Who uses this phone, and the proof of it. Losing the proof never touches work that waits. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { User } from './api/types';
import { noteOrder } from './device';
import { readMeta, readPhoneMeta, writeMeta, writePhoneMeta, writeStrict } from './localDb';
import { lockVault, open, openAccount, type Sealed, seal } from './vault';
import { accountId, currentAccount, leavePhone, takePhone } from './vault/accounts';
import { oldValue } from './vault/old';

/** A sign-in. Both tokens are renewed; the refresh token is used once, and once more if its answer got lost. */
export interface Session {
  readonly user: User;
  readonly access: string;
  readonly refresh: string;
  /** Names the sign-in while its tokens change. An older version wrote none: there the refresh token stayed. */
  readonly signIn?: string;
  /** The key for what others carry for this phone, 64 hex digits; absent until the server handed it over. */
  readonly relay?: string;
  /** The server refused to renew it: whoever unlocks the phone later must sign in as well, and sees so at once. */
  readonly refused?: boolean;
}

/** What the shell does when another tab changed the user under this one, or when the phone is locked. */
export interface Handover {
  /** Closes open forms and resolves when their last state is on disk; the old user is still set. */
  settle(): Promise<void>;
  /** Opens the app anew; nothing the old user had in memory may survive. */
  reopen(): void;
  /** Another tab was locked by hand. */
  lock(): void;
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

/** The other tabs are locked as well. */
export function tellLocked(): void {
  channel?.postMessage('lock');
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
 * Puts what `next` makes of it in the place of `mine` if the store still holds that sign-in; tells whether it did. Every
 * writing is sealed anew, so a seal that did not change since it was opened is proof enough inside the transaction.
 */
async function replaceStored(mine: Session, next: (stored: Session) => Session | null): Promise<boolean> {
  for (;;) {
    const seen = await readMeta<Sealed>(META_KEY);
    const stored = await unseal(seen);
    if (stored === null || !sameSignIn(stored, mine)) return false;
    const wanted = next(stored);
    const fresh = wanted && (await seal('meta', META_KEY, wanted));
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
  expired.value = session?.refused === true;
}

/** Reads the stored session of the vault that is open; one that cannot be opened counts as none. */
export function restoreSession(): Promise<void> {
  return inTurn(async () =>
    use(openAccount() === null ? null : await unseal(await readMeta<Sealed>(META_KEY))),
  );
}

/** Whose lock or screens this tab shows: digest of an account. */
let shown: string | null = null;

/** Tells whose lock or screens this tab shows; null: nobody's. */
export function showAccount(id: string | null): void {
  shown = id;
}

/** Forgets who uses the phone and the key, in this tab; everything stays on the disk, sealed. */
export function forgetUser(): Promise<void> {
  return inTurn(async () => {
    use(null);
    await lockVault();
  });
}

let handover: Handover | null = null;
let closing = false;

/** What the disk says now of whoever this tab shows; false when somebody else uses the phone, or nobody. */
async function isStillShown(): Promise<boolean> {
  if ((await currentAccount()) !== shown) return false;
  if (openAccount() === null || current.value === null) return true;
  const stored = await unseal(await readMeta<Sealed>(META_KEY));
  if (stored === null) return false;
  if (stored.access !== current.value.access || stored.refresh !== current.value.refresh) use(stored);
  return true;
}

/** Takes over what the disk says now. Another user there: this page becomes nobody's and is opened anew. */
async function adopt(): Promise<void> {
  if (closing || (await isStillShown())) return;
  if (current.value) await handover?.settle().catch(() => undefined);
  // Not the new user yet: a late write of the old user's form must fail, not land under the other's name.
  use(null);
  await lockVault();
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
  channel?.addEventListener('message', ({ data }) => {
    if (data === 'lock') shell.lock();
    else void (data === 'kill' ? noteOrder('kill') : reloadSession());
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void reloadSession();
  });
  void reloadSession();
}

/** Starts a session of the user whose vault is open; on disk before it is used. */
export function startSession(
  user: User,
  access: string,
  refresh: string,
  relay: string | null = null,
): Promise<void> {
  return inTurn(async () => {
    const id = await accountId(user.id);
    if (openAccount() !== id) throw new Error('the vault of this user is locked');
    const session = { user, access, refresh, signIn: crypto.randomUUID(), ...(relay && { relay }) };
    await writeMeta(META_KEY, await seal('meta', META_KEY, session));
    await takePhone(id);
    shown = id;
    use(session);
    announce();
  });
}

/** Takes over what the server says of the person now, another place of work for one; no other sign-in is touched. */
export function renewUser(of: Session, person: User): Promise<boolean> {
  return inTurn(async () => {
    const held = current.value;
    if (held === null || !sameSignIn(held, of) || person.id !== held.user.id) return false;
    const stored = await replaceStored(held, (kept) => ({ ...kept, user: person })).catch(() => null);
    if (stored === false) {
      await adopt();
      return false;
    }
    use({ ...held, user: person });
    announce();
    return true;
  });
}

/**
 * Takes the renewed tokens of `of`, on disk before they are used; false when that sign-in is no longer the one of this
 * phone. When the disk takes nothing, the old refresh token stays: it is good until its successor was used.
 */
export function renewTokens(
  of: Session,
  access: string,
  refresh: string,
  relay: string | undefined = of.relay,
): Promise<boolean> {
  return inTurn(async () => {
    if (!sameSignIn(current.value, of)) return false;
    const renewed = {
      ...of,
      access,
      refresh,
      signIn: nameOf(of) as string,
      refused: false,
      ...(relay !== undefined && { relay }),
    };
    const stored = await replaceStored(of, () => renewed).catch(() => null);
    if (stored === false) {
      await adopt();
      return false;
    }
    use(stored ? renewed : { ...renewed, refresh: of.refresh });
    announce();
    return true;
  });
}

/**
 * Notes that the server refused the proof `of` this sign-in, also for whoever unlocks the phone later; nothing when it
 * is no longer ours. Proof that another tab renewed meanwhile stays good on the disk.
 */
export async function markExpired(of: Session): Promise<void> {
  if (!sameSignIn(current.value, of)) return;
  expired.value = true;
  const mark = (stored: Session) => (stored.refresh === of.refresh ? { ...stored, refused: true } : stored);
  await inTurn(() => replaceStored(of, mark)).catch(() => undefined);
}

/**
 * Ends the session on this phone; visits, photos and drafts stay, sealed and under their owner's id.
 * A session that another tab began meanwhile is not ended.
 */
export function endSession(): Promise<void> {
  return inTurn(async () => {
    const id = openAccount();
    if (current.value) await replaceStored(current.value, () => null);
    if (id !== null) await leavePhone(id);
    use(null);
    shown = null;
    await lockVault();
    announce();
  });
}

/** An identifier of this installation, made once; that of a version before the vault is kept. */
export async function deviceId(): Promise<string> {
  const kept = await readPhoneMeta<string>('device');
  if (kept) return kept;
  await writePhoneMeta('device', (await oldValue<string>('device')) ?? crypto.randomUUID());
  return (await readPhoneMeta<string>('device')) as string;
}
