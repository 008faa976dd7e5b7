/** The story of a household as plain data: kinds to look at, days, and the part that is drawn. */
import type { StoryEntry, StoryKind } from '../../core/api/deskTypes';
import { dayOf } from '../../core/clock';

export type Facet = 'all' | 'visits' | 'lights' | 'decisions' | 'reads';
const FACETS: Readonly<Record<Exclude<Facet, 'all'>, readonly StoryKind[]>> = {
  visits: ['visit'],
  lights: ['light_opened', 'light_closed'],
  decisions: ['review', 'recheck', 'assignment', 'decision'],
  reads: ['read'],
};

export const belongs = (entry: StoryEntry, facet: Facet): boolean =>
  facet === 'all' || FACETS[facet].includes(entry.kind);

/** The facets that have anything, each with how much; all of them first. */
export function facetsOf(entries: readonly StoryEntry[]): { id: Facet; n: number }[] {
  const found = (['all', 'visits', 'lights', 'decisions', 'reads'] as const).map((id) => ({
    id,
    n: entries.filter((entry) => belongs(entry, id)).length,
  }));
  return found.filter((one) => one.id === 'all' || one.n > 0);
}

export interface Day {
  day: string;
  entries: StoryEntry[];
}

/** Entries by day in Asia/Shanghai, in the order they came. */
export function byDay(entries: readonly StoryEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const day = dayOf(Date.parse(entry.at));
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

/** How many entries are drawn at first, and with each tap on "earlier". */
export const DRAWN = 40;

/** Labels of lights by rule, as the story itself names them. */
export function lightLabels(entries: readonly StoryEntry[]): Map<string, NonNullable<StoryEntry['label']>> {
  const labels = new Map<string, NonNullable<StoryEntry['label']>>();
  for (const { rule, label } of entries) if (rule !== null && label !== null) labels.set(rule, label);
  return labels;
}
