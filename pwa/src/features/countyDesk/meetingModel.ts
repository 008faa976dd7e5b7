/** The list for the meeting: its rows with their lights and articles, read page by page. */
import type { CaseDetail } from '../../core/api/deskTypes';
import type { StandingLight } from '../../core/api/types';
import { isLit, SEVERITIES } from '../../record';
import { months } from './months';

/** Beyond this a meeting needs several lists. */
export const MOST_ROWS = 200;

/** Lights that are on, the worst first. */
export function litOf(one: Pick<CaseDetail, 'lights'>): StandingLight[] {
  const rank = (light: StandingLight) => SEVERITIES.indexOf(light.severity);
  return one.lights.filter(isLit).sort((a, b) => rank(a) - rank(b));
}

/** Articles of a light, each once. */
export const articlesOf = (light: Pick<StandingLight, 'articles'>): string[] => [
  ...new Set(light.articles.map((article) => article.id)),
];

export type Article = StandingLight['articles'][number];

/** The articles behind the lights of several cases, each once, by identifier. */
export function articleList(rows: readonly Pick<CaseDetail, 'lights'>[]): Article[] {
  const found = new Map<string, Article>();
  for (const one of rows)
    for (const article of litOf(one).flatMap((light) => light.articles)) found.set(article.id, article);
  return [...found.values()].sort((a, b) => a.id.localeCompare(b.id));
}

/** The months a list may be for: one ahead, the present one, three back; the newest first. */
export const monthsOfMeetings = (): string[] => months(5, 1);

/** Reads several things, a few at a time, in their order. Rejects with the first error, or stops with `stopped`. */
export async function several<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
  each: (done: number) => void,
  stopped: () => boolean,
  atOnce = 4,
): Promise<R[]> {
  const found: R[] = new Array(items.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < items.length && !stopped()) {
      const index = next;
      next += 1;
      found[index] = await read(items[index] as T);
      done += 1;
      each(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return found;
}
