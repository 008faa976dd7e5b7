/** Bytes of photos on this phone, sealed, by visit and hash: kept from the camera until the server can show them. */
import type { PhotoKind } from './api/types';
import { type PhotoRow, read, writeStrict } from './localDb';
import { userId } from './session';
import { openBytes, sealBytes } from './vault';

export interface NewPhoto {
  sha256: string;
  bytes: ArrayBuffer;
  kind: PhotoKind;
  taken_at: string;
}

export interface StoredPhoto extends Omit<NewPhoto, 'bytes'> {
  length: number;
  /** null where version 0.1 gave the bytes up because the server had the photo. */
  bytes: ArrayBuffer | null;
}

function place(visitId: string, sha256: string): string {
  return `${visitId}/${sha256}`;
}

/** The row of a photo as it is stored, sealed. */
export async function photoRow(visitId: string, photo: NewPhoto): Promise<PhotoRow> {
  return {
    visit_id: visitId,
    sha256: photo.sha256,
    user_id: userId(),
    kind: photo.kind,
    taken_at: photo.taken_at,
    length: photo.bytes.byteLength,
    bytes: await sealBytes('photos', place(visitId, photo.sha256), photo.bytes),
  };
}

/** Keeps a photo; on disk when the promise resolves. */
export async function putPhoto(visitId: string, photo: NewPhoto): Promise<void> {
  const row = await photoRow(visitId, photo);
  await writeStrict(['photos'], async (tx) => {
    await tx.objectStore('photos').put(row, [visitId, photo.sha256]);
  });
}

async function openRow(row: PhotoRow): Promise<StoredPhoto> {
  const { sha256, taken_at, length } = row;
  const bytes = row.bytes && (await openBytes('photos', place(row.visit_id, sha256), row.bytes));
  return { sha256, taken_at, length, kind: row.kind as PhotoKind, bytes };
}

/** One photo of a visit, or null. */
export async function getPhoto(visitId: string, sha256: string): Promise<StoredPhoto | null> {
  const row = await read((database) => database.get('photos', [visitId, sha256]));
  return row ? openRow(row) : null;
}

/** All photos of a visit on this phone. */
export async function listPhotos(visitId: string): Promise<StoredPhoto[]> {
  const range = IDBKeyRange.bound([visitId, ''], [visitId, '\uffff']);
  const rows = await read((database) => database.getAll('photos', range));
  return Promise.all(rows.map(openRow));
}

/** Which photos of a visit have their bytes on this phone; none is opened for it. */
export async function heldPhotos(visitId: string): Promise<Omit<StoredPhoto, 'bytes'>[]> {
  const range = IDBKeyRange.bound([visitId, ''], [visitId, '\uffff']);
  const rows = await read((database) => database.getAll('photos', range));
  return rows
    .filter(({ bytes }) => bytes !== null)
    .map(({ sha256, taken_at, length, kind }) => ({ sha256, taken_at, length, kind: kind as PhotoKind }));
}

/** Removes a photo of a form being filled in; a photo of a saved visit stays and the call throws. */
export async function dropPhoto(visitId: string, sha256: string): Promise<void> {
  await writeStrict(['photos', 'outbox'], async (tx) => {
    if (await tx.objectStore('outbox').get(visitId)) throw new Error('the visit is saved, its photos stay');
    await tx.objectStore('photos').delete([visitId, sha256]);
  });
}
