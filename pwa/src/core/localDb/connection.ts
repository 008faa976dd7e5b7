/** One database of the browser: opened when it is needed, reopened when the browser drops it, never deleted. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';

/** Errors after which a new connection usually works (memory pressure, browser restart of its storage). */
const REOPEN = new Set(['UnknownError', 'InvalidStateError']);
const ATTEMPTS = 3;

/** Stores that each version of a schema added. No upgrade ever removes one. */
export type Versions = Readonly<Record<number, readonly string[]>>;
type Tx<D extends DBSchema, S extends StoreNames<D>> = IDBPTransaction<D, S[], 'readwrite'>;

let shut = false;

/** From this moment on nobody reads or writes any more: this device was told to forget everything. */
export function shutForGood(): void {
  shut = true;
}

/** Opens a database past `shutForGood` and past the reopening. */
export function openPlain<D extends DBSchema>(
  name: string,
  versions: Versions,
  gone: () => void = () => undefined,
): Promise<IDBPDatabase<D>> {
  const newest = Math.max(...Object.keys(versions).map(Number));
  return openDB<D>(name, newest, {
    upgrade(database, oldVersion, _newVersion, tx) {
      // An upgrade that the browser aborts is reported once, by the opening itself.
      tx.done.catch(() => undefined);
      const plain = database as unknown as IDBPDatabase;
      for (let version = oldVersion + 1; version <= newest; version += 1)
        for (const store of versions[version] ?? []) plain.createObjectStore(store);
    },
    // Another tab wants a newer schema: let it, and open again with the next use.
    blocking: gone,
    terminated: gone,
  });
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // Already aborted by the browser.
  }
}

export class Connection<D extends DBSchema> {
  readonly name: string;
  private readonly versions: Versions;
  private opened: Promise<IDBPDatabase<D>> | null = null;

  constructor(name: string, versions: Versions) {
    this.name = name;
    this.versions = versions;
  }

  /** The open connection. */
  db(): Promise<IDBPDatabase<D>> {
    if (shut) return Promise.reject(new Error('this device was wiped'));
    this.opened ??= openPlain<D>(this.name, this.versions, () => void this.close()).catch(
      (error: unknown) => {
        this.opened = null;
        throw error;
      },
    );
    return this.opened;
  }

  /** Closes the connection; the next use opens it again. */
  async close(): Promise<void> {
    const closing = this.opened;
    this.opened = null;
    if (closing) await closing.then((database) => database.close()).catch(() => undefined);
  }

  /** Reads with the connection; repeated on a fresh one when the browser dropped it. */
  async read<T>(work: (database: IDBPDatabase<D>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await this.db());
      } catch (error) {
        const retryable = error instanceof Error && REOPEN.has(error.name);
        if (!retryable || attempt >= ATTEMPTS) throw error;
        await this.close();
      }
    }
  }

  /**
   * One read-write transaction that is on disk when the promise resolves (durability strict, event `complete`).
   * `work` may run again after a lost connection, so it must only use its transaction (seal before, not inside) and
   * await its requests, so that a failed one is reported once.
   * Rejects when the transaction aborts; then nothing of it was kept.
   */
  writeStrict<S extends StoreNames<D>>(
    stores: readonly S[],
    work: (tx: Tx<D, S>) => Promise<void> | void,
  ): Promise<void> {
    return this.read(async (database) => {
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
}
