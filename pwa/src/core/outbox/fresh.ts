/** An entry that has not travelled yet. Pure. */
import type { Entry, PhotoEntry, Tries } from './entry';

/** Nothing was tried yet. */
export function idle(now: number): Tries {
  return { attempts: 0, notBefore: now, reason: null };
}

/** A freshly saved operation. */
export function fresh(now: number, photos: readonly Pick<PhotoEntry, 'sha256' | 'length' | 'kind'>[]): Entry {
  return {
    state: 'queued',
    since: now,
    text: idle(now),
    media: idle(now),
    code: null,
    problem: null,
    result: null,
    position: null,
    signedAt: null,
    photos: photos.map((photo) => ({
      ...photo,
      state: 'waiting',
      reason: null,
      begun: false,
      position: null,
    })),
  };
}
