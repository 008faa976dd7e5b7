/** Finds what a visit starts from: the draft begun earlier, a refused record, or the household itself. */

import type { Problem } from '../../core/api/types';
import { householdById } from '../../core/assignments';
import { checklist } from '../../core/checklists';
import { nowIso } from '../../core/clock';
import { loadDraft } from '../../core/drafts';
import { uuidv7 } from '../../core/ids';
import { outboxItems, reopen } from '../../core/outbox';
import { listPhotos, putPhoto, type StoredPhoto } from '../../core/photos';
import { correctionOf, newDraft, withNumbers } from './draft';
import type { Checklist, Draft, Household, PhotoRef } from './types';

export interface Opened {
  readonly household: Household;
  readonly checklist: Checklist;
  readonly draft: Draft;
  /** True when the draft was begun earlier. */
  readonly resumed: boolean;
  /** Why the server refused the record this form corrects. */
  readonly problem: Problem | null;
}

export class UnknownHousehold extends Error {}
export class NoChecklist extends Error {}

async function definition(version?: string): Promise<Checklist> {
  try {
    return (await checklist(version)) as unknown as Checklist;
  } catch (cause) {
    throw new NoChecklist('no checklist on this phone', { cause });
  }
}

/** Copies to a new visit the photos whose bytes this phone still holds; the others have to be taken again. */
async function carryPhotos(photos: readonly StoredPhoto[], to: string): Promise<PhotoRef[]> {
  const held = photos.flatMap((photo) => (photo.bytes ? [{ ...photo, bytes: photo.bytes }] : []));
  for (const photo of held) await putPhoto(to, photo);
  return held.map(({ sha256, length, kind, taken_at }) => ({ sha256, length, kind, taken_at }));
}

/** Whether a new record answers the return already; the list of the server may not know it yet. */
function answered({ id, returned }: Household): boolean {
  if (returned === null) return false;
  const after = Date.parse(returned.reviewed_at);
  return outboxItems.value.some(
    (item) =>
      item.householdId === id &&
      item.savedAt > after &&
      item.state !== 'rejected' &&
      item.state !== 'conflicted',
  );
}

async function begin(household: Household): Promise<Opened> {
  const definitionNow = await definition();
  const birth = { id: uuidv7(), version: definitionNow.version, now: nowIso() };
  const fresh = newDraft(household, birth);
  const sent = fresh.revises === null ? null : await reopen(fresh.revises);
  const draft = { ...fresh, answers: withNumbers(fresh.answers, sent?.body.answers ?? null) };
  const before = draft.revises === null ? [] : await listPhotos(draft.revises);
  const photos = await carryPhotos(before, draft.id);
  return { household, checklist: definitionNow, draft: { ...draft, photos }, resumed: false, problem: null };
}

async function correct(household: Household, from: string): Promise<Opened | null> {
  const record = await reopen(from);
  if (!record) return null;
  const form = await definition(record.body.checklist_version);
  const draft = correctionOf(record.body, { id: uuidv7(), version: form.version, now: nowIso() });
  const photos = await carryPhotos(record.photos, draft.id);
  return { household, checklist: form, draft: { ...draft, photos }, resumed: false, problem: record.problem };
}

/**
 * Opens the form of a household; `from` is a refused record to correct. Throws UnknownHousehold or
 * NoChecklist when this phone lacks them.
 */
export async function openVisit(householdId: string, from?: string): Promise<Opened> {
  const household = householdById(householdId);
  if (!household) throw new UnknownHousehold(householdId);
  const kept = await loadDraft<Draft>(householdId);
  // A form begun earlier comes first, even before a correction: opening another would overwrite it.
  if (kept) {
    const form = await definition(kept.checklist_version);
    return { household, checklist: form, draft: kept, resumed: true, problem: null };
  }
  const corrected = from === undefined ? null : await correct(household, from);
  return corrected ?? begin(answered(household) ? { ...household, returned: null } : household);
}
