/** The phone's database. One connection, reopened when the browser drops it; nothing here ever deletes it. */
import { type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { DB_NAME, DB_VERSION, type LocalSchema, STORES, type StoreName } from './schema';

export type {
  AssignmentRow,
  DraftRow,
  HouseholdRow,
  OutboxRow,
  PhotoRow,
  StoreName,
  VisitRow,
} from './schema';
export type Db = IDBPDatabase<LocalSchema>;
export type WriteTx<S extends StoreName> = IDBPTransaction<LocalSchema, S[], 'readwrite'>;

let connection: Promise<Db> | null = null;

/** Errors after which a new connection usually works (memory pressure, browser restart of its storage). */
const REOPEN = new Set(['UnknownError', 'InvalidStateError']);
const ATTEMPTS = 3;

function open(): Promise<Db> {
  return openDB<LocalSchema>(DB_NAME, DB_VERSION, {
    upgrade(database, oldVersion) {
      for (let version = oldVersion + 1; version <= DB_VERSION; version += 1)
        for (const store of STORES[version] ?? []) database.createObjectStore(store);
    },
    // Another tab wants a newer schema: let it, and open again with the next use.
    blocking: () => void close(),
    terminated: () => {
      connection = null;
    },
  });
}

let shut = false;

/** The open connection. */
export function db(): Promise<Db> {
  if (shut) return Promise.reject(new Error('this device was wiped'));
  connection ??= open().catch((error: unknown) => {
    connection = null;
    throw error;
  });
  return connection;
}

/** Closes the connection; the next use opens it again. */
export async function close(): Promise<void> {
  const closing = connection;
  connection = null;
  if (closing) await closing.then((database) => database.close()).catch(() => undefined);
}

async function withReopen<T>(work: (database: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(await db());
    } catch (error) {
      const retryable = error instanceof Error && REOPEN.has(error.name);
      if (!retryable || attempt >= ATTEMPTS) throw error;
      await close();
    }
  }
}

/** Reads with the connection; repeated on a fresh one when the browser dropped it. */
export function read<T>(work: (database: Db) => Promise<T>): Promise<T> {
  return withReopen(work);
}

/**
 * One read-write transaction that is on disk when the promise resolves (durability strict, event `complete`).
 * `work` may run again after a lost connection, so it must only use its transaction (seal before, not inside) and
 * await its requests, so that a failed one is reported once.
 * Rejects when the transaction aborts; then nothing of it was kept.
 */
export function writeStrict<S extends StoreName>(
  stores: readonly S[],
  work: (tx: WriteTx<S>) => Promise<void> | void,
): Promise<void> {
  return withReopen(async (database) => {
    const tx = database.transaction([...stores], 'readwrite', { durability: 'strict' });
    const done = tx.done;
    // The abort of a failed `work` is reported once, by the error of `work` itself.
    done.catch(() => undefined);
    try {
      await work(tx);
    } catch (error) {
      abort(tx);
      throw error;
    }
    await done;
  });
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // Already aborted by the browser.
  }
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

/**
 * Forgets everything on this phone: first the key, without which nothing can be read, then every row at once. From the
 * first moment on nobody reads or writes here any more, whatever was under way. Never deletes the database itself:
 * that waits for other tabs and would leave half of it behind.
 */
export async function emptyForGood(): Promise<void> {
  shut = true;
  await close();
  const database = await open();
  const strict = { durability: 'strict' } as const;
  const first = database.transaction('meta', 'readwrite', strict);
  await Promise.all([first.store.delete('vault.key'), first.done]);
  const all = database.transaction([...database.objectStoreNames], 'readwrite', strict);
  await Promise.all([
    ...[...database.objectStoreNames].map((name) => all.objectStore(name).clear()),
    all.done,
  ]);
  database.close();
}
