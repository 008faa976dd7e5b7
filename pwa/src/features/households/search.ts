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

/** Most names and all initials and numbers are so: they need no look at their letters. */
const PLAIN = /^[a-z0-9\u4e00-\u9fff]*$/;

/** Lower case, half width, no spaces or accents: `Ｑín Ｘiu` and `qinxiu` are the same; `ü` is typed as v. */
export function normal(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/u\u0308/g, 'v')
    .replace(ACCENTS, '')
    .replace(LEFT_OUT, '');
}

function entryOf(household: Household): Entry {
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
}

const entries = new WeakMap<Household, Entry>();

/** Gives what a key stroke compares a household with; made once. */
function entryFor(household: Household): Entry {
  const known = entries.get(household) ?? entryOf(household);
  entries.set(household, known);
  return known;
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

interface Hits {
  /** Everything a longer query could still find. */
  candidates: readonly Entry[];
  /** What this one finds, best first. */
  found: readonly Household[];
}

/** Queries whose hits are kept; the oldest goes first. */
const MOST_KEPT = 100;
const DIGITS = '0123456789';

/** The search of one list. What fitted the beginning of a query is all that is looked at for the whole. */
export class Search {
  private readonly kept = new Map<string, Hits>();

  constructor(private readonly households: readonly Household[]) {}

  /** Matching households, best first; ties keep the order of the list. An empty query finds nothing. */
  find(text: string): readonly Household[] {
    const query = normal(text);
    return query === '' ? [] : this.hits(query).found;
  }

  /** Work that can be done before anybody types, in pieces of some milliseconds. */
  *preparations(): Generator<void> {
    for (let at = 0; at < this.households.length; at += 200) {
      this.households.slice(at, at + 200).forEach(entryFor);
      yield;
    }
    const letters = this.households.map((household) => entryFor(household).initials.charAt(0));
    for (const first of new Set([...letters, ...DIGITS])) {
      this.find(first);
      yield;
    }
  }

  private hits(query: string): Hits {
    const known = this.kept.get(query);
    if (known) return known;
    const made = this.look(query);
    this.kept.set(query, made);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value ?? '');
    return made;
  }

  private look(query: string): Hits {
    const candidates = this.narrowed(query).filter((entry) => entry.whole.includes(query));
    const ranked: Household[][] = Array.from({ length: RANKS }, () => []);
    for (const entry of candidates) ranked[rank(entry, query) ?? RANKS]?.push(entry.household);
    return { candidates, found: ranked.flat() };
  }

  /** What fitted the longest beginning that was looked for; at first the whole list. */
  private narrowed(query: string): readonly Entry[] {
    for (let end = query.length - 1; end > 0; end -= 1) {
      const before = this.kept.get(query.slice(0, end));
      if (before) return before.candidates;
    }
    return this.households.map(entryFor);
  }
}
