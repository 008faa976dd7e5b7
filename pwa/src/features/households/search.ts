/** Finds a household while the person types: name, pinyin, initials, number, last four of the ID. Pure. */
import type { Household } from '../../core/api/types';

export interface Entry {
  household: Household;
  name: string;
  pinyin: string;
  initials: string;
  number: string;
  tail: string;
  /** Names of the members, and the last four of their numbers. */
  members: string;
  /** All of the above in one: what is not in here cannot fit, and most entries are left at that. */
  whole: string;
}

/** Blanks and dots between the parts of a name, and what nobody sees. */
const LEFT_OUT = /[\s'’·•‧・∙⋅●\u00ad\u200b-\u200f\u2060-\u206f\ufeff]/g;
const ACCENTS = /[\u0300-\u036f]/g;

/** Lower case, half width, no spaces or accents: `Ｑín Ｘiu` and `qinxiu` are the same; `ü` is typed as v. */
export function normal(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/u\u0308/g, 'v')
    .replace(ACCENTS, '')
    .replace(LEFT_OUT, '');
}

/** Prepared once for a list, so that each key stroke only compares. */
export function prepare(households: readonly Household[]): Entry[] {
  return households.map((household) => {
    const words = {
      name: normal(household.head_name),
      pinyin: normal(household.pinyin),
      initials: normal(household.initials),
      number: normal(household.number),
      tail: normal(household.id_tail),
      members: household.members
        .map(({ name, id_masked }) => `${normal(name)} ${normal(id_masked.slice(-4))}`)
        .join(' '),
    };
    return { household, ...words, whole: Object.values(words).join('\n') };
  });
}

const RANKS = 9;

/** How well an entry fits, smaller is better; null when not at all. */
function rank(entry: Entry, query: string): number | null {
  if (entry.name === query || entry.number === query) return 0;
  if (entry.tail === query && query.length === 4) return 1;
  if (entry.name.startsWith(query)) return 2;
  if (entry.initials === query) return 3;
  if (entry.initials.startsWith(query) || entry.pinyin.startsWith(query)) return 4;
  if (entry.number.endsWith(query) || entry.tail.endsWith(query)) return 5;
  if (entry.name.includes(query) || entry.members.includes(query)) return 6;
  if (entry.number.includes(query)) return 7;
  return query.length > 1 && (entry.pinyin.includes(query) || entry.initials.includes(query)) ? 8 : null;
}

/** Matching households, best first; ties keep the order given. An empty query finds nothing. */
export function search(entries: readonly Entry[], text: string): Household[] {
  const query = normal(text);
  if (query === '') return [];
  const hits: Household[][] = Array.from({ length: RANKS }, () => []);
  for (const entry of entries) {
    const fit = entry.whole.includes(query) ? rank(entry, query) : null;
    if (fit !== null) hits[fit]?.push(entry.household);
  }
  return hits.flat();
}
