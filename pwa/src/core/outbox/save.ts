/**
 * Saving: body, photos, queue entry and the end of the draft in one strict transaction. It needs nothing of the
 * engine: what is saved is safe here, and travels whenever the engine comes.
 */
import type { PhotoKind, VisitBody } from '../api/types';
import { canonical, sha256Hex } from '../canonical';
import { monotonic, now, serverOffset } from '../clock';
import { draftKey, noteDraft } from '../drafts';
import { uuidv7 } from '../ids';
import { type OutboxRow, type PhotoRow, type VisitRow, type WriteTx, writeStrict } from '../localDb';
import { getPhoto, photoRow } from '../photos';
import { userId } from '../session';
import type { EditBody, NewHouseholdBody, NewMemberBody, OpBody } from '../sync/wire';
import { seal } from '../vault';
import { nudge } from '.';
import { editRecord, type Newcomer, newcomerRecord, type SavedFacts, visitRecord } from './records';
import { newestRevision, refused, signedFor } from './returns';
import { dataOf, loadBody, loadRecords } from './rows';
import { outboxChanged } from './signals';
import type { OpRecord } from './storage';

interface PhotoFacts {
  sha256: string;
  kind: PhotoKind;
  taken_at: string;
}

/** Without bytes it lies on the disk already, under the visit's id: sealing it again takes longer than all the rest. */
export type EnqueuedPhoto = PhotoFacts & ({ bytes: ArrayBuffer } | { bytes: null; length: number });

export interface EnqueueOptions {
  /** Shown in the list while there is no network. */
  headName?: string | undefined;
  /** Id of a refused record that this one replaces. */
  corrects?: string | undefined;
}

export interface EditOptions extends EnqueueOptions {
  /** Revision of the household that was shown while it was edited. */
  baseRev: number;
}

const COUNTER = 'outbox.n';
/** Until the transaction gives the record its number. */
const NO_NUMBER = 0;

function asJson(body: OpBody) {
  return { ...body } as unknown as Parameters<typeof canonical>[0];
}

/** Everything that must be on disk together for an operation to count as saved. */
interface Prepared {
  opId: string;
  body: VisitRow;
  row: Omit<OutboxRow, 'n'>;
  photos: PhotoRow[];
  /** Hashes of photos whose rows must be there already. */
  held: string[];
  /** Key of the draft that ends with it. */
  draft: string | null;
  corrects: string | undefined;
}

async function factsOf(body: OpBody, needs: string[], options: EnqueueOptions): Promise<SavedFacts> {
  const text = canonical(asJson(body));
  return {
    n: NO_NUMBER,
    now: now(),
    monoMs: monotonic(),
    offsetMs: serverOffset(),
    appVersion: __APP_VERSION__,
    headName: options.headName ?? '',
    sha256: await sha256Hex(text),
    size: new TextEncoder().encode(text).length,
    needs,
  };
}

async function sealed(record: OpRecord, body: OpBody): Promise<Pick<Prepared, 'body' | 'row'>> {
  const user_id = userId();
  return {
    body: { user_id, saved_at: record.saved_at, sealed: await seal('visits', record.op_id, body) },
    row: {
      user_id,
      rev: 1,
      corrected_by: null,
      sealed: await seal('outbox', record.op_id, dataOf(record)),
    },
  };
}

/** All photos of a visit. Those listed without bytes here are with the server, which says so when it answers. */
function photosOf(body: VisitBody, photos: readonly EnqueuedPhoto[]) {
  const here = photos.map((photo) => {
    const { sha256, kind } = photo;
    return { sha256, kind, length: photo.bytes === null ? photo.length : photo.bytes.byteLength };
  });
  const held = new Set(here.map((photo) => photo.sha256));
  const elsewhere = body.photos.filter((photo) => !held.has(photo.sha256));
  return [...here, ...elsewhere.map(({ sha256, kind, length }) => ({ sha256, kind, length }))];
}

/** The visit that this one replaces, if the server has not signed for it yet: it must be there first. */
async function parentsOf(body: VisitBody): Promise<string[]> {
  const records = await loadRecords(userId());
  const parent = records.find((record) => record.op_id === body.revises);
  return parent && !signedFor(parent.entry.state) ? [parent.op_id] : [];
}

async function prepareVisit(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions,
): Promise<Prepared> {
  const record = visitRecord(
    body,
    photosOf(body, photos),
    await factsOf(body, await parentsOf(body), options),
  );
  const brought = photos.flatMap((photo) => (photo.bytes ? [{ ...photo, bytes: photo.bytes }] : []));
  return {
    opId: body.id,
    ...(await sealed(record, body)),
    photos: await Promise.all(brought.map((photo) => photoRow(body.id, photo))),
    held: photos.flatMap(({ sha256, bytes }) => (bytes ? [] : [sha256])),
    draft: draftKey(body.household_id),
    corrects: options.corrects,
  };
}

type SaveTx = WriteTx<'visits' | 'photos' | 'outbox' | 'drafts' | 'meta'>;

async function nextNumber(tx: SaveTx): Promise<number> {
  const store = tx.objectStore('meta');
  const n = (((await store.get(COUNTER)) as number | undefined) ?? 0) + 1;
  await store.put(n, COUNTER);
  return n;
}

async function markCorrected(tx: SaveTx, oldId: string, newId: string): Promise<void> {
  const store = tx.objectStore('outbox');
  const row = await store.get(oldId);
  if (row) await store.put({ ...row, rev: row.rev + 1, corrected_by: newId }, oldId);
}

