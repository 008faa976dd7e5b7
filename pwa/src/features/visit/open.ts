/** Finds what a visit starts from: the draft begun earlier, a refused record, or the household itself. */

import type { Problem } from '../../core/api/types';
import { householdById } from '../../core/assignments';
import { checklist, keptChecklist } from '../../core/checklists';
import { nowIso } from '../../core/clock';
import { loadDraft, saveDraft } from '../../core/drafts';
import { uuidv7 } from '../../core/ids';
import { answeredReturns, newestSaved, outboxItems, refused, reopen } from '../../core/outbox';
import { listPhotos, putPhoto, type StoredPhoto } from '../../core/photos';
import { correctionOf, factsOf, newDraft, photosAtServer, revisedBy, withNumbers } from './draft';
import type { LastVisit } from './last';
import { PHOTOS } from './model';
import { MOST_PHOTOS } from './photoRules';
import type { Checklist, Draft, Household, PhotoRef } from './types';

export interface Opened {
  readonly household: Household;
  readonly checklist: Checklist;
  readonly draft: Draft;
  /** True when the draft was begun earlier. */
  readonly resumed: boolean;
  /** Why the server refused the record this form corrects. */
  readonly problem: Problem | null;
  /** Of the made-up household: nothing of it is kept or sent. */
  readonly practice?: boolean;
  readonly last: LastVisit | null;
  /** The checklist that came after the one this draft was begun with. */
  readonly newer: Checklist | null;
}

type Beginning = Omit<Opened, 'last'>;

export class UnknownHousehold extends Error {}
export class NoChecklist extends Error {}

async function definition(version?: string): Promise<Checklist> {
  try {
    return (await checklist(version)) as unknown as Checklist;
  } catch (cause) {
    throw new NoChecklist('no checklist on this phone', { cause });
  }
}

/** Copies to a new visit the photos whose bytes this phone still holds, with what `known` says of them. */
async function carryPhotos(
  photos: readonly StoredPhoto[],
  to: string,
  known: readonly PhotoRef[],
): Promise<PhotoRef[]> {
  const held = photos.flatMap((photo) => (photo.bytes ? [{ ...photo, bytes: photo.bytes }] : []));
  for (const photo of held) await putPhoto(to, photo);
  return held.map(({ sha256, length, kind, taken_at }) => {
    const facts = factsOf(known.find((photo) => photo.sha256 === sha256) ?? {});
    return { sha256, length, kind, taken_at, ...facts };
  });
}

/** Both lists, each photo once. */
function together(first: readonly PhotoRef[], second: readonly PhotoRef[]): PhotoRef[] {
  const known = new Set(first.map((photo) => photo.sha256));
  return [...first, ...second.filter((photo) => !known.has(photo.sha256))];
}

/** The household without a return that a saved record answers; the list of the server may not know it yet. */
function asItStands(household: Household): Household {
  const { returned } = household;
  const open = returned !== null && !answeredReturns(outboxItems.value).has(returned.visit_id);
  return open ? household : { ...household, returned: null };
}

async function begin(household: Household): Promise<Beginning> {
  const definitionNow = await definition();
  const birth = { id: uuidv7(), version: definitionNow.version, now: nowIso() };
  const fresh = newDraft(household, birth);
  const sent = fresh.revises === null ? null : await reopen(fresh.revises);
  const draft = { ...fresh, answers: withNumbers(fresh.answers, sent?.body.answers ?? null) };
  const before = draft.revises === null ? [] : await listPhotos(draft.revises);
  const photos = together(
    await carryPhotos(before, draft.id, sent?.body.photos ?? []),
    photosAtServer(household.returned),
  );
  const opened = { household, checklist: definitionNow, resumed: false, problem: null, newer: null };
  return { ...opened, draft: { ...draft, photos } };
}

