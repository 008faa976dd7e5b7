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

/** Texts at hand, or the way to fetch them when their language is first wanted. */
export type TextSource = Texts | (() => Promise<{ texts: Texts }>);

const KEY = 'liangdeng.locale';
const texts: Record<Locale, Record<string, string>> = { 'zh-CN': {}, en: {} };
const current = signal<Locale>('zh-CN');
/** Counts arrivals of texts, so that screens drawn before them are drawn again. */
const arrivals = signal(0);
let pending: (() => Promise<void>)[] = [];

/** The language now on screen. */
export const locale: ReadonlySignal<Locale> = current;

/** Fetches the English texts registered so far; those that fail stay Chinese until the next try. */
async function fetchEnglish(): Promise<void> {
  const wanted = pending;
  pending = [];
  const failed = await Promise.all(
    wanted.map((load) =>
      load().then(
        () => [],
        () => [load],
      ),
    ),
  );
  pending.push(...failed.flat());
}

/** Switches the language and remembers it on this phone. */
export function setLocale(next: Locale): void {
  current.value = next;
  document.documentElement.lang = next;
  if (next === 'en') void fetchEnglish();
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

/**
 * Adds a feature's texts; call it at the top of the feature's index so they are there before it draws.
 * English may be given as an import, so that it costs nothing until somebody wants it.
 */
export function registerTexts(pair: { zh: Texts; en: TextSource }): void {
  Object.assign(texts['zh-CN'], pair.zh);
  const english = pair.en;
  if (typeof english !== 'function') {
    Object.assign(texts.en, english);
    return;
  }
  pending.push(async () => {
    Object.assign(texts.en, (await english()).texts);
    arrivals.value += 1;
  });
  if (current.value === 'en') void fetchEnglish();
}

function find(key: string): string | undefined {
  // Reading the counter lets a screen follow texts that arrive after it was drawn.
  return arrivals.value < 0 ? undefined : (texts[current.value][key] ?? texts['zh-CN'][key]);
}

/** Whether a text exists. */
export function hasText(key: string): boolean {
  return find(key) !== undefined;
}

/** The text of `key` with `{name}` filled in: in the language on screen, else Chinese, else the key itself. */
export function t(key: string, params?: Params): string {
  const text = find(key) ?? key;
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** The side of a bilingual text that fits the language on screen. */
export function pick(text: Bilingual): string {
  return current.value === 'en' ? text.en : text.zh;
}
