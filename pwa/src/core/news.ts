/** Whether this version brought changes that nobody here has read about. */
import { type ReadonlySignal, signal } from '@preact/signals';

const KEY = 'liangdeng.changesRead';
const unread = signal(false);

/** True until the list of changes was opened. */
export const newsUnread: ReadonlySignal<boolean> = unread;

function recall(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return __CHANGES_ID__;
  }
}

/** The list was opened. */
export function noteNewsRead(): void {
  unread.value = false;
  try {
    localStorage.setItem(KEY, __CHANGES_ID__);
  } catch {
    // Without storage it is read until the app is opened again.
  }
}

/** Looks at start; to whom the app is new (`fresh`), nothing in it is news. */
export function lookForNews(fresh: boolean): void {
  if (fresh) noteNewsRead();
  else unread.value = recall() !== __CHANGES_ID__;
}
