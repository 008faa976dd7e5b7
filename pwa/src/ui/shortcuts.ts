/** Single-key shortcuts that keep out of the way of typing, and that a person can switch off (WCAG 2.1.4). */
import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const KEY = 'liangdeng.shortcuts';

function recall(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

const enabled = signal(recall());

/** Whether single keys act; chosen by the person, kept on the device. */
export const shortcutsOn: ReadonlySignal<boolean> = enabled;

export function setShortcuts(on: boolean): void {
  enabled.value = on;
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Without storage the choice holds until the page is closed.
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The key to act on, lower case; null while typing, with a modifier held, or behind an open dialog. */
export function shortcutKey(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return null;
  if (isTyping(event.target) || document.querySelector('dialog[open]')) return null;
  return event.key.toLowerCase();
}

export type Shortcuts = Readonly<Record<string, () => void>>;

/** Listens while the component is shown. Held keys repeat only when `repeats` names them. */
export function useShortcuts(keys: Shortcuts, repeats: readonly string[] = []): void {
  const latest = useRef(keys);
  latest.current = keys;
  const repeating = useRef(repeats);
  repeating.current = repeats;
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      const key = shortcutsOn.value ? shortcutKey(event) : null;
      const action = key === null ? undefined : latest.current[key];
      if (!action || key === null || (event.repeat && !repeating.current.includes(key))) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', act);
    return () => removeEventListener('keydown', act);
  }, []);
}
