/** Records, answers and a small world for the tests of the outbox. */
import type { VisitResult } from '../api/types';
import type { Position } from '../sync/wire';
import type { Entry } from './entry';
import { fresh } from './machine';
import type { OpRecord } from './storage';

export const problem = { type: '', title: '', title_zh: '', status: 422, code: 'invalid_answers' };

/** What the server signs for a visit. */
export function visitResult(
  photos: VisitResult['photos'] = [],
  over: Partial<VisitResult> = {},
): VisitResult {
  const receipt = { number: '7K4M-29XQ', seq: 1, received_at: '2026-11-22T00:00:00Z' };
  const lights = { lights: [], unknown: [], revision: 1, severity: 'none' as const };
  return { id: 'v', sha256: 's', state: 'accepted', receipt, photos, ...lights, ...over };
}

/** A saved visit; `photos` are hashes. */
export function record(
  id: string,
  n: number,
  photos: readonly string[] = [],
  over: Partial<OpRecord> = {},
): OpRecord {
  const entry: Entry = fresh(
    0,
    photos.map((sha256) => ({ sha256, length: 3, kind: 'house' as const })),
  );
  return {
    op_id: id,
    n,
    kind: 'visit',
    entity: id,
    household_id: `h-${id}`,
    head_name: '',
    base_rev: null,
    needs: [],
    revises: null,
    schema_v: 1,
    app_v: '0.2.0',
    saved_at: 0,
    mono_ms: null,
    offset_ms: null,
    sha256: `sha-${id}`,
    size: 800,
    corrected_by: null,
    entry,
    ...over,
  };
}

/** Small deterministic generator, so that a failure can be repeated by its seed. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function oneOf<T>(random: () => number, list: readonly T[]): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('an empty list');
  return found;
}

export const at = (seq: number): Position => [0, seq];
