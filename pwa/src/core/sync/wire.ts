/** Shapes of the protocol "S1" as they travel. Instants are ISO-8601 UTC, hashes SHA-256 in lower-case hex. Types only. */
import type { Household, Problem, Receipt, ServedHousehold, VisitBody, VisitResult } from '../api/types';
import type { Cadence } from '../due';

/** A place in the server's change log, [transaction, number]; compared member by member. */
export type Position = [number, number];

/** What the server wants of this phone: go on, hand everything over, or forget everything. */
export type Order = 'active' | 'drain' | 'kill';

export type OpKind = 'visit' | 'household.edit' | 'household.new' | 'member.new';

/** One field of a household (`member_id` null) or of one of its members. */
export interface EditedField {
  member_id: string | null;
  field: string;
  value: unknown;
}

export interface EditBody {
  household_id: string;
  reason: string;
  set: EditedField[];
}

/** A household that the register lacks; the operation's entity is the id it is to have. */
export interface NewHouseholdBody {
  grid: string;
  reason: string;
  set: EditedField[];
}

/** Somebody who lives in a household of the register and is not in it yet; the entity is the new member's id. */
export interface NewMemberBody {
  household_id: string;
  reason: string;
  set: EditedField[];
}

/** What a saved operation says. */
export type OpBody = VisitBody | EditBody | NewHouseholdBody | NewMemberBody;

/** One operation. Never changed once it was saved: a later wish is an operation of its own. */
export interface Op {
  op_id: string;
  /** Counts on this device; a gap tells the server that something was lost here. */
  n: number | null;
  kind: OpKind;
  entity: string;
  base_rev: number | null;
  needs: string[];
  schema_v: number;
  app_v: string;
  client_time: string;
  mono_ms: number | null;
  /** The server's time minus this phone's when it was saved; null before the first contact. */
  offset_ms: number | null;
  /** Of the canonical text of `body`. */
  sha256: string;
  body: OpBody;
}

/** What a phone found when it checked itself: codes of what is doubtful and of what is wrong. */
export interface SelfCheck {
  at: string;
  warn: string[];
  bad: string[];
}

export interface Report {
  outbox_count: number;
  photos_unsent: number;
  oldest_unsent: string | null;
  dead: number;
  storage_persisted: boolean | null;
  app_version: string;
  offset_ms: number | null;
  check: SelfCheck | null;
}

/** What every answer of hello and push says beside its own subject. */
export interface Envelope {
  epoch: string;
  server_time: string;
  durable: Position;
  order: Order;
}

export interface HelloReply extends Envelope {
  schema: { min: number; max: number };
  limits: { ops: number; push_bytes: number; chunk_bytes: number };
  app_version: string;
}

export interface PushRequest {
  v: 1;
  device: string;
  client_time: string;
  report: Report | null;
  ops: Op[];
}

/** What became of one operation; read with suspicion by `answers.ts`. */
export interface OpAnswer {
  op_id: string | null;
  sha256: string | null;
  st: 'accepted' | 'held' | 'rejected' | 'wait';
  code: string | null;
  position: Position | null;
  problem: Problem | null;
  result: OpResult | null;
}

export interface PushReply extends Envelope {
  results: OpAnswer[];
}

export interface EditResult {
  revision: number;
  applied: { member_id: string | null; field: string }[];
  unchanged: { member_id: string | null; field: string }[];
  /** The proposal that somebody else decides on; null when everything was applied. */
  proposal: string | null;
}

/** With the server's signature and the id of its key; servers before 0.2 gave none. */
export interface SignedReceipt extends Receipt {
  key?: string;
  signature?: string;
}

/** A visit whose household is no longer the sender's is answered by receipt and hash alone. */
export type BareVisitResult = Pick<VisitResult, 'id' | 'sha256' | 'receipt'>;
export type OpResult = VisitResult | BareVisitResult | EditResult;

export interface PullPage {
  rows: Household[];
  gone: string[];
  left: string[];
  cursor: string;
  more: boolean;
  snapshot: boolean;
  epoch: string;
  /** Region code prefix of what this user may see. */
  scope: string;
  server_time: string;
  /** How often the county visits; a server of before does not say. */
  cadence?: Cadence;
  income_line: string | null;
}

/** The page as this server's version sends it: nothing of a row is left out. */
export interface ServedPage extends PullPage {
  rows: ServedHousehold[];
  cadence: Cadence;
}
