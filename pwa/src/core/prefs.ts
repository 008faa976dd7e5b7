/** How this person wants the screen: text size and colours, kept on the phone. */
import { type ReadonlySignal, signal } from '@preact/signals';

export type TextSize = 'normal' | 'large';
export type Theme = 'auto' | 'light' | 'dark';

const size = signal<TextSize>('normal');
const colours = signal<Theme>('auto');

/** `large` is the elders' edition: bigger text and targets. */
export const textSize: ReadonlySignal<TextSize> = size;
export const theme: ReadonlySignal<Theme> = colours;

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`liangdeng.${key}`, value);
  } catch {
    // Without storage the choice holds until the app is closed.
  }
}

function recall(key: string): string | null {
  try {
    return localStorage.getItem(`liangdeng.${key}`);
  } catch {
    return null;
  }
}

export function setTextSize(next: TextSize): void {
  size.value = next;
  document.documentElement.dataset['size'] = next;
  remember('size', next);
}

export function setTheme(next: Theme): void {
  colours.value = next;
  document.documentElement.dataset['theme'] = next;
  remember('theme', next);
}

/** Applies what was chosen earlier on this phone. */
export function restorePrefs(): void {
  setTextSize(recall('size') === 'large' ? 'large' : 'normal');
  const saved = recall('theme');
  setTheme(saved === 'light' || saved === 'dark' ? saved : 'auto');
}
