/** Beginnings of a form (fresh, returned, refused) and its end: the body that is hashed and sent. */

import type { VisitClock } from '../../core/api/types';
import { canonical, type Json } from '../../core/canonical';
import { isFar } from './gps';
import type { LastVisit } from './last';
import { type Form, PHOTOS, type Step } from './model';
import { isItem } from './reading';
import { sinceLast } from './since';
import type { Draft, Household, PhotoFacts, PhotoRef, ReadonlyAnswers, VisitBody } from './types';

export interface Birth {
  readonly id: string;
  readonly version: string;
  readonly now: string;
}

/** A new form. A returned visit lends its answers and notes, and is replaced by this one. */
export function newDraft(household: Household, birth: Birth): Draft {
  const { returned } = household;
  return {
    id: birth.id,
    household_id: household.id,
    checklist_version: birth.version,
    revises: returned?.visit_id ?? null,
    corrects: null,
    started_at: birth.now,
    answers: returned?.answers ?? {},
    notes: returned?.notes ?? {},
    photos: [],
    location: null,
    location_missing_reason: null,
    at: returned?.comments[0]?.question ?? null,
  };
}

/**
 * The member changes of a returned visit with their identity numbers. The server hands numbers out masked;
 * this phone may still hold what it sent. A number known only masked is left out, to be typed again.
 */
export function withNumbers(answers: ReadonlyAnswers, sent: ReadonlyAnswers | null): ReadonlyAnswers {
  const masked = answers['roster_edit'];
  if (!Array.isArray(masked)) return answers;
  const own = sent?.['roster_edit'];
  if (Array.isArray(own) && own.length === masked.length) return { ...answers, roster_edit: own };
  return { ...answers, roster_edit: masked.map(dropMasked) };
}

function dropMasked(change: Json): Json {
  if (!isItem(change) || !String(change['id_number'] ?? '').includes('*')) return change;
  const { id_number: _masked, ...rest } = change;
  return rest;
}

const FACTS = ['original_sha256', 'exif_time', 'exif_position', 'quality'] as const;

/** What is known of a photo's file, without what nobody said. */
export function factsOf(photo: PhotoFacts): PhotoFacts {
  const said = FACTS.filter((name) => photo[name] !== undefined && photo[name] !== null);
  return Object.fromEntries(said.map((name) => [name, photo[name]]));
}

/** Photos of a returned visit that the server holds: named again they stay, no bytes are needed here. */
export function photosAtServer(returned: Household['returned']): PhotoRef[] {
  const held = (returned?.photos ?? []).filter(({ state }) => state === 'stored' || state === 'ready');
  return held.map(
    ({ sha256, length, kind, taken_at, ...rest }) =>
      ({ sha256, length, kind, ...(taken_at !== null && { taken_at }), ...factsOf(rest) }) as PhotoRef,
  );
}

/** Refusals that say: what the record replaces is not there to be replaced. */
const WRONG_REVISION: ReadonlySet<string> = new Set(['revision_outdated', 'revision_unknown']);

/** What the corrected copy of a refused record replaces: the open return where the old aim was wrong. */
export function revisedBy(
  body: VisitBody,
  code: string | undefined,
  returned: Household['returned'],
): string | null {
  if (code === undefined || !WRONG_REVISION.has(code)) return body.revises;
  // A list read before the refusal may still name the visit that the server no longer lets be replaced.
  return returned === null || returned.visit_id === body.revises ? null : returned.visit_id;
}

/** A form that corrects a record the server refused: same content, an identity of its own. */
export function correctionOf(body: VisitBody, birth: Birth): Draft {
  return {
    id: birth.id,
    household_id: body.household_id,
    checklist_version: body.checklist_version,
    revises: body.revises,
    corrects: body.id,
    started_at: birth.now,
    answers: body.answers,
    notes: body.notes,
    photos: body.photos,
    location: body.location,
    location_missing_reason: body.location_missing_reason,
    at: null,
    ...(body.since_last && { since: body.since_last }),
  };
}

export interface Closing {
  readonly now: string;
  readonly deviceId: string;
  readonly appVersion: string;
  readonly clock: VisitClock;
  /** What the phone's rules say, when it has any. */
  readonly preview?: VisitBody['preview'];
  /** The visit that answers were compared with. */
  readonly last?: LastVisit | null;
}

/** The visit as it goes on the wire: only open questions, notes that say something, whole numbers only. */
export function buildBody(draft: Draft, form: Form, household: Household, closing: Closing): VisitBody {
  const body: VisitBody = {
    id: draft.id,
    household_id: draft.household_id,
    revises: draft.revises,
    checklist_version: draft.checklist_version,
    started_at: draft.started_at,
    finished_at: closing.now,
    answers: plain(form.answers),
    notes: keptNotes(draft, form.steps),
    roster: household.roster,
    location: placeOf(draft.location, household.home),
    location_missing_reason: draft.location === null ? draft.location_missing_reason : null,
    photos: form.steps.some((s) => s.question.id === PHOTOS) ? draft.photos.map((p) => ({ ...p })) : [],
    device: { id: closing.deviceId, app_version: closing.appVersion },
    clock: closing.clock,
    ...(closing.preview && { preview: closing.preview }),
    ...(closing.last && { since_last: sinceLast(draft.since, form, closing.last) }),
  };
  // Fails here, with the draft still at hand, rather than at the hash.
  canonical(body as unknown as Parameters<typeof canonical>[0]);
  return body;
}

/** The fix without a reason for being far where a better one showed that it is not. */
function placeOf(location: Draft['location'], home: Household['home']): VisitBody['location'] {
  if (location === null || isFar(location, home)) return location;
  const { far_reason: _near, ...rest } = location;
  return rest;
}

const plain = (answers: Form['answers']): VisitBody['answers'] =>
  JSON.parse(JSON.stringify(answers)) as VisitBody['answers'];

function keptNotes(draft: Draft, steps: readonly Step[]): VisitBody['notes'] {
  const open = new Set(steps.map((s) => s.question.id));
  const notes = Object.entries(draft.notes).map(([id, text]) => [id, text.trim()] as const);
  return Object.fromEntries(notes.filter(([id, text]) => text !== '' && open.has(id)));
}
