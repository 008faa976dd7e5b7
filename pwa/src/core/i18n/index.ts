/** Words of the screens: Chinese first, English complete. Features add their own texts when their chunk loads. */
import { type ReadonlySignal, signal } from '@preact/signals';

export type Locale = 'zh-CN' | 'en';
/** Identifier of a text to what is shown; `{name}` is replaced by a parameter. */
export type Texts = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;
/** A text that the server or a checklist brings in both languages. */
export interface Bilingual {
  zh: string;
  en: string;
}

const KEY = 'liangdeng.locale';
const texts: Record<Locale, Record<string, string>> = { 'zh-CN': {}, en: {} };
const current = signal<Locale>('zh-CN');

/** The language now on screen. */
export const locale: ReadonlySignal<Locale> = current;

/** Switches the language at once and remembers it on this phone. */
export function setLocale(next: Locale): void {
  current.value = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser without storage still shows the language until it is closed.
  }
}

/** Takes the language chosen earlier on this phone; Chinese when none was. */
export function restoreLocale(): void {
  let saved: string | null = null;
  try {
    saved = localStorage.getItem(KEY);
  } catch {
    saved = null;
  }
  setLocale(saved === 'en' ? 'en' : 'zh-CN');
}

/** Adds a feature's texts; call it at the top of the feature's index so they are there before it draws. */
export function registerTexts(pair: { zh: Texts; en: Texts }): void {
  Object.assign(texts['zh-CN'], pair.zh);
  Object.assign(texts.en, pair.en);
}

/** Whether a text exists in the language on screen. */
export function hasText(key: string): boolean {
  return texts[current.value][key] !== undefined;
}

/** The text of `key` in the language on screen with `{name}` filled in; the key itself when it is missing. */
export function t(key: string, params?: Params): string {
  const text = texts[current.value][key] ?? key;
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** The side of a bilingual text that fits the language on screen. */
export function pick(text: Bilingual): string {
  return current.value === 'en' ? text.en : text.zh;
}
