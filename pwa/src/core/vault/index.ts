/**
 * Keeps personal data unreadable at rest: AES-256-GCM with a key that the browser holds and never hands out.
 * The place of a value (store and key) is authenticated too, so rows cannot be swapped.
 */
import { read, writeStrict } from '../localDb';
import type { Sealed } from './types';

export type { Sealed } from './types';

const META_KEY = 'vault.key';
let deviceKey: Promise<CryptoKey> | null = null;

async function loadKey(): Promise<CryptoKey> {
  const kept = await read((database) => database.get('meta', META_KEY));
  if (kept) return kept as CryptoKey;
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  let agreed: CryptoKey = fresh;
  // Two tabs may start together: whoever writes first decides.
  await writeStrict(['meta'], async (tx) => {
    const store = tx.objectStore('meta');
    const other = (await store.get(META_KEY)) as CryptoKey | undefined;
    if (other) agreed = other;
    else await store.put(fresh, META_KEY);
  });
  return agreed;
}

function key(): Promise<CryptoKey> {
  deviceKey ??= loadKey().catch((error: unknown) => {
    deviceKey = null;
    throw error;
  });
  return deviceKey;
}

/** Forgets the key held in memory; the next use reads it again. */
export function forgetKey(): void {
  deviceKey = null;
}

function additional(store: string, recordKey: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${store}\n${recordKey}`);
}

/** Seals bytes for one place. */
export async function sealBytes(store: string, recordKey: string, bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: 'AES-GCM', iv, additionalData: additional(store, recordKey) };
  return { v: 1, iv, data: await crypto.subtle.encrypt(algorithm, await key(), bytes) };
}

/** Opens bytes sealed for the same place; rejects when place or bytes were changed. */
export async function openBytes(store: string, recordKey: string, sealed: Sealed): Promise<ArrayBuffer> {
  const algorithm = { name: 'AES-GCM', iv: sealed.iv, additionalData: additional(store, recordKey) };
  return crypto.subtle.decrypt(algorithm, await key(), sealed.data);
}

/** Seals a JSON value for one place. */
export function seal(store: string, recordKey: string, value: unknown): Promise<Sealed> {
  return sealBytes(store, recordKey, new TextEncoder().encode(JSON.stringify(value)));
}

/** Opens a JSON value; the caller names the type it sealed there. */
export async function open<T>(store: string, recordKey: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(store, recordKey, sealed))) as T;
}
