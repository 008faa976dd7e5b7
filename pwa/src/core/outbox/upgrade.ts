/** Records as version 0.1 of the app kept them, read as operations. Pure. */
import type { PhotoKind, Problem, VisitBody, VisitResult } from '../api/types';
import type { Entry, PhotoEntry, State, WaitReason } from './entry';
import { fresh } from './fresh';
import type { OpRecord } from './storage';

type OldState = 'queued' | 'sending' | 'photos' | 'complete' | 'rejected' | 'conflicted';

interface OldEntry {
  state: OldState;
  attempts: number;
  notBefore: number;
  reason: string | null;
  problem: Problem | null;
  result: VisitResult | null;
  photos: {
    sha256: string;
    length: number;
    kind: PhotoKind;
    state: PhotoEntry['state'];
    reason: string | null;
  }[];
}

/** The sealed part of a row of version 0.1. */
export interface OldData {
  visit_id: string;
  household_id: string;
  head_name: string;
  saved_at: number;
  sha256: string;
  /** Absent in the oldest rows; the visit itself says it. */
  revises?: string | null;
  /** Characters of the canonical body. */
  size: number;
  entry: OldEntry;
}

/** The sealed part of a row: the record without what the row shows openly. */
export type OpData = Omit<OpRecord, 'n' | 'corrected_by'>;

const STATES: Record<OldState, State> = {
  queued: 'queued',
  sending: 'queued',
  photos: 'accepted',
  complete: 'complete',
  rejected: 'rejected',
  conflicted: 'rejected',
};
/** What version 0.1 saved has the shape that the first schema describes. */
const FIRST_SCHEMA = 1;
/** A character of the old size is at most so many bytes. */
const BYTES_A_CHARACTER = 3;

function upgradeEntry(old: OldEntry, savedAt: number): Entry {
  const reason = old.reason === 'interrupted' ? null : (old.reason as WaitReason | null);
  const tries = { attempts: old.attempts, notBefore: old.notBefore, reason };
  return {
    ...fresh(savedAt, []),
    state: STATES[old.state],
    text: tries,
    media: tries,
    code: old.problem?.code ?? null,
    problem: old.problem,
    result: old.result,
    photos: old.photos.map((photo) => ({ ...photo, begun: false, position: null })),
  };
}

/** Whether a row is of version 0.1. */
export function isOld(data: OpData | OldData): data is OldData {
  return 'visit_id' in data;
}

/**
 * A visit saved by version 0.1 as an operation of its own id. Where its text stands in the server's change log was
 * not told then; it is learnt when everything is offered again at the first contact by the new protocol.
 */
export function upgradeData(old: OldData, body: VisitBody | null): OpData {
  const { visit_id, household_id, head_name, saved_at, sha256 } = old;
  return {
    op_id: visit_id,
    kind: 'visit',
    entity: visit_id,
    household_id,
    head_name,
    base_rev: null,
    needs: [],
    revises: old.revises === undefined ? (body?.revises ?? null) : old.revises,
    schema_v: FIRST_SCHEMA,
    app_v: body?.device.app_version ?? '0.1.0',
    saved_at,
    mono_ms: null,
    offset_ms: null,
    sha256,
    size: old.size * BYTES_A_CHARACTER,
    entry: upgradeEntry(old.entry, saved_at),
  };
}
