/** Reads saved operations out of the phone's database. */
import type { VisitBody } from '../api/types';
import { type OutboxRow, read } from '../localDb';
import type { OpBody } from '../sync/wire';
import { open } from '../vault';
import type { OpRecord } from './storage';
import { isOld, type OldData, type OpData, upgradeData } from './upgrade';

/** Records as last opened: a row that has not changed need not be opened again. */
const opened = new Map<string, { rev: number; record: Promise<OpRecord> }>();

/** The record of a row; `key` is its operation's id. */
export function openRecord(row: OutboxRow, key: string): Promise<OpRecord> {
  const known = opened.get(key);
  if (known?.rev === row.rev) return known.record;
  const record = unseal(row, key);
  opened.set(key, { rev: row.rev, record });
  record.catch(() => opened.delete(key));
  return record;
}

/** Forgets what was opened, for example because somebody signed out. */
export function forgetRecords(): void {
  opened.clear();
}

async function unseal(row: OutboxRow, key: string): Promise<OpRecord> {
  const data = await open<OpData | OldData>('outbox', key, row.sealed);
  const told = isOld(data) ? upgradeData(data, await bodyOfOld(key)) : data;
  return { ...told, n: row.n, corrected_by: row.corrected_by };
}

async function bodyOfOld(key: string): Promise<VisitBody | null> {
  return loadBody<VisitBody>(key).catch(() => null);
}

/** The sealed part of a record. */
export function dataOf(record: OpRecord): OpData {
  const { n: _n, corrected_by: _by, ...data } = record;
  return data;
}

/** All saved operations of a user in the order of saving. */
export async function loadRecords(owner: string): Promise<OpRecord[]> {
  const [keys, rows] = await read((database) =>
    Promise.all([database.getAllKeys('outbox'), database.getAll('outbox')]),
  );
  const own = rows.flatMap((row, i) => (row.user_id === owner ? [openRecord(row, keys[i] ?? '')] : []));
  return (await Promise.all(own)).sort((a, b) => a.n - b.n);
}

/** The body of a saved operation, or null when it was given up or never here. */
export async function loadBody<T extends OpBody>(opId: string): Promise<T | null> {
  const row = await read((database) => database.get('visits', opId));
  return row ? open<T>('visits', opId, row.sealed) : null;
}
