/** The engine's store in the phone's database: sealed rows of one user, one strict transaction a call. */
import type { Household } from '../api/types';
import { type HouseholdRow, type OutboxRow, read, type WriteTx, writeStrict } from '../localDb';
import { getPhoto } from '../photos';
import { idOf, openRows, ownKeys, rowKey, sealRow } from '../sync/households';
import { readState, stateKey, stateOf } from '../sync/state';
import { seal } from '../vault';
import { dataOf, loadBody, loadRecords, openRecord } from './rows';
import type { ChangeEntry, PullStep, SyncState, SyncStorage } from './storage';

const ATTEMPTS = 10;
const WORK = ['outbox', 'meta', 'visits', 'photos'] as const;
const LISTS = ['households', 'aside', 'hidden', 'assignments', 'meta'] as const;
type WorkTx = WriteTx<(typeof WORK)[number]>;
type ListTx = WriteTx<(typeof LISTS)[number]>;

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

type Rows = [string, HouseholdRow][];

function sealAll(owner: string, households: readonly Household[]): Promise<Rows> {
  return Promise.all(households.map((household) => sealRow(owner, household)));
}

/** Takes a row off the list; one that unsent work needs is kept where nothing shows it. */
async function takeOff(tx: ListTx, owner: string, id: string, hide: ReadonlySet<string>): Promise<void> {
  const key = rowKey(owner, id);
  const row = await tx.objectStore('households').get(key);
  if (!row) return;
  if (hide.has(id)) await tx.objectStore('hidden').put(row, key);
  await tx.objectStore('households').delete(key);
}

/** The set built aside becomes the list; what is not in it goes, also the chunks of the first version. */
async function swapIn(tx: ListTx, owner: string, hide: ReadonlySet<string>): Promise<void> {
  const range = ownKeys(owner);
  const aside = tx.objectStore('aside');
  const keys = await aside.getAllKeys(range);
  const rows = await aside.getAll(range);
  const kept = new Set(keys);
  for (const key of await tx.objectStore('households').getAllKeys(range))
    if (!kept.has(key)) await takeOff(tx, owner, idOf(owner, key), hide);
  await Promise.all(rows.map((row, i) => tx.objectStore('households').put(row, keys[i] ?? '')));
  await aside.delete(range);
  await tx.objectStore('assignments').delete(range);
}

/** Hidden rows that no unsent work needs any more go. */
async function tidyHidden(tx: ListTx, owner: string, hide: ReadonlySet<string>): Promise<void> {
  const store = tx.objectStore('hidden');
  for (const key of await store.getAllKeys(ownKeys(owner)))
    if (!hide.has(idOf(owner, key))) await store.delete(key);
}

async function putRows(tx: ListTx, store: 'households' | 'aside', rows: Rows): Promise<void> {
  await Promise.all(rows.map(([key, row]) => tx.objectStore(store).put(row, key)));
}

async function applyPull(owner: string, step: PullStep): Promise<boolean> {
  const aside = await sealAll(owner, step.aside);
  const put = await sealAll(owner, step.put);
  let written = false;
  await writeStrict(LISTS, async (tx) => {
    const meta = tx.objectStore('meta');
    const known = stateOf(await meta.get(stateKey(owner)));
    written = known.cursor === step.expect;
    if (!written) return;
    if (step.clearAside) await tx.objectStore('aside').delete(ownKeys(owner));
    await putRows(tx, 'aside', aside);
    if (step.swap) await swapIn(tx, owner, step.hide);
    await putRows(tx, 'households', put);
    for (const id of step.drop) await takeOff(tx, owner, id, step.hide);
    await tidyHidden(tx, owner, step.hide);
    await meta.put({ ...known, ...step.state }, stateKey(owner));
  });
  return written;
}

async function leaveScope(
  owner: string,
  scope: string,
  hide: ReadonlySet<string>,
  change: Partial<SyncState>,
): Promise<void> {
  const outside = (await openRows(owner)).filter((row) => !row.region_code.startsWith(scope));
  await writeStrict(LISTS, async (tx) => {
    const meta = tx.objectStore('meta');
    for (const { id } of outside) await takeOff(tx, owner, id, hide);
    await tx.objectStore('aside').delete(ownKeys(owner));
    await tx.objectStore('assignments').delete(ownKeys(owner));
    await meta.put({ ...stateOf(await meta.get(stateKey(owner))), ...change }, stateKey(owner));
  });
}

/** The store of one user of this phone. */
export function storageOf(owner: string): SyncStorage {
  return {
    load: () => loadRecords(owner),
    update: (ids, change, epoch) => changeEntries(owner, ids, change, { epoch }),
    body: (opId) => loadBody(opId),
    photo: async (opId, sha256) => (await getPhoto(opId, sha256))?.bytes ?? null,
    state: () => readState(owner),
    note: (change) => note(owner, change),
    reset: (change, state) => changeEntries(owner, null, change, { state }),
    applyPull: (step) => applyPull(owner, step),
    leaveScope: (scope, hide, state) => leaveScope(owner, scope, hide, state),
    prune: (ids, change, epoch) => changeEntries(owner, ids, change, { epoch, prune: true }),
  };
}
