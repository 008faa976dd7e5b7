/** The engine's store in the phone's database: sealed rows of one user, one strict transaction a call. */
import { type OutboxRow, read, type WriteTx, writeStrict } from '../localDb';
import { getPhoto } from '../photos';
import { user } from '../session';
import { applyPull, leaveScope } from '../sync/roster';
import { readState, stateKey, stateOf } from '../sync/state';
import { seal } from '../vault';
import { dataOf, loadBody, loadRecords, openRecord } from './rows';
import type { ChangeEntry, SyncState, SyncStorage } from './storage';

const ATTEMPTS = 10;
const WORK = ['outbox', 'meta', 'visits', 'photos'] as const;
type WorkTx = WriteTx<(typeof WORK)[number]>;

interface Changed {
  id: string;
  row: OutboxRow;
  /** The row's count of changes when it was read. */
  rev: number;
  pruned: boolean;
}

/** What a change of entries brings along. */
interface Along {
  /** Nothing is written when the stored epoch is another one. */
  epoch?: string | null | undefined;
  state?: Partial<SyncState>;
  /** Bodies and photos of entries that come out as pruned go. */
  prune?: boolean;
}

async function rowsOf(ids: readonly string[] | null): Promise<(readonly [string, OutboxRow])[]> {
  const keys = ids ?? (await read((database) => database.getAllKeys('outbox')));
  const rows = await read((database) => Promise.all(keys.map((key) => database.get('outbox', key))));
  return rows.flatMap((row, i) => (row ? [[keys[i] ?? '', row] as const] : []));
}

async function changedRow(id: string, row: OutboxRow, change: ChangeEntry): Promise<Changed | null> {
  const record = await openRecord(row, id);
  const entry = change(record.entry, record);
  if (entry === record.entry) return null;
  const sealed = await seal('outbox', id, dataOf({ ...record, entry }));
  const pruned = entry.state === 'pruned';
  return { id, rev: row.rev, row: { ...row, rev: row.rev + 1, sealed }, pruned };
}

/** Seals outside the transaction, which would end meanwhile; false when a row was changed by another tab since. */
async function tryChange(
  owner: string,
  ids: readonly string[] | null,
  change: ChangeEntry,
  along: Along,
): Promise<boolean> {
  const rows = (await rowsOf(ids)).filter(([, row]) => row.user_id === owner);
  const all = await Promise.all(rows.map(([id, row]) => changedRow(id, row, change)));
  const changed = all.filter((one) => one !== null);
  if (changed.length === 0 && !along.state) return true;
  let fits = true;
  await writeStrict(WORK, async (tx) => {
    const known = stateOf(await tx.objectStore('meta').get(stateKey(owner)));
    if (along.epoch !== undefined && along.epoch !== known.epoch) return;
    const current = await Promise.all(changed.map(({ id }) => tx.objectStore('outbox').get(id)));
    fits = changed.every(({ rev }, i) => current[i]?.rev === rev);
    if (!fits) return;
    await Promise.all(changed.map(({ id, row }) => tx.objectStore('outbox').put(row, id)));
    if (along.prune) await giveUp(tx, changed);
    if (along.state) await tx.objectStore('meta').put({ ...known, ...along.state }, stateKey(owner));
  });
  return fits;
}

async function giveUp(tx: WorkTx, changed: readonly Changed[]): Promise<void> {
  for (const { id } of changed.filter(({ pruned }) => pruned)) {
    await tx.objectStore('visits').delete(id);
    await tx.objectStore('photos').delete(IDBKeyRange.bound([id, ''], [id, '\uffff']));
  }
}

async function changeEntries(
  owner: string,
  ids: readonly string[] | null,
  change: ChangeEntry,
  along: Along,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1)
    if (await tryChange(owner, ids, change, along)) return;
  throw new Error('the outbox row keeps changing');
}

async function note(owner: string, change: Partial<SyncState>): Promise<void> {
  await writeStrict(['meta'], async (tx) => {
    const store = tx.objectStore('meta');
    await store.put({ ...stateOf(await store.get(stateKey(owner))), ...change }, stateKey(owner));
  });
}

/** While the vault of somebody else is open, or none, a run that was under way finds its store closed. */
function whileOpen<A extends unknown[], T>(owner: string, work: (...given: A) => Promise<T>) {
  return async (...given: A): Promise<T> => {
    if (user.value?.id !== owner) throw new Error('the vault of this user is locked');
    return work(...given);
  };
}

/** The store of one user of this phone. */
export function storageOf(owner: string): SyncStorage {
  const open = <A extends unknown[], T>(work: (...given: A) => Promise<T>) => whileOpen(owner, work);
  return {
    load: open(() => loadRecords(owner)),
    update: open((ids, change, epoch) => changeEntries(owner, ids, change, { epoch })),
    body: open((opId) => loadBody(opId)),
    photo: open(async (opId, sha256) => (await getPhoto(opId, sha256))?.bytes ?? null),
    state: open(() => readState(owner)),
    note: open((change) => note(owner, change)),
    reset: open((change, state) => changeEntries(owner, null, change, { state })),
    applyPull: open((step) => applyPull(owner, step)),
    leaveScope: open((scope, hide, state) => leaveScope(owner, scope, hide, state)),
    prune: open((ids, change, epoch) => changeEntries(owner, ids, change, { epoch, prune: true })),
  };
}
