/** What is kept on the phone. Everything about a person is sealed; keys carry identifiers only. */
import type { DBSchema } from 'idb';
import type { Sealed } from '../vault/types';

export const DB_NAME = 'liangdeng';
export const DB_VERSION = 1;

/** A sealed value and the user it belongs to; another user of the phone never sees it. */
export interface SealedRow {
  user_id: string;
  sealed: Sealed;
}

/** A sealed chunk of up to 100 households, key `<user>/<number>`. */
export type AssignmentRow = SealedRow & { saved_at: number };

/** A form being filled in, key `<user>/<household>`. */
export type DraftRow = SealedRow & { household_id: string; saved_at: number };

/** A finished visit as it is sent, key visit id; never changed once written. */
export type VisitRow = SealedRow & { saved_at: number };

/**
 * How far a visit has come, key visit id. `n` is the order of saving on this phone, `rev` counts changes so that
 * two tabs cannot overwrite each other, `corrected_by` names the visit that took a refused one's place.
 */
export type OutboxRow = SealedRow & { n: number; rev: number; corrected_by: string | null };

/** Bytes of a photo, key [visit id, sha256]; `bytes` is null once the server has shown it can display it. */
export interface PhotoRow {
  visit_id: string;
  sha256: string;
  user_id: string;
  kind: string;
  taken_at: string;
  length: number;
  bytes: Sealed | null;
}

export interface LocalSchema extends DBSchema {
  meta: { key: string; value: unknown };
  assignments: { key: string; value: AssignmentRow };
  drafts: { key: string; value: DraftRow };
  visits: { key: string; value: VisitRow };
  outbox: { key: string; value: OutboxRow };
  photos: { key: [string, string]; value: PhotoRow };
  checklists: { key: string; value: unknown };
}

export type StoreName = 'meta' | 'assignments' | 'drafts' | 'visits' | 'outbox' | 'photos' | 'checklists';
export const STORES: readonly StoreName[] = [
  'meta',
  'assignments',
  'drafts',
  'visits',
  'outbox',
  'photos',
  'checklists',
];