/** Writes everything in one strict transaction; false, and nothing written, when the id is taken. */
async function write({ opId, body, row, photos, held, draft, corrects }: Prepared): Promise<boolean> {
  let free = true;
  await writeStrict(['visits', 'photos', 'outbox', 'drafts', 'meta'], async (tx) => {
    free = (await tx.objectStore('outbox').get(opId)) === undefined;
    if (!free) return;
    if (draft !== null) await tx.objectStore('drafts').delete(draft);
    const n = await nextNumber(tx);
    await tx.objectStore('visits').put(body, opId);
    await tx.objectStore('outbox').put({ ...row, n }, opId);
    const photoStore = tx.objectStore('photos');
    await Promise.all(photos.map((photo) => photoStore.put(photo, [photo.visit_id, photo.sha256])));
    const there = await Promise.all(held.map((sha256) => photoStore.getKey([opId, sha256])));
    if (there.includes(undefined)) throw new Error('a photo of the visit is not on the disk');
    if (corrects !== undefined) await markCorrected(tx, corrects, opId);
  });
  return free;
}

/** Whether two bodies say the same; the moment of pressing "save" does not count. */
function sameVisit(a: VisitBody, b: VisitBody): boolean {
  return canonical(asJson({ ...a, finished_at: '' })) === canonical(asJson({ ...b, finished_at: '' }));
}

/** The photos with their bytes, for a visit that is stored under another id than they were. */
async function withBytes(visitId: string, photos: readonly EnqueuedPhoto[]): Promise<EnqueuedPhoto[]> {
  const opened = photos.map(async (photo) => {
    const bytes = photo.bytes ?? (await getPhoto(visitId, photo.sha256))?.bytes;
    return bytes ? { ...photo, bytes } : photo;
  });
  return Promise.all(opened);
}

/** Another tab saved this id with other answers: these become a visit of their own, after that one. */
async function apart(body: VisitBody): Promise<{ body: VisitBody; corrects: string | undefined }> {
  const records = await loadRecords(userId());
  const before = records.find((record) => record.op_id === body.id);
  const id = uuidv7();
  if (!before) return { body: { ...body, id }, corrects: undefined };
  if (refused(before.entry.state)) return { body: { ...body, id }, corrects: body.id };
  const chain = records.map(({ op_id, revises, entry }) => ({ visitId: op_id, revises, state: entry.state }));
  return { body: { ...body, id, revises: newestRevision(chain, body.id) }, corrects: undefined };
}

/**
 * Saves a finished visit. Resolves with the id it is stored under: a new one when another tab saved other answers
 * under the given one. Saving the same visit again changes nothing. Rejects when the phone could not store it; then
 * it is still a draft.
 */
export async function addVisit(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions = {},
): Promise<string> {
  if (await write(await prepareVisit(body, photos, options))) return body.id;
  const stored = await loadBody<VisitBody>(body.id);
  if (stored && sameVisit(stored, body)) {
    await writeStrict(['drafts'], async (tx) => {
      await tx.objectStore('drafts').delete(draftKey(body.household_id));
    });
    return body.id;
  }
  const other = await apart(body);
  const carried = await withBytes(body.id, photos);
  const prepared = await prepareVisit(other.body, carried, { ...options, corrects: other.corrects });
  if (await write(prepared)) return other.body.id;
  throw new Error('a new visit id was taken');
}

/** Saves an edit of a household's record, an operation with an id of its own; resolves with that id. */
export async function addEdit(body: EditBody, options: EditOptions): Promise<string> {
  const opId = uuidv7();
  const record = editRecord(opId, body, options.baseRev, await factsOf(body, [], options));
  const prepared = {
    opId,
    ...(await sealed(record, body)),
    photos: [],
    held: [],
    draft: null,
    corrects: options.corrects,
  };
  if (!(await write(prepared))) throw new Error('a new operation id was taken');
  return opId;
}

/**
 * Saves a household or member that the register lacks, with the end of its form `draft` in the same transaction;
 * sends it when it can. Resolves with the operation's id.
 */
export async function saveNewcomer(
  newcomer: Newcomer,
  body: NewHouseholdBody | NewMemberBody,
  options: EnqueueOptions & { draft: string },
): Promise<string> {
  const opId = uuidv7();
  const record = newcomerRecord(opId, newcomer, await factsOf(body, [], options));
  const kept = { photos: [], held: [], draft: draftKey(options.draft), corrects: options.corrects };
  if (!(await write({ opId, ...(await sealed(record, body)), ...kept })))
    throw new Error('a new operation id was taken');
  noteDraft(options.draft, false);
  await outboxChanged();
  nudge();
  return opId;
}

/** Saves a finished visit (see `addVisit`) and sends it when it can. */
export async function enqueueVisit(
  body: VisitBody,
  photos: readonly EnqueuedPhoto[],
  options: EnqueueOptions = {},
): Promise<string> {
  const visitId = await addVisit(body, photos, options);
  noteDraft(body.household_id, false);
  await outboxChanged();
  nudge();
  return visitId;
}

/** Saves an edit (see `addEdit`) and sends it when it can. */
export async function saveEdit(body: EditBody, options: EditOptions): Promise<string> {
  const opId = await addEdit(body, options);
  await outboxChanged();
  nudge();
  return opId;
}
