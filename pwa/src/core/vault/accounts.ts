/**
 * Who has a vault on this phone. What lies here unsealed tells nothing of anybody: digests, wrapped keys and counters.
 * No name is kept: the unlock screen shows none, and who is not the last user types the own user name.
 */
import { now } from '../clock';
import { readPhone, readPhoneMeta, writePhone } from '../localDb';
import { USER_DB } from '../localDb/schema';
import {
  type Bytes,
  digest,
  keyedDigest,
  newDeviceKey,
  type Secret,
  stretch,
  unwrapKey,
  type Wrap,
  wrapKey,
} from './keys';

/** An entry of the phone's database; its key is a digest of the user's id. */
export interface Account {
  /** Name of the user's database. */
  db: string;
  /** The user name, digested with the phone's key. */
  label: string;
  /** Gone after ten wrong PINs. */
  pin: Wrap | null;
  /** Null until a sign-in online: the server's share comes with that. */
  recovery: Wrap | null;
  /** PINs tried since the last right one; counted before each is tried. */
  tries: number;
  /** Milliseconds; before it no PIN is tried. Only where a lost PIN could not be made good by the server. */
  notBefore: number;
  /** False after signing out: then the PIN alone opens nothing. */
  signedIn: boolean;
}

export const MOST_TRIES = 10;
const HOUR_MS = 3_600_000;
const DEVICE_KEY = 'device.key';
const CURRENT = 'current';

/** Digest under which a user's account is kept. */
export function accountId(userId: string): Promise<string> {
  return digest(`liangdeng/user/${userId}`);
}

/** The phone's own key, made once. */
async function deviceKey(): Promise<CryptoKey> {
  const kept = await readPhoneMeta<CryptoKey>(DEVICE_KEY);
  if (kept) return kept;
  let agreed = await newDeviceKey();
  // Two tabs may start together: whoever writes first decides.
  await writePhone(async (tx) => {
    const store = tx.objectStore('meta');
    const other = (await store.get(DEVICE_KEY)) as CryptoKey | undefined;
    if (other) agreed = other;
    else await store.put(agreed, DEVICE_KEY);
  });
  return agreed;
}

/** An account by its digest. */
export function account(id: string): Promise<Account | undefined> {
  return readPhone((database) => database.get('accounts', id));
}

/** Digest of the account that uses this phone, signed in or locked; null when nobody does. */
export async function currentAccount(): Promise<string | null> {
  return (await readPhoneMeta<string>(CURRENT)) ?? null;
}

/** Digest of the account with a user name, however it was typed, if that person has one here and may open it with the PIN. */
export async function accountNamed(username: string): Promise<string | null> {
  const label = await keyedDigest(await deviceKey(), username.normalize('NFKC').trim().toLowerCase());
  const [ids, all] = await readPhone((database) =>
    Promise.all([database.getAllKeys('accounts'), database.getAll('accounts')]),
  );
  const place = all.findIndex((one) => one.label === label && one.signedIn);
  return ids[place] ?? null;
}

async function change(id: string, work: (before: Account) => Account): Promise<Account> {
  let after: Account | undefined;
  await writePhone(async (tx) => {
    const before = await tx.objectStore('accounts').get(id);
    if (!before) throw new Error('no such account on this phone');
    after = work(before);
    await tx.objectStore('accounts').put(after, id);
  });
  return after as Account;
}

/** Notes that an account uses this phone now. */
export async function takePhone(id: string): Promise<void> {
  await writePhone(async (tx) => {
    const before = await tx.objectStore('accounts').get(id);
    if (!before) throw new Error('no such account on this phone');
    await tx.objectStore('accounts').put({ ...before, signedIn: true }, id);
    await tx.objectStore('meta').put(id, CURRENT);
  });
}

/** Shows the lock of an account; nobody else's is touched. */
export async function showLockOf(id: string): Promise<void> {
  await writePhone(async (tx) => {
    await tx.objectStore('meta').put(id, CURRENT);
  });
}

/** Notes that an account signed out. Another that took the phone meanwhile keeps it. */
export async function leavePhone(id: string): Promise<void> {
  await writePhone(async (tx) => {
    const meta = tx.objectStore('meta');
    if ((await meta.get(CURRENT)) === id) await meta.delete(CURRENT);
    const before = await tx.objectStore('accounts').get(id);
    if (before) await tx.objectStore('accounts').put({ ...before, signedIn: false }, id);
  });
}

/** Another tab made the same account a moment ago. */
export class AccountTaken extends Error {}

export interface NewAccount {
  id: string;
  username: string;
  raw: Bytes;
  pin: string;
  recovery: string | null;
}

