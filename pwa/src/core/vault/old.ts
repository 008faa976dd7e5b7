/** Whether a version before the vault left anything here. What moves it is a chunk of its own: few phones need it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { OLD_DB } from '../localDb/schema';

const moved = signal<{ done: number; all: number } | null>(null);

/** How far a move has come, in rows; null while nothing is moved. */
export const movedSoFar: ReadonlySignal<{ done: number; all: number } | null> = moved;

export function noteMoved(next: { done: number; all: number } | null): void {
  moved.value = next;
}

/** What moves it, or null where there is nothing of before. A browser that does not tell is looked at. */
export async function takeover(): Promise<typeof import('./takeover') | null> {
  const names = await indexedDB.databases?.().catch(() => null);
  if (names && !names.some(({ name }) => name === OLD_DB)) return null;
  return import('./takeover');
}

/** A value that the old database kept unsealed for the phone itself: its device id, and whether it was used. */
export async function oldValue<T>(key: 'device' | 'used'): Promise<T | undefined> {
  return (await takeover())?.plainValue<T>(key);
}
