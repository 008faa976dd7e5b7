/** The phone's databases: the one of the user whose vault is open, and the small one of the phone itself. */
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { Connection, openPlain, shutForGood } from './connection';
import {
  type LocalSchema,
  OLD_DB,
  OLD_VERSIONS,
  PHONE_DB,
  PHONE_VERSIONS,
  type PhoneSchema,
  type StoreName,
  USER_DB,
  USER_VERSIONS,
} from './schema';

export type {
  ChunkRow,
  DraftRow,
  HouseholdRow,
  OutboxRow,
  PhotoRow,
  StoreName,
  VisitRow,
} from './schema';
export type Db = IDBPDatabase<LocalSchema>;
export type WriteTx<S extends StoreName> = IDBPTransaction<LocalSchema, S[], 'readwrite'>;

const phone = new Connection<PhoneSchema>(PHONE_DB, PHONE_VERSIONS);
let own: Connection<LocalSchema> | null = null;
/** Opened and not used yet. */
let ahead: Connection<LocalSchema> | null = null;

/** Opens a user's database before it is known whether it will be used; everything in it is sealed. */
export function openAhead(name: string): void {
  if (own?.name === name || ahead?.name === name) return;
  void ahead?.close();
  ahead = new Connection<LocalSchema>(name, USER_VERSIONS);
  ahead.db().catch(() => undefined); // whoever uses it is told
}

/** Reads and writes go to this user's database from now on; null: to nobody's. */
export async function useDatabase(name: string | null): Promise<void> {
  if (own?.name === name) return;
  const before = [own, ahead];
  const open = ahead?.name === name ? ahead : null;
  own = name === null ? null : (open ?? new Connection<LocalSchema>(name, USER_VERSIONS));
  ahead = null;
  await Promise.all(before.map((one) => (one === open ? undefined : one?.close())));
}

function mine(): Connection<LocalSchema> {
  if (!own) throw new Error('the vault is locked');
  return own;
}

/** The open connection. */
export async function db(): Promise<Db> {
  return mine().db();
}

/** Closes the connections; the next use opens them again. */
export async function close(): Promise<void> {
  await Promise.all([own?.close(), ahead?.close(), phone.close()]);
}

/** Reads in the user's database; repeated on a fresh connection when the browser dropped it. */
export async function read<T>(work: (database: Db) => Promise<T>): Promise<T> {
  return mine().read(work);
}

/** One strict transaction in the user's database (see `Connection.writeStrict`). */
export async function writeStrict<S extends StoreName>(
  stores: readonly S[],
  work: (tx: WriteTx<S>) => Promise<void> | void,
): Promise<void> {
  return mine().writeStrict(stores, work);
}

/** A value of the meta store, or undefined. The caller knows what it stored under the key. */
export function readMeta<T>(key: string): Promise<T | undefined> {
  return read(async (database) => (await database.get('meta', key)) as T | undefined);
}

/** Writes a value of the meta store, strictly. */
export function writeMeta(key: string, value: unknown): Promise<void> {
  return writeStrict(['meta'], async (tx) => {
    await tx.objectStore('meta').put(value, key);
  });
}

/** Reads in the phone's own database. */
export function readPhone<T>(work: (database: IDBPDatabase<PhoneSchema>) => Promise<T>): Promise<T> {
  return phone.read(work);
}

export type PhoneTx = IDBPTransaction<PhoneSchema, ('meta' | 'accounts')[], 'readwrite'>;

/** One strict transaction in the phone's own database. */
export function writePhone(work: (tx: PhoneTx) => Promise<void> | void): Promise<void> {
  return phone.writeStrict(['meta', 'accounts'], work);
}

/** A value of the phone itself, or undefined. */
export function readPhoneMeta<T>(key: string): Promise<T | undefined> {
  return readPhone(async (database) => (await database.get('meta', key)) as T | undefined);
}

/** Writes a value of the phone itself, strictly. */
export function writePhoneMeta(key: string, value: unknown): Promise<void> {
  return writePhone(async (tx) => {
    await tx.objectStore('meta').put(value, key);
  });
}

/** Names of the databases that exist; a browser that does not tell is believed to have those of the accounts. */
async function existing(): Promise<string[]> {
  const known = await openPlain<PhoneSchema>(PHONE_DB, PHONE_VERSIONS);
  const accounts = (await known.getAll('accounts')).map((account) => account.db);
  known.close();
  const told = (await indexedDB.databases?.().catch(() => [])) ?? [];
  const found = told.flatMap(({ name }) => (name?.startsWith(USER_DB) || name === OLD_DB ? [name] : []));
  return [...new Set([...accounts, ...found])];
}

const strict = { durability: 'strict' } as const;

async function dropKeys(): Promise<void> {
  const database = await openPlain<PhoneSchema>(PHONE_DB, PHONE_VERSIONS);
  const tx = database.transaction(['meta', 'accounts'], 'readwrite', strict);
  await Promise.all([tx.objectStore('meta').clear(), tx.objectStore('accounts').clear(), tx.done]);
  database.close();
}

async function emptyOne(name: string): Promise<void> {
  const database = await openPlain<LocalSchema>(name, name === OLD_DB ? OLD_VERSIONS : USER_VERSIONS);
  const names = [...database.objectStoreNames];
  const all = database.transaction(names, 'readwrite', strict);
  await Promise.all([...names.map((store) => all.objectStore(store).clear()), all.done]);
  database.close();
}

/**
 * Forgets everything on this phone: first the phone's key and all wraps, without which nothing can be read, then every
 * row of every user. From the first moment on nobody reads or writes here any more, whatever was under way. Never
 * deletes a database itself: that waits for other tabs and would leave half of it behind.
 */
export async function emptyForGood(): Promise<void> {
  shutForGood();
  await close();
  const names = await existing();
  await dropKeys();
  for (const name of names) await emptyOne(name);
}
