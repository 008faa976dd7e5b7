/** What is done with photos of an open form. Bytes are on disk before a photo is in the form. */
import { sha256Hex } from '../../core/canonical';
import { now, nowIso } from '../../core/clock';
import type { NewPhoto } from '../../core/photos';
import type { Keeper, Services } from './controller';
import { hintsOf, madeOf } from './photoHints';
import type { Picture } from './picture';
import { stampOf } from './stamp';
import type { Household, PhotoKind, PhotoRef } from './types';

export interface PhotoActs {
  /**
   * Resolves with the hash of the small picture. The same file is kept once: then it is the hash of the photo that is
   * there. `replaces` names the photo whose place it takes.
   */
  readonly addPhoto: (file: Blob, kind: PhotoKind, replaces?: string) => Promise<Added>;
  /** Resolves with how to bring the photo back, as long as the form is open. */
  readonly removePhoto: (sha256: string) => Promise<() => Promise<void>>;
  readonly sortPhoto: (sha256: string, kind: PhotoKind) => Promise<void>;
}

export interface Added {
  readonly sha256: string;
  /** The form had it already. */
  readonly again: boolean;
}

type Acts = Pick<Keeper, 'draft' | 'change' | 'flush'>;

/** A photo in the place of another one, or at the end. */
function placed(photos: readonly PhotoRef[], photo: PhotoRef, replaces?: string): PhotoRef[] {
  const at = photos.findIndex((one) => one.sha256 === replaces);
  return at < 0 ? [...photos, photo] : photos.map((one, n) => (n === at ? photo : one));
}

function inserted(photos: readonly PhotoRef[], photo: PhotoRef, at: number): PhotoRef[] {
  return [...photos.slice(0, at), photo, ...photos.slice(at)];
}

async function refOf(
  made: Picture,
  kind: PhotoKind,
  known: readonly PhotoRef[],
  acts: Services,
  home: string,
  visit: string,
) {
  const { bytes, measures, ...facts } = made;
  const earlier = await acts.earlierPhotos(home, visit).catch(() => []);
  const hints = hintsOf(measures, made.original_sha256, [...known, ...earlier]);
  const base = { sha256: await sha256Hex(bytes), kind, taken_at: nowIso(), length: bytes.byteLength };
  return { ...base, ...facts, quality: { ...measures, hints } };
}

export function photoActs(kept: Keeper, household: Household, services: Services): PhotoActs {
  return {
    addPhoto: adding(kept, household, services),
    removePhoto: removing(kept, services),
    sortPhoto: sorting(kept, services),
  };
}

function adding(
  { draft, change, flush }: Acts,
  household: Household,
  services: Services,
): PhotoActs['addPhoto'] {
  return async (file, kind, replaces) => {
    const { id, location } = draft.value;
    const made = await services.shrink(file, stampOf(household, location, services.who(), now()));
    const before = madeOf(made.original_sha256, draft.value.photos);
    if (before) return { sha256: before.sha256, again: true };
    const others = draft.value.photos.filter((one) => one.sha256 !== replaces);
    const photo = await refOf(made, kind, others, services, household.id, id);
    await services.putPhoto(id, newPhoto(photo, made.bytes));
    change({ photos: placed(draft.value.photos, photo, replaces) });
    await flush();
    if (replaces !== undefined) await services.dropPhoto(id, replaces);
    return { sha256: photo.sha256, again: false };
  };
}

function newPhoto({ sha256, kind, taken_at }: PhotoRef, bytes: ArrayBuffer): NewPhoto {
  return { sha256, kind, taken_at, bytes };
}

async function bytesOf(services: Services, visit: string, sha256: string): Promise<ArrayBuffer | null> {
  const stored = await services.listPhotos(visit);
  return stored.find((one) => one.sha256 === sha256)?.bytes ?? null;
}

function removing({ draft, change, flush }: Acts, services: Services): PhotoActs['removePhoto'] {
  return async (sha256) => {
    const { id, photos } = draft.value;
    const at = photos.findIndex((one) => one.sha256 === sha256);
    const photo = photos[at];
    if (!photo) return async () => undefined;
    // Kept in memory only: a photo that is removed leaves nothing on the disk, whatever happens to the app.
    const bytes = await bytesOf(services, id, sha256);
    change({ photos: photos.filter((one) => one.sha256 !== sha256) });
    await flush();
    await services.dropPhoto(id, sha256);
    return async () => {
      if (draft.value.photos.some((one) => one.sha256 === sha256)) return;
      if (bytes) await services.putPhoto(id, newPhoto(photo, bytes));
      change({ photos: inserted(draft.value.photos, photo, at) });
      await flush();
    };
  };
}

function sorting({ draft, change, flush }: Acts, services: Services): PhotoActs['sortPhoto'] {
  return async (sha256, kind) => {
    const { id, photos } = draft.value;
    const photo = photos.find((one) => one.sha256 === sha256);
    if (!photo || photo.kind === kind) return;
    const sorted = { ...photo, kind };
    const bytes = await bytesOf(services, id, sha256);
    if (bytes) await services.putPhoto(id, newPhoto(sorted, bytes));
    change({ photos: draft.value.photos.map((one) => (one.sha256 === sha256 ? sorted : one)) });
    await flush();
  };
}