/** The name of a database that no earlier vault of this user has. */
function nextDb(id: string, before: Account | undefined): string {
  const count = before ? Number(before.db.split('-')[3] ?? 0) + 1 : 0;
  return `${USER_DB}${id}${count > 0 ? `-${count}` : ''}`;
}

/**
 * Makes the account of a user with a PIN, or gives an existing one (`keep`) another PIN; it uses the phone from then
 * on. An existing one that is not kept stays on the disk, sealed for ever: nothing can open it any more.
 */
export async function makeAccount(made: NewAccount, keep: boolean): Promise<Account> {
  const device = await deviceKey();
  const before = await account(made.id);
  const row: Account = {
    db: keep && before ? before.db : nextDb(made.id, before),
    label: await keyedDigest(device, made.username),
    pin: await wrapKey(device, { pin: made.pin }, made.id, made.raw),
    recovery: made.recovery
      ? await wrapKey(device, { recovery: made.recovery }, made.id, made.raw)
      : (keep && before?.recovery) || null,
    tries: 0,
    notBefore: 0,
    signedIn: true,
  };
  await writePhone(async (tx) => {
    // Another tab was quicker: its key counts, this one has sealed nothing yet.
    if ((await tx.objectStore('accounts').get(made.id))?.db !== before?.db) throw new AccountTaken();
    await tx.objectStore('accounts').put(row, made.id);
    await tx.objectStore('meta').put(made.id, CURRENT);
  });
  return row;
}

/** The data key by the server's secret, or null. */
export async function recovered(id: string, recovery: string): Promise<Bytes | null> {
  const wrap = (await account(id))?.recovery;
  return wrap ? unwrapKey(await deviceKey(), { recovery }, id, wrap) : null;
}

/** Wraps the data key once more: with another PIN, or with the server's secret. */
export async function addWrap(id: string, secret: Secret, raw: Bytes): Promise<void> {
  const wrap = await wrapKey(await deviceKey(), secret, id, raw);
  await change(id, (before) =>
    'pin' in secret ? { ...before, pin: wrap, tries: 0 } : { ...before, recovery: wrap },
  );
}

export type Tried =
  /** The tries are being forgotten on the disk: whoever opens the vault has other things to do meanwhile. */
  | { raw: Bytes; row: Account; forgotten: Promise<unknown> }
  /** How many tries are left, and how long to wait before the next one. No try left: sign in online. */
  | { raw: null; left: number; waitMs: number };

/** What an account lets a person do before a PIN is typed. */
export function chances(row: Account): { left: number; waitMs: number } {
  const waitMs = Math.max(0, Math.min(row.notBefore - now(), HOUR_MS));
  if (!row.pin) return { left: 0, waitMs: 0 };
  if (row.recovery) return { left: Math.max(0, MOST_TRIES - row.tries), waitMs: 0 };
  return { left: Math.max(1, MOST_TRIES - row.tries), waitMs };
}

/** A wrong PIN: after ten the PIN's wrap goes, if the server can open the vault; else an hour passes. */
function missed(row: Account): Account {
  if (row.tries < MOST_TRIES) return row;
  return row.recovery ? { ...row, pin: null } : { ...row, notBefore: now() + HOUR_MS };
}

/**
 * Tries a PIN. The try is counted on the disk before it is known whether it was right, so that ending the app gains
 * nobody another one; the PIN is stretched meanwhile.
 */
export async function tryPin(id: string, pin: string): Promise<Tried> {
  const known = await account(id);
  if (!known) return { raw: null, left: 0, waitMs: 0 };
  const stretching = known.pin && stretch(pin, known.pin);
  let before = { left: 0, waitMs: 0 };
  // Asked and counted in one transaction: several tabs have ten tries together.
  const counting = (now: Account) => {
    before = chances(now);
    if (before.left === 0) return now.pin ? missed(now) : now;
    return before.waitMs > 0 ? now : counted(now);
  };
  const [device, row] = await Promise.all([deviceKey(), change(id, counting)]);
  if (before.left === 0 || before.waitMs > 0) return { raw: null, ...before };
  const raw = row.pin && (await unwrapKey(device, { pin, stretching }, id, row.pin));
  if (!raw) return { raw: null, ...chances(await change(id, missed)) };
  return { raw, row, forgotten: change(id, (last) => ({ ...last, tries: 0, notBefore: 0 })) };
}

/** One try more; where no server helps, the hour after the tenth begins before it is known whether it was right. */
function counted(row: Account): Account {
  const tries = row.tries + 1;
  const last = tries >= MOST_TRIES && !row.recovery;
  return { ...row, tries, notBefore: last ? now() + HOUR_MS : row.notBefore };
}
