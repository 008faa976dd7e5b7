/** Forms being filled in: sealed, one per household and user, on disk before the promise resolves. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { now } from './clock';
import { read, writeStrict } from './localDb';
import { user, userId } from './session';
import { open, seal } from './vault';

const ids = signal<ReadonlySet<string>>(new Set());

/** Households of the signed-in user with a form begun. */
export const draftHouseholds: ReadonlySignal<ReadonlySet<string>> = ids;

let leftOpen: string | null = null;

/** The household whose form was on the screen when the app ended, however it ended; told once. */
export function formLeftOpen(): string | null {
  const id = leftOpen;
  leftOpen = null;
  return id;
}

/** Key of a draft in its store. */
export function draftKey(householdId: string): string {
  return `${userId()}/${householdId}`;
}

/** Reads which forms are begun; call after sign-in. */
export async function loadDrafts(): Promise<void> {
  const me = user.value?.id;
  const rows = me === undefined ? [] : await read((database) => database.getAll('drafts'));
  const mine = rows.filter((row) => row.user_id === me).sort((a, b) => b.saved_at - a.saved_at);
  ids.value = new Set(mine.map((row) => row.household_id));
  leftOpen = mine.find((row) => row.open)?.household_id ?? null;
}

/** The form begun for a household, or null. */
export async function loadDraft<T>(householdId: string): Promise<T | null> {
  const key = draftKey(householdId);
  const row = await read((database) => database.get('drafts', key));
  return row ? open<T>('drafts', key, row.sealed) : null;
}

/** Keeps the form; an earlier state of it is replaced. */
export async function saveDraft(householdId: string, value: unknown): Promise<void> {
  const key = draftKey(householdId);
  const row = {
    user_id: userId(),
    household_id: householdId,
    saved_at: now(),
    open: true,
    sealed: await seal('drafts', key, value),
  };
  await writeStrict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').put(row, key);
  });
  noteDraft(householdId, true);
}

/** The form's screen was left: the next start does not go back to it. */
export async function leaveDraft(householdId: string): Promise<void> {
  const key = draftKey(householdId);
  await writeStrict(['drafts'], async (tx) => {
    const row = await tx.objectStore('drafts').get(key);
    if (row?.open) await tx.objectStore('drafts').put({ ...row, open: false }, key);
  });
}

/** Removes the form, for example because the person chose to start anew. */
export async function dropDraft(householdId: string): Promise<void> {
  await writeStrict(['drafts'], async (tx) => {
    await tx.objectStore('drafts').delete(draftKey(householdId));
  });
  noteDraft(householdId, false);
}

/** Tells the lists that a draft came or went. */
export function noteDraft(householdId: string, exists: boolean): void {
  if (ids.value.has(householdId) === exists) return;
  const next = new Set(ids.value);
  if (exists) next.add(householdId);
  else next.delete(householdId);
  ids.value = next;
}
