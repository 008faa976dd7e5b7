/**
 * The way in: who must type what before this phone shows anything. A password opens it online, the PIN opens it
 * anywhere, also long after the server stopped taking the old sign-in. The screens are in `features/account`.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { User } from './api/types';
import { householdById, loadHouseholds } from './assignments';
import { formLeftOpen, loadDrafts } from './drafts';
import { openAhead, writeStrict } from './localDb';
import { place, startAt } from './nav';
import { sendingNow } from './outbox';
import { reloadOutbox } from './outbox/signals';
import {
  forgetUser,
  restoreSession,
  type Session,
  showAccount,
  startSession,
  tellLocked,
  user,
} from './session';
import { openAccount, openVault } from './vault';
import {
  type Account,
  AccountTaken,
  account,
  accountId,
  accountNamed,
  addWrap,
  chances,
  currentAccount,
  leavePhone,
  makeAccount,
  recovered,
  showLockOf,
  tryPin,
} from './vault/accounts';
import { type Bytes, PIN_ROUNDS, random } from './vault/keys';
import { takeover } from './vault/old';

/** A sign-in as the server answered it. */
export interface Arrival {
  user: User;
  access: string;
  refresh: string;
  /** The server's share of this phone's key, 64 hex digits; null from a server of before. */
  recovery: string | null;
  /** The key for what others carry for this phone; a server of before sends none. */
  relay?: string | null;
}

/** Why a PIN has to be chosen: the first one, a forgotten one, after the update, or because the vault is lost. */
export type Why = 'first' | 'again' | 'update' | 'lost';

export type Gate =
  | { at: 'login'; forgot: boolean; hint: string }
  | { at: 'locked'; account: string; left: number; waitMs: number; wrong: boolean; proof: Arrival | null }
  | { at: 'choose'; why: Why; username: string }
  | { at: 'open' };

const LOGIN: Gate = { at: 'login', forgot: false, hint: '' };
const state = signal<Gate>(LOGIN);

/** What stands between a person and the screens. */
export const gate: ReadonlySignal<Gate> = state;

/** What a PIN is being chosen for. */
let pending: { arrival: Arrival | null; person: User; raw: Bytes | null; why: Why } | null = null;
/** The key of the open vault, after its PIN was typed once more in order to choose another. */
let proven: { id: string; raw: Bytes } | null = null;
/** Counts openings and lockings: a lock that is still waiting for an upload must not lock what was opened since. */
let turn = 0;

async function showOwn(): Promise<void> {
  await Promise.all([loadHouseholds(), loadDrafts(), reloadOutbox()]);
}

async function showLock(id: string, proof: Arrival | null = null, wrong = false): Promise<void> {
  const row = await account(id);
  const left = row ? chances(row) : { left: 0, waitMs: 0 };
  state.value = { at: 'locked', account: id, ...left, wrong, proof };
}

/** From now on this tab shows the lock of an account, and so does the phone. */
async function lockOf(id: string): Promise<void> {
  showAccount(id);
  await showLockOf(id);
}

/** Decides at start what to ask for. */
export async function enter(): Promise<void> {
  const id = await currentAccount();
  showAccount(id);
  if (id !== null && (await account(id))?.signedIn) return showLock(id);
  const old = (await (await takeover())?.oldSession<Session>()) ?? null;
  if (old) return enterAfterUpdate(old);
  state.value = LOGIN;
}

/** A version before the vault left a sign-in here: it needs a PIN, or the one its user has already. */
async function enterAfterUpdate(old: Session): Promise<void> {
  const id = await accountId(old.user.id);
  if (await account(id)) {
    await lockOf(id);
    return showLock(id);
  }
  pending = { arrival: null, person: old.user, raw: null, why: 'update' };
  state.value = { at: 'choose', why: 'update', username: old.user.username };
}

interface Opening {
  id: string;
  row: Account;
  /** The data key, which is wiped. */
  raw: Bytes;
  proof: Arrival | null;
}

/** Opens the vault and everything in it. */
async function opened({ id, row, raw, proof }: Opening): Promise<void> {
  turn += 1;
  // The last user's upload may still be ending behind the lock: it must not find the next one's database.
  if (openAccount() !== null && openAccount() !== id) await close();
  showAccount(id);
  if (proof?.recovery) await addWrap(id, { recovery: proof.recovery }, raw);
  const [old] = await Promise.all([takeover(), openVault(id, row, raw)]);
  await old?.takeOver(id);
  if (proof) await startSession(proof.user, proof.access, proof.refresh, proof.relay);
  else await restoreSession();
  if (user.value === null) return signedOut(id);
  await showOwn();
  backToForm();
  state.value = { at: 'open' };
}

/** An app that ended in the middle of a form goes on there, unless another place was asked for. */
function backToForm(): void {
  const id = formLeftOpen();
  if (id !== null && place.value.parts.length === 0 && householdById(id)) startAt(`#/visit/${id}`);
}

/** A vault without a sign-in in it: the app ended in the middle of the first one. */
async function signedOut(id: string): Promise<void> {
  await leavePhone(id);
  await close();
  state.value = LOGIN;
}

async function close(): Promise<void> {
  proven?.raw.fill(0);
  proven = null;
  await forgetUser();
  await showOwn();
}

