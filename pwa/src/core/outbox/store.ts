/** Where saved visits wait: sealed rows in IndexedDB. Rows are added and changed here, never removed. */
import type { PhotoKind, VisitBody } from '../api/types';
import { canonical, sha256Hex } from '../canonical';
import { now } from '../clock';
import { draftKey } from '../drafts';
import { uuidv7 } from '../ids';
import { type OutboxRow, read, type VisitRow, type WriteTx, writeStrict } from '../localDb';
import { photoRow } from '../photos';
import { user, userId } from '../session';
import { open, seal } from '../vault';
import { type Entry, fresh } from './machine';
import { newestRevision, refused } from './returns';

/** The sealed part of an outbox row. */
export interface OutboxData {
  visit_id: string;
  household_id: string;
  head_name: string;
  saved_at: number;
  sha256: string;
  /** The visit that this one replaces at the server; it travels first. */
  revises: string | null;
  /** Length of the canonical body in characters, to fill batches. */
  size: number;
  entry: Entry;
}

export interface OutboxRecord extends OutboxData {
  n: number;
  corrected_by: string | null;
}

export interface EnqueuedPhoto {
  sha256: string;
  bytes: ArrayBuffer;
  kind: PhotoKind;
  taken_at: string;
}

export interface EnqueueOptions {
  /** Shown in the list while there is no network. */
  headName?: string | undefined;
  /** Visit id of a refused record that this one replaces. */
  corrects?: string | undefined;
}

const COUNTER = 'outbox.n';

function asJson(body: VisitBody) {
  return { ...body } as unknown as Parameters<typeof canonical>[0];
}

async function toRecord(row: OutboxRow, key: string): Promise<OutboxRecord> {
  const data = await open<Partial<OutboxData> & Omit<OutboxData, 'revises'>>('outbox', key, row.sealed);
  // Rows of earlier versions of the app do not say what they replace; the visit itself does.
  const revises = data.revises === undefined ? ((await loadBody(key))?.revises ?? null) : data.revises;
  return { ...data, revises, n: row.n, corrected_by: row.corrected_by };
}

/** All saved visits of the signed-in user in the order of saving. */
export async function loadRecords(): Promise<OutboxRecord[]> {
  const me = user.value?.id;
  const [keys, rows] = await read((database) =>
    Promise.all([database.getAllKeys('outbox'), database.getAll('outbox')]),
  );
  const own = rows.flatMap((row, i) => (row.user_id === me ? [toRecord(row, keys[i] ?? '')] : []));
  return (await Promise.all(own)).sort((a, b) => a.n - b.n);
}

type EnqueueTx = WriteTx<'visits' | 'photos' | 'outbox' | 'drafts' | 'meta'>;

/** All photos of a visit. Those listed without bytes here are with the server, which says so when it answers. */
function photosOf(body: VisitBody, photos: readonly EnqueuedPhoto[]) {
  const here = photos.map(({ sha256, bytes, kind }) => ({ sha256, kind, length: bytes.byteLength }));
  const held = new Set(here.map((photo) => photo.sha256));
  const elsewhere = body.photos.filter((photo) => !held.has(photo.sha256));
  return [...here, ...elsewhere.map(({ sha256, kind, length }) => ({ sha256, kind, length }))];
}

/** Everything that must be on disk together for a visit to count as saved. */
async function prepare(body: VisitBody, photos: readonly EnqueuedPhoto[], options: EnqueueOptions) {
  const owner = userId();
  const at = now();
  const text = canonical(asJson(body));
  const data: OutboxData = {
    visit_id: body.id,
    household_id: body.household_id,
    head_name: options.headName ?? '',
    saved_at: at,
    sha256: await sha256Hex(text),
    revises: body.revises,
    size: text.length,
    entry: fresh(at, photosOf(body, photos)),
  };
  const visit: VisitRow = { user_id: owner, saved_at: at, sealed: await seal('visits', body.id, body) };
  const outbox = { user_id: owner, rev: 1, corrected_by: null, sealed: await seal('outbox', body.id, data) };
  const photoRows = await Promise.all(photos.map((photo) => photoRow(body.id, photo)));
  return { data, visit, outbox, photoRows };
}

async function nextNumber(tx: EnqueueTx): Promise<number> {
  const store = tx.objectStore('meta');
  const n = (((await store.get(COUNTER)) as number | undefined) ?? 0) + 1;
  await store.put(n, COUNTER);
  return n;
}

