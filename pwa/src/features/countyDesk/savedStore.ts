/** The saved filters of whoever is signed in. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { SavedFilter } from '../../core/api/deskTypes';

interface Saved {
  readonly items: readonly SavedFilter[];
  readonly known: boolean;
}

const NONE: Saved = { items: [], known: false };
const now = signal<Saved>(NONE);
export const saved: ReadonlySignal<Saved> = now;

/** Reads them once. Without them the list works as well, so a failure is silent until the next look. */
export async function readSaved(): Promise<void> {
  if (now.value.known) return;
  const page = await call(api.GET('/filters', {})).catch(() => null);
  if (page) now.value = { items: page.items, known: true };
}

/** Saves a new filter or another under the same identifier. Raises ServerProblem. */
export async function saveFilter({ id, name, query }: SavedFilter): Promise<void> {
  const params = { path: { filter_id: id } };
  const made = await call(api.PUT('/filters/{filter_id}', { params, body: { name, query } }));
  const { items } = now.value;
  const there = items.some((one) => one.id === id);
  const next = there ? items.map((one) => (one.id === id ? made : one)) : [...items, made];
  now.value = { items: next, known: now.value.known };
}

/** Forgets one. Raises ServerProblem. */
export async function removeSaved(id: string): Promise<void> {
  await call(api.DELETE('/filters/{filter_id}', { params: { path: { filter_id: id } } }));
  now.value = { items: now.value.items.filter((one) => one.id !== id), known: now.value.known };
}

/** Forgets them; for tests and sign-out. */
export function resetSaved(): void {
  now.value = NONE;
}
