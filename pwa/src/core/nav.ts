/** Where the app is: hash routes, so that every address works offline and from any folder. */
import { type ReadonlySignal, signal } from '@preact/signals';

export interface Place {
  /** Path parts after `#/`, decoded: `#/visit/abc?from=x` gives ['visit', 'abc']. */
  parts: readonly string[];
  query: Readonly<Record<string, string>>;
}

/** Reads a hash; a broken escape counts as plain text. */
export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(decode);
  return { parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const current = signal<Place>(parsePlace(globalThis.location?.hash ?? ''));

/** The place now shown. */
export const place: ReadonlySignal<Place> = current;

/** How many places were visited inside the app; 0 means that Back would leave it. */
let depth = 0;

/** The beginning of the page: on phones its middle scrolls, on desks the document. */
export function toTop(): void {
  scrollTo(0, 0);
  document.getElementById('main')?.scrollTo(0, 0);
}

/** Follows the address bar; call once at start. */
export function followHash(): void {
  addEventListener('hashchange', () => {
    depth += 1;
    current.value = parsePlace(location.hash);
    toTop();
  });
  current.value = parsePlace(location.hash);
}

/** Goes to a hash such as `#/visit/<id>`; `replace` leaves no step behind. */
export function go(hash: string, options?: { replace?: boolean }): void {
  if (options?.replace) location.replace(hash);
  else location.hash = hash;
}

/** Shows a place at once, before anything else is drawn; Back leads to the one before. */
export function startAt(hash: string): void {
  history.pushState(null, '', hash);
  depth += 1;
  current.value = parsePlace(location.hash);
}

/** One step back inside the app, or to `fallback` when there is none. */
export function back(fallback = '#/'): void {
  if (depth > 0) {
    depth -= 2;
    history.back();
  } else go(fallback, { replace: true });
}
