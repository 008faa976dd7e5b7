/**
 * Keeps personal data unreadable at rest: AES-256-GCM with a random key for each user, in memory only while that user
 * has it open. The place of a value (store and key) is authenticated too, so rows cannot be swapped.
 */
import { useDatabase } from '../localDb';
import type { Account } from './accounts';
import { type Bytes, dataKey } from './keys';
import type { Sealed } from './types';

export type { Sealed } from './types';

let opened: { id: string; key: CryptoKey } | null = null;

/** Digest of the account whose vault is open in this tab; null while it is locked. */
export function openAccount(): string | null {
  return opened?.id ?? null;
}

/** Opens a user's vault and database; `raw` is the data key and is wiped. */
export async function openVault(id: string, row: Account, raw: Bytes): Promise<void> {
  const key = await dataKey(raw);
  await useDatabase(row.db);
  opened = { id, key };
}

/** Forgets the key and closes the database. What was not written by now is not written. */
export async function lockVault(): Promise<void> {
  opened = null;
  await useDatabase(null);
}

function key(): CryptoKey {
  if (!opened) throw new Error('the vault is locked');
  return opened.key;
}

function additional(store: string, recordKey: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${store}\n${recordKey}`);
}

/** Seals bytes for one place. */
export async function sealBytes(store: string, recordKey: string, bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: 'AES-GCM', iv, additionalData: additional(store, recordKey) };
  return { v: 1, iv, data: await crypto.subtle.encrypt(algorithm, key(), bytes) };
}

/** Opens bytes sealed for the same place, by the key of before the vault where one is given. */
export async function openBytes(
  store: string,
  recordKey: string,
  sealed: Sealed,
  by: CryptoKey = key(),
): Promise<ArrayBuffer> {
  const algorithm = { name: 'AES-GCM', iv: sealed.iv, additionalData: additional(store, recordKey) };
  return crypto.subtle.decrypt(algorithm, by, sealed.data);
}

/** Seals a JSON value for one place. */
export async function seal(store: string, recordKey: string, value: unknown): Promise<Sealed> {
  return sealBytes(store, recordKey, new TextEncoder().encode(JSON.stringify(value)));
}

/** Opens a JSON value; the caller names the type it sealed there. Rejects when place or bytes were changed. */
export async function open<T>(store: string, recordKey: string, sealed: Sealed, by?: CryptoKey): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(store, recordKey, sealed, by))) as T;
}