async function correct(household: Household, from: string): Promise<Beginning | null> {
  const record = await reopen(from);
  if (!record) return null;
  const { body, problem } = record;
  const form = await definition(body.checklist_version);
  const copy = correctionOf(body, { id: uuidv7(), version: form.version, now: nowIso() });
  const revises = revisedBy(body, problem?.code, household.returned);
  const wanted = new Set(body.photos.map((photo) => photo.sha256));
  const atServer = revises === household.returned?.visit_id ? photosAtServer(household.returned) : [];
  const kept = atServer.filter((photo) => wanted.has(photo.sha256));
  const photos = together(await carryPhotos(record.photos, copy.id, body.photos), kept);
  const opened = { household, checklist: form, resumed: false, problem, newer: null };
  return { ...opened, draft: { ...copy, revises, photos } };
}

/** A draft whose id was saved meanwhile, in another tab: it goes on as a visit of its own, after that one. */
async function apartFromSaved(draft: Draft): Promise<Draft> {
  const saved = outboxItems.value.find((item) => item.visitId === draft.id);
  if (!saved) return draft;
  const moved = { ...draft, id: uuidv7() };
  const wanted = new Set(draft.photos.map((photo) => photo.sha256));
  const photos = (await listPhotos(draft.id)).filter((photo) => wanted.has(photo.sha256));
  await carryPhotos(photos, moved.id, draft.photos);
  if (refused(saved.state)) return { ...moved, corrects: saved.visitId };
  return { ...moved, revises: newestSaved(saved.visitId), corrects: null };
}

/** A draft begun before the return came: it answers the return with answers of its own. */
function answering(draft: Draft, { returned }: Household, most: number): Draft {
  if (returned === null || draft.revises !== null) return draft;
  const photos = together(draft.photos, photosAtServer(returned)).slice(
    0,
    Math.max(most, draft.photos.length),
  );
  return { ...draft, revises: returned.visit_id, photos };
}

/** The current checklist of this phone where it is another one than that of a draft. */
async function newerThan(version: string): Promise<Checklist | null> {
  const current = await keptChecklist().catch(() => null);
  return current === null || current.version === version ? null : (current as unknown as Checklist);
}

async function resume(household: Household, kept: Draft): Promise<Beginning> {
  const form = await definition(kept.checklist_version);
  const most = form.questions.find((question) => question.id === PHOTOS)?.max_count ?? MOST_PHOTOS;
  const draft = answering(await apartFromSaved(kept), household, most);
  if (draft !== kept) await saveDraft(household.id, draft);
  const newer = await newerThan(kept.checklist_version);
  return { household, checklist: form, draft, resumed: true, problem: null, newer };
}

/** The newest visit of the household: saved on this phone and not sent yet, or known to the server. */
async function lastVisit({ id, last_visit: told }: Household, draft: Draft): Promise<LastVisit | null> {
  const since = told === null ? 0 : Date.parse(told.visited_at);
  const saved = outboxItems.value
    .filter((one) => one.kind === 'visit' && one.householdId === id && !refused(one.state))
    .filter((one) => one.visitId !== draft.id && one.savedAt > since)
    .sort((a, b) => b.savedAt - a.savedAt)[0];
  const body = saved && (await reopen(saved.visitId))?.body;
  if (!body) return told;
  return { id: body.id, visited_at: body.finished_at, answers: body.answers };
}

async function openForm(household: Household, from?: string): Promise<Beginning> {
  const kept = await loadDraft<Draft>(household.id);
  // A form begun earlier comes first, even before a correction: opening another would overwrite it.
  if (kept) return resume(household, kept);
  const corrected = from === undefined ? null : await correct(household, from);
  return corrected ?? begin(household);
}

/**
 * Opens the form of a household; `from` is a refused record to correct. Throws UnknownHousehold or
 * NoChecklist when this phone lacks them.
 */
export async function openVisit(householdId: string, from?: string): Promise<Opened> {
  const known = householdById(householdId);
  if (!known) throw new UnknownHousehold(householdId);
  const opened = await openForm(asItStands(known), from);
  return { ...opened, last: await lastVisit(known, opened.draft) };
}
