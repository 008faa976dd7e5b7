/** Strict commit: saved means on disk, an abort leaves nothing, a lost connection is opened again. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { close, db, readMeta, useDatabase, writeMeta, writeStrict } from '.';

beforeEach(() => useDatabase('liangdeng-user-test'));
afterEach(() => close());

describe('writing strictly', () => {
  it('asks for strict durability', async () => {
    const database = await db();
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await writeMeta('a', 1);
    expect(transaction).toHaveBeenCalledWith(['meta'], 'readwrite', { durability: 'strict' });
    expect(await database.get('meta', 'a')).toBe(1);
  });

  it('keeps nothing of a transaction that fails half way', async () => {
    const failing = writeStrict(['meta', 'drafts'], async (tx) => {
      await tx.objectStore('meta').put('half', 'b');
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await readMeta('b')).toBeUndefined();
  });

  it('rejects when the browser aborts, for example because the phone is full', async () => {
    const full = writeStrict(['meta'], async (tx) => {
      await tx.objectStore('meta').put('x', 'c');
      tx.abort();
    });
    await expect(full).rejects.toBeDefined();
    expect(await readMeta('c')).toBeUndefined();
  });

  it.each(['UnknownError', 'InvalidStateError'])('opens the database again after %s', async (name) => {
    const real = IDBDatabase.prototype.transaction;
    let failures = 2;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
      if (failures > 0) {
        failures -= 1;
        throw new DOMException('gone', name);
      }
      return real.apply(this, given);
    });
    await writeMeta('d', name);
    expect(await readMeta('d')).toBe(name);
  });

  it('gives up after three tries and says so', async () => {
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('gone', 'UnknownError');
    });
    await expect(writeMeta('e', 1)).rejects.toThrow('gone');
  });

  it('goes to nobody while nobody is in, and to each user apart', async () => {
    await writeMeta('own', 'mine');
    await useDatabase('liangdeng-user-other');
    expect(await readMeta('own')).toBeUndefined();
    await useDatabase(null);
    await expect(readMeta('own')).rejects.toThrow('locked');
    await expect(writeMeta('own', 'late')).rejects.toThrow('locked');
    await useDatabase('liangdeng-user-test');
    expect(await readMeta('own')).toBe('mine');
  });
});
