/** Corrections of the register that wait for a decision, and what the server holds without having carried it out. */
import type { Json } from '../canonical';
import type { Answers, Notes } from './types';

export type ProposalState = 'open' | 'approved' | 'declined';
export type HeldState = 'open' | 'taken' | 'declined';

/** One field of a proposal with both values; identity and telephone numbers are masked. */
export interface ProposedField {
  /** Null for a field of the household itself. */
  member_id: string | null;
  member_name: string | null;
  field: string;
  current: Json;
  proposed: Json;
  /** overlap: somebody else changed it meanwhile; protected: never changed without a decision; new: of somebody new. */
  why: 'overlap' | 'protected' | 'new';
  current_by: string | null;
  current_at: string | null;
  /** Who else of the county carries an identity number that waits: named only where one may see them. */
  twins: { here: Twin[]; elsewhere: boolean } | null;
}

export interface Twin {
  household_id: string;
  household_number: string;
  head_name: string;
}

export interface Proposal {
  id: string;
  /** member, household: all that is known of somebody whom the register lacks. */
  kind: 'edit' | 'member' | 'household';
  /** Null for a new household until it is approved. */
  household_id: string | null;
  /** Empty for a new household. */
  household_number: string;
  head_name: string;
  village: string;
  author_name: string;
  /** When it was written on the phone, by the phone's clock. */
  written_at: string | null;
  created_at: string;
  reason: string;
  level: 'village' | 'township';
  state: ProposalState;
  decided_by: string | null;
  decided_at: string | null;
  comment: string;
  fields: ProposedField[];
}

export interface HeldOperation {
  id: string;
  kind: string;
  code: 'version' | 'scope' | 'conflict' | 'quarantine';
  author_name: string;
  /** Null when the register does not have the household. */
  household_id: string | null;
  household_number: string | null;
  head_name: string | null;
  village: string | null;
  received_at: string;
  visited_at: string | null;
  /** What it says; both null when this server cannot read it. Numbers of people are masked. */
  visit: { answers: Answers; notes: Notes; revises: string | null; photo_count: number } | null;
  edit: { reason: string; set: { member_id: string | null; field: string; value: Json }[] } | null;
  state: HeldState;
  decided_by: string | null;
  decided_at: string | null;
  comment: string;
}

export interface IncomingPage<T> {
  items: T[];
  next: string | null;
}

export interface IncomingDecision<D extends string> {
  decision: D;
  comment: string;
}
