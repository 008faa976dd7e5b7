/** What is kept on the phone. Everything about a person is sealed; keys carry identifiers only. */
import type { DBSchema } from 'idb';
import type { Sealed } from '../vault/types';

export const DB_NAME = 'liangdeng';
export const DB_VERSION = 2;

/** A sealed value and the user it belongs to; another user of the phone never sees it. */
export interface SealedRow {
  user_id: string;
  sealed: Sealed;
}

/** Version 1: a sealed chunk of up to 100 households, key `<user>/<number>`; read until the first pull replaced it. */
export type AssignmentRow = SealedRow & { saved_at: number };

/** A sealed household, key `<user>/<household>`. */
export type HouseholdRow = SealedRow;

/** A form being filled in, key `<user>/<household>`. */
export type DraftRow = SealedRow & { household_id: string; saved_at: number };

/** The body of a saved operation (a finished visit, an edit) as it is sent, key operation id; never changed. */
export type VisitRow = SealedRow & { saved_at: number };

/**
 * How far an operation has come, key operation id. `n` is the order of saving on this phone, `rev` counts changes so
 * that two tabs cannot overwrite each other, `corrected_by` names the operation that took a refused one's place.
 */
export type OutboxRow = SealedRow & { n: number; rev: number; corrected_by: string | null };

/** Bytes of a photo, key [visit id, sha256]; version 1 put null for `bytes` once the server could show it. */
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
  /** The worklist that is shown. */
  households: { key: string; value: HouseholdRow };
  /** The set of a full pull while it is being built. */
  aside: { key: string; value: HouseholdRow };
  /** Households of unsent work that left this user's region: shown nowhere. */
  hidden: { key: string; value: HouseholdRow };
  drafts: { key: string; value: DraftRow };
  visits: { key: string; value: VisitRow };
  outbox: { key: string; value: OutboxRow };
  photos: { key: [string, string]; value: PhotoRow };
  checklists: { key: string; value: unknown };
}

export type StoreName =
  | 'meta'
  | 'assignments'
  | 'households'
  | 'aside'
  | 'hidden'
  | 'drafts'
  | 'visits'
  | 'outbox'
  | 'photos'
  | 'checklists';

/** The stores each version of the schema added. No upgrade ever removes one. */
export const STORES: Readonly<Record<number, readonly StoreName[]>> = {
  1: ['meta', 'assignments', 'drafts', 'visits', 'outbox', 'photos', 'checklists'],
  2: ['households', 'aside', 'hidden'],
};
