/** Where the worklist lies on this phone, and how it is read: see `roster.ts`, which writes it and comes with the engine. */
import type { Household } from '../api/types';
import { type ChunkRow, read, readMeta, type WriteTx, writeStrict } from '../localDb';
import { open } from '../vault';
import { stateKey, stateOf } from './state';

export const HEAD = 'roster';
export const LISTS = ['roster', 'hidden', 'meta'] as const;
export type ListTx = WriteTx<(typeof LISTS)[number]>;

/** Which sets there are; `rev` counts every change, so that two tabs cannot overwrite each other. */
export interface Head {
  rev: number;
  shown: number;
  aside: number | null;
}

export function headOf(stored: unknown): Head {
  return { rev: 0, shown: 1, aside: null, ...(stored as Partial<Head> | undefined) };
}

export async function readHead(): Promise<Head> {
  return headOf(await readMeta(HEAD));
}

const setName = (set: number): string => String(set).padStart(6, '0');
export const keyOf = (set: number, chunk: number): string =>
  `${setName(set)}/${String(chunk).padStart(5, '0')}`;
export const keysOf = (set: number): IDBKeyRange =>
  IDBKeyRange.bound(`${setName(set)}/`, `${setName(set)}/\uffff`);

export function openChunk(key: string, row: ChunkRow): Promise<Household[]> {
  return open<Household[]>('roster', key, row.sealed);
}

export async function readSet(set: number): Promise<[string[], ChunkRow[]]> {
  return read((database) =>
    Promise.all([database.getAllKeys('roster', keysOf(set)), database.getAll('roster', keysOf(set))]),
  );
}

/** The households that are shown, in no particular order. */
export async function openRoster(): Promise<Household[]> {
  const [keys, rows] = await readSet((await readHead()).shown);
  const lists = await Promise.all(rows.map((row, i) => openChunk(keys[i] ?? '', row)));
  return lists.flat();
}

/** Removes all copies of the server's list and begins anew with the next pull; no work is touched. */
export async function forgetRoster(owner: string): Promise<void> {
  await writeStrict(LISTS, async (tx) => {
    const meta = tx.objectStore('meta');
    await tx.objectStore('roster').clear();
    await tx.objectStore('hidden').clear();
    const { rev, shown, aside } = headOf(await meta.get(HEAD));
    await meta.put({ rev: rev + 1, shown: Math.max(shown, aside ?? 0) + 1, aside: null }, HEAD);
    const anew = { cursor: null, building: false, pulledAt: null };
    await meta.put({ ...stateOf(await meta.get(stateKey(owner))), ...anew }, stateKey(owner));
  });
}
