/** Makes operations: how a finished visit or an edit is kept here, and how it travels. Pure. */
import type { VisitBody } from '../api/types';
import type { EditBody, Op, OpBody, OpKind } from '../sync/wire';
import type { PhotoEntry } from './entry';
import { fresh } from './fresh';
import { type OpRecord, SCHEMA_V } from './storage';

/** What is known at the moment of saving, beside the body. */
export interface SavedFacts {
  n: number;
  now: number;
  monoMs: number | null;
  offsetMs: number | null;
  appVersion: string;
  headName: string;
  /** Of the canonical text of the body. */
  sha256: string;
  /** UTF-8 bytes of that text. */
  size: number;
  needs: readonly string[];
}

function common(facts: SavedFacts) {
  return {
    n: facts.n,
    head_name: facts.headName,
    needs: [...facts.needs],
    schema_v: SCHEMA_V,
    app_v: facts.appVersion,
    saved_at: facts.now,
    mono_ms: facts.monoMs,
    offset_ms: facts.offsetMs,
    sha256: facts.sha256,
    size: facts.size,
    corrected_by: null,
  };
}

/** The record of a finished visit. Its operation has the visit's own id. */
export function visitRecord(
  body: VisitBody,
  photos: readonly Pick<PhotoEntry, 'sha256' | 'length' | 'kind'>[],
  facts: SavedFacts,
): OpRecord {
  return {
    ...common(facts),
    op_id: body.id,
    kind: 'visit',
    entity: body.id,
    household_id: body.household_id,
    base_rev: null,
    revises: body.revises,
    entry: fresh(facts.now, photos),
  };
}

/** The record of an edit of a household, made while its revision `baseRev` was shown. */
export function editRecord(opId: string, body: EditBody, baseRev: number, facts: SavedFacts): OpRecord {
  return {
    ...common(facts),
    op_id: opId,
    kind: 'household.edit',
    entity: body.household_id,
    household_id: body.household_id,
    base_rev: baseRev,
    revises: null,
    entry: fresh(facts.now, []),
  };
}

/** Somebody new, as an operation: the household or member `entity`, in the household `householdId`. */
export interface Newcomer {
  kind: Extract<OpKind, 'household.new' | 'member.new'>;
  entity: string;
  householdId: string;
}

/** The record of a household or member that the register lacks. */
export function newcomerRecord(
  opId: string,
  { kind, entity, householdId }: Newcomer,
  facts: SavedFacts,
): OpRecord {
  return {
    ...common(facts),
    op_id: opId,
    kind,
    entity,
    household_id: householdId,
    base_rev: null,
    revises: null,
    entry: fresh(facts.now, []),
  };
}

/** The operation as it travels. */
export function toOp(record: OpRecord, body: OpBody): Op {
  const { op_id, n, kind, entity, base_rev, needs, schema_v, app_v, mono_ms, offset_ms, sha256 } = record;
  const client_time = new Date(record.saved_at).toISOString();
  return {
    op_id,
    n,
    kind,
    entity,
    base_rev,
    needs,
    schema_v,
    app_v,
    client_time,
    mono_ms,
    offset_ms,
    sha256,
    body,
  };
}
