/**
 * What is kept on the phone: a database for each of its users, in which everything about a person is sealed and keys
 * carry identifiers only, and a small one for the phone itself.
 */
import type { DBSchema } from 'idb';
import type { Account } from '../vault/accounts';
import type { Sealed } from '../vault/types';
import type { Versions } from './connection';

/** A sealed value and the user it belongs to. */
export interface SealedRow {
  user_id: string;
  sealed: Sealed;
}

/** Up to 100 households, sealed together, and their ids. Key `<set>/<number>`. */
export type ChunkRow = SealedRow & { ids: readonly string[] };

/** A sealed household, key `<user>/<household>`. */
export type HouseholdRow = SealedRow;

/** A form being filled in, key `<user>/<household>`; `open` until its screen was left. */
export type DraftRow = SealedRow & { household_id: string; saved_at: number; open?: boolean };

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

/** The stores that a version before the vault had in the same form. */
export interface WorkSchema extends DBSchema {
  meta: { key: string; value: unknown };
  /** Households of unsent work that left this user's region: shown nowhere. */
  hidden: { key: string; value: HouseholdRow };
  drafts: { key: string; value: DraftRow };
  visits: { key: string; value: VisitRow };
  outbox: { key: string; value: OutboxRow };
  photos: { key: [string, string]; value: PhotoRow };
}

/** The database of one user. */
export interface LocalSchema extends WorkSchema {
  /** The worklist that is shown and the one that is being built aside (see `sync/roster`). */
  roster: { key: string; value: ChunkRow };
  checklists: { key: string; value: Sealed };
}

export type StoreName =
  | 'meta'
  | 'roster'
  | 'hidden'
  | 'drafts'
  | 'visits'
  | 'outbox'
  | 'photos'
  | 'checklists';

export const USER_VERSIONS: Versions = {
  1: ['meta', 'roster', 'hidden', 'drafts', 'visits', 'outbox', 'photos', 'checklists'],
};

/** The database of the phone: its own key, who has a vault here, and nothing of what is in one. */
export interface PhoneSchema extends DBSchema {
  meta: { key: string; value: unknown };
  accounts: { key: string; value: Account };
}

export const PHONE_DB = 'liangdeng-phone';
export const PHONE_VERSIONS: Versions = { 1: ['meta', 'accounts'] };

/** Databases of users are named so, and by a digest of the user's id. */
export const USER_DB = 'liangdeng-user-';

/** The one database of versions before the vault, for all users, sealed by a key that the browser held. */
export interface OldSchema extends WorkSchema {
  /** Version 1: a sealed chunk of households. */
  assignments: { key: string; value: HouseholdRow };
  households: { key: string; value: HouseholdRow };
  aside: { key: string; value: HouseholdRow };
  checklists: { key: string; value: unknown };
}

export const OLD_DB = 'liangdeng';
export const OLD_VERSIONS: Versions = {
  1: ['meta', 'assignments', 'drafts', 'visits', 'outbox', 'photos', 'checklists'],
  2: ['households', 'aside', 'hidden'],
};
