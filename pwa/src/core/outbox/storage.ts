/**
 * What the engine needs of a store. Types only: the browser's is `store.ts` (IndexedDB, sealed), the simulator brings
 * its own. Each function is one transaction that is on disk when its promise resolves, and leaves nothing behind when
 * it rejects. A store belongs to one user of one device. Nothing but `prune` ever gives up work.
 */
import type { Household } from '../api/types';
import type { Cadence } from '../due';
import type { OpBody, OpKind, Order, Position, SelfCheck } from '../sync/wire';
import { type Allowance, FULL_ALLOWANCE } from './allowance';
import type { Entry } from './entry';

/** A saved operation without its body. All but `entry` and `corrected_by` stays as it was saved. */
export interface OpRecord {
  op_id: string;
  /** The device's own count, given in the transaction that saved it. */
  n: number;
  kind: OpKind;
  /** Visit id, or household id of an edit. */
  entity: string;
  household_id: string;
  head_name: string;
  base_rev: number | null;
  /** Operations that must be with the server before this one. */
  needs: string[];
  /** The visit that this one replaces at the server. */
  revises: string | null;
  schema_v: number;
  app_v: string;
  saved_at: number;
  mono_ms: number | null;
  offset_ms: number | null;
  sha256: string;
  /** Length of the canonical body in UTF-8 bytes, to fill batches. */
  size: number;
  /** The operation that took the place of this refused one. */
  corrected_by: string | null;
  entry: Entry;
}

/** What is known of the server, for one user. */
export interface SyncState {
  /** Which life of the server's database we last spoke with; null before the first contact. */
  epoch: string | null;
  /** Where the next pull goes on; null for a pull from the beginning. */
  cursor: string | null;
  /** The new set of a full pull is being built aside. */
  building: boolean;
  durable: Position;
  /** The oldest form of operations that the server takes; one that is newer than ours asks for an update. */
  schemaMin: number | null;
  order: Order;
  /** Server's time minus this phone's, milliseconds; null before the first contact. */
  offsetMs: number | null;
  lastContactAt: number | null;
  /** The newest word of the server, milliseconds by its clock, also in a file that somebody brought back. */
  heardAt: number | null;
  /** When a pull last came to its end. */
  pulledAt: number | null;
  incomeLine: string | null;
  /** How often the county visits; null until a server said so. */
  cadence: Cadence | null;
  /** Region code prefix of what this user may see. */
  scope: string | null;
  /** Runs in a row that achieved nothing, and how many more requests in vain are allowed: phones must not beg. */
  fruitless: number;
  allowance: Allowance;
  /** What this phone found when it last checked itself; the server is told with the next report. */
  check: SelfCheck | null;
  /** The counts of the last report that arrived. */
  reported: string | null;
}

/** Version of the forms in which this app saves and sends operations. */
export const SCHEMA_V = 1;

export const NO_CONTACT: SyncState = {
  epoch: null,
  cursor: null,
  building: false,
  durable: [0, 0],
  schemaMin: null,
  order: 'active',
  offsetMs: null,
  lastContactAt: null,
  heardAt: null,
  pulledAt: null,
  incomeLine: null,
  cadence: null,
  scope: null,
  fruitless: 0,
  allowance: FULL_ALLOWANCE,
  check: null,
  reported: null,
};

/**
 * One page of a pull as it is written: its steps in this order and the state with the new cursor, all in one
 * transaction. `expect` is the cursor the page was asked with: when another tab moved it, nothing is written.
 */
export interface PullStep {
  expect: string | null;
  /** Empty the set that was being built aside. */
  clearAside: boolean;
  aside: readonly Household[];
  /** The set built aside takes the place of the shown one. */
  swap: boolean;
  put: readonly Household[];
  drop: readonly string[];
  /** Of rows that would go, those that unsent work needs: kept sealed, shown nowhere. */
  hide: ReadonlySet<string>;
  state: Partial<SyncState>;
}

export type ChangeEntry = (entry: Entry, record: OpRecord) => Entry;

export interface SyncStorage {
  /** All saved operations in the order of `n`. */
  load(): Promise<OpRecord[]>;
  /**
   * Changes entries; `change` is pure and may run again when another tab came between. With `epoch`, nothing happens
   * once the stored epoch is another one: what an earlier life of the server said does not count any more.
   */
  update(ids: readonly string[], change: ChangeEntry, epoch?: string | null): Promise<void>;
  body(opId: string): Promise<OpBody | null>;
  photo(opId: string, sha256: string): Promise<ArrayBuffer | null>;
  state(): Promise<SyncState>;
  note(change: Partial<SyncState>): Promise<void>;
  /** Every entry changed and the state with the new epoch written, all or nothing. */
  reset(change: ChangeEntry, state: Partial<SyncState>): Promise<void>;
  /** Writes a page with its cursor; false, and nothing written, when `expect` is not the stored cursor. */
  applyPull(step: PullStep): Promise<boolean>;
  /** Drops the rows outside a region code prefix and what was built aside, and writes the state. */
  leaveScope(scope: string, hide: ReadonlySet<string>, state: Partial<SyncState>): Promise<void>;
  /** Like `update`; of each entry that comes out as pruned, body and photos go in the same transaction. */
  prune(ids: readonly string[], change: ChangeEntry, epoch: string | null): Promise<void>;
}