/** A password was taken by the server; `newPin`: the person does not know the PIN any more. */
export async function arrive(arrival: Arrival, newPin: boolean): Promise<void> {
  const id = await accountId(arrival.user.id);
  const row = await account(id);
  if (openAccount() !== null && openAccount() !== id) await close();
  const raw = row && arrival.recovery ? await recovered(id, arrival.recovery) : null;
  if (raw && openAccount() === id && row?.pin && !newPin) {
    raw.fill(0);
    return startSession(arrival.user, arrival.access, arrival.refresh, arrival.relay);
  }
  if (raw && row?.pin && !newPin) return opened({ id, row, raw, proof: arrival });
  if (row?.pin && !raw) {
    await lockOf(id);
    return showLock(id, arrival);
  }
  const why: Why = raw ? 'again' : row ? 'lost' : 'first';
  pending = { arrival, person: arrival.user, raw, why };
  state.value = { at: 'choose', why, username: arrival.user.username };
}

/** The role of whoever is choosing a PIN; null when nobody is. */
export function arrivalRole(): string | null {
  return pending?.person.role ?? null;
}

/** Takes the PIN that was chosen and opens the vault. Rejects when the phone cannot store it. */
export async function choosePin(pin: string): Promise<void> {
  if (!pending) throw new Error('nobody is choosing a PIN');
  const { arrival, person, raw: kept } = pending;
  const id = await accountId(person.id);
  const raw = kept ?? random(32);
  showAccount(id);
  const made = { id, username: person.username, raw, pin, recovery: arrival?.recovery ?? null };
  const row = await makeAccount(made, kept !== null).catch((error: unknown) => {
    if (error instanceof AccountTaken) return null;
    throw error;
  });
  if (!row) return showLock(id, arrival);
  // A second try after a failure finds its account.
  pending = { ...pending, raw: raw.slice() as Bytes };
  await opened({ id, row, raw, proof: arrival && { ...arrival, recovery: null } });
  pending?.raw?.fill(0);
  pending = null;
}

/** What will be needed if the PIN is right, while its key is stretched: that takes half a second of another thread. */
async function prepare(id: string): Promise<void> {
  const row = await account(id);
  if (row) openAhead(row.db);
}

/** Tries a PIN at the lock. The gate tells how it went. The wrap of fewer rounds than today's is made anew. */
export async function unlock(pin: string): Promise<void> {
  const before = state.value;
  if (before.at !== 'locked') return;
  prepare(before.account).catch(() => undefined); // without it everything works, a little later
  const tried = await tryPin(before.account, pin);
  if (!tried.raw) return showLock(before.account, before.proof, true);
  const { account: id, proof } = before;
  const { raw, row } = tried;
  const open = async () => {
    if ((row.pin?.rounds ?? 0) < PIN_ROUNDS) await addWrap(id, { pin }, raw);
    await opened({ id, row, raw, proof });
  };
  await Promise.all([open(), tried.forgotten]);
}

/** Proves the present PIN before another is chosen; null when it is right, else how many tries are left. */
export async function provePin(pin: string): Promise<number | null> {
  const id = openAccount();
  if (id === null) throw new Error('the vault is locked');
  const tried = await tryPin(id, pin);
  if (tried.raw) await tried.forgotten;
  proven = tried.raw && { id, raw: tried.raw };
  return tried.raw ? null : tried.left;
}

/** Gives the open vault another PIN; the present one was proven before. */
export async function changePin(next: string): Promise<void> {
  if (!proven || proven.id !== openAccount()) throw new Error('the present PIN was not proven');
  await addWrap(proven.id, { pin: next }, proven.raw);
  proven.raw.fill(0);
  proven = null;
}

/** The PIN is forgotten, or somebody else wants to sign in: the password is asked for. Nothing is touched. */
export function askPassword(forgot: boolean, hint = ''): void {
  state.value = { at: 'login', forgot, hint };
}

/** Back from the password to the lock, if there is one; tells whether there is. */
export async function backToLock(): Promise<boolean> {
  const id = await currentAccount();
  if (id === null || !(await account(id))?.signedIn) return false;
  await showLock(id);
  return true;
}

/** Somebody else takes the phone: the lock of the account with that user name, or the password. */
export async function otherUser(username: string): Promise<void> {
  const id = await accountNamed(username);
  if (id === null) return askPassword(false, username.trim());
  await lockOf(id);
  await showLock(id);
}

/** Time for a form that was closed to begin its last write. */
const SETTLE_MS = 300;
/** An upload that was under way when the phone was locked may end; then the key goes. */
const UPLOAD_MS = 10 * 60_000;
const LOOK_MS = 1_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Resolves when everything that forms wrote as they closed is on disk. */
export async function settled(): Promise<void> {
  await pause(SETTLE_MS);
  // Runs after the writes that wait for the same store.
  await writeStrict(['drafts'], () => undefined);
}

/**
 * Locks: the screens go at once, forms write their last state, an upload that is under way ends (ten minutes at most),
 * then the key leaves the memory. `everywhere`: in the other tabs too.
 */
export async function lock(everywhere = false): Promise<void> {
  const id = openAccount();
  // Somebody was signing in and went away: the proof goes, what was typed counts no more.
  if (state.value.at === 'choose' || (state.value.at === 'locked' && state.value.proof)) {
    pending = null;
    return enter();
  }
  if (id === null || state.value.at !== 'open') return;
  turn += 1;
  const mine = turn;
  await showLock(id);
  if (everywhere) tellLocked();
  await settled().catch(() => undefined);
  for (let waited = 0; sendingNow.value && waited < UPLOAD_MS; waited += LOOK_MS) await pause(LOOK_MS);
  if (turn === mine) await close();
}

/** The way out was taken: nobody is at the phone. */
export function left(): void {
  turn += 1;
  state.value = LOGIN;
}