async function markCorrected(tx: EnqueueTx, oldId: string, newId: string): Promise<void> {
  const store = tx.objectStore('outbox');
  const row = await store.get(oldId);
  if (row) await store.put({ ...row, rev: row.rev + 1, corrected_by: newId }, oldId);
}

/** Writes everything in one strict transaction; false, and nothing written, when the id is taken. */
async function write(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions,
): Promise<boolean> {
  const { visit, outbox, photoRows } = await prepare(body, photos, options);
  const draft = draftKey(body.household_id);
  let free = true;
  await writeStrict(['visits', 'photos', 'outbox', 'drafts', 'meta'], async (tx) => {
    free = (await tx.objectStore('outbox').get(body.id)) === undefined;
    if (!free) return;
    await tx.objectStore('drafts').delete(draft);
    const n = await nextNumber(tx);
    await tx.objectStore('visits').put(visit, body.id);
    await tx.objectStore('outbox').put({ ...outbox, n }, body.id);
    const photoStore = tx.objectStore('photos');
    await Promise.all(photoRows.map((row) => photoStore.put(row, [row.visit_id, row.sha256])));
    if (options.corrects !== undefined) await markCorrected(tx, options.corrects, body.id);
  });
  return free;
}

/** Whether two bodies say the same; the moment of pressing "save" does not count. */
function sameVisit(a: VisitBody, b: VisitBody): boolean {
  return canonical(asJson({ ...a, finished_at: '' })) === canonical(asJson({ ...b, finished_at: '' }));
}

/** Another tab saved this id with other answers: these become a visit of their own, after that one. */
async function apart(body: VisitBody): Promise<{ body: VisitBody; corrects: string | undefined }> {
  const records = await loadRecords();
  const before = records.find((record) => record.visit_id === body.id);
  const id = uuidv7();
  if (!before) return { body: { ...body, id }, corrects: undefined };
  if (refused(before.entry.state)) return { body: { ...body, id }, corrects: body.id };
  const chain = records.map(({ visit_id, revises, entry }) => ({
    visitId: visit_id,
    revises,
    state: entry.state,
  }));
  return { body: { ...body, id, revises: newestRevision(chain, body.id) }, corrects: undefined };
}

/**
 * Saves a finished visit: body, photos, queue entry and the end of its draft in one strict transaction. Resolves
 * with the id it is stored under: a new one when another tab saved other answers under the given one. Saving the
 * same visit again changes nothing. Rejects when the phone could not store it; then it is still a draft.
 */
export async function addRecord(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions = {},
): Promise<string> {
  if (await write(body, photos, options)) return body.id;
  const stored = await loadBody(body.id);
  if (stored && sameVisit(stored, body)) {
    await writeStrict(['drafts'], async (tx) => {
      await tx.objectStore('drafts').delete(draftKey(body.household_id));
    });
    return body.id;
  }
  const other = await apart(body);
  if (await write(other.body, photos, { ...options, corrects: other.corrects })) return other.body.id;
  throw new Error('a new visit id was taken');
}

/** The body of a saved visit, or null. */
export async function loadBody(visitId: string): Promise<VisitBody | null> {
  const row = await read((database) => database.get('visits', visitId));
  return row ? open<VisitBody>('visits', visitId, row.sealed) : null;
}

type Change = (entry: Entry) => Entry;

async function tryUpdate(ids: readonly string[], change: Change): Promise<boolean> {
  const rows = await read((database) => Promise.all(ids.map((id) => database.get('outbox', id))));
  const changed: { id: string; row: OutboxRow; rev: number }[] = [];
  for (const [i, row] of rows.entries()) {
    const id = ids[i];
    if (!row || id === undefined) continue;
    const data = await open<OutboxData>('outbox', id, row.sealed);
    const entry = change(data.entry);
    if (entry === data.entry) continue;
    const sealed = await seal('outbox', id, { ...data, entry });
    changed.push({ id, rev: row.rev, row: { ...row, rev: row.rev + 1, sealed } });
  }
  if (changed.length === 0) return true;
  let fits = true;
  await writeStrict(['outbox'], async (tx) => {
    const store = tx.objectStore('outbox');
    const current = await Promise.all(changed.map(({ id }) => store.get(id)));
    fits = changed.every(({ rev }, i) => current[i]?.rev === rev);
    if (fits) await Promise.all(changed.map(({ id, row }) => store.put(row, id)));
  });
  return fits;
}

/** Changes entries; repeated when another tab changed one of them in between. */
export async function updateEntries(ids: readonly string[], change: Change): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) if (await tryUpdate(ids, change)) return;
  throw new Error('the outbox row keeps changing');
}
