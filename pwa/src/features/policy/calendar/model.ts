/** The days of a year for drawing, by the weekday and by what was said about them. */
import type { CalendarDay, CalendarYear } from '../../../core/api/policyTypes';

export interface Cell {
  readonly date: string;
  /** Day of the month. */
  readonly number: number;
  readonly working: boolean;
  /** What was said about the day; null when its weekday decides. */
  readonly said: CalendarDay | null;
}

export interface Month {
  readonly month: number;
  /** Empty places before the first day; weeks begin on Monday. */
  readonly blank: number;
  readonly days: readonly Cell[];
}

const DAY_MS = 86_400_000;

/** 0 is Monday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

export function monthsOf(year: CalendarYear): Month[] {
  const said = new Map(year.days.map((day) => [day.date, day]));
  return Array.from({ length: 12 }, (_, index) => {
    const first = Date.UTC(year.year, index, 1);
    const length = Math.round((Date.UTC(year.year, index + 1, 1) - first) / DAY_MS);
    const days = Array.from({ length }, (_day, offset) => {
      const date = new Date(first + offset * DAY_MS).toISOString().slice(0, 10);
      const entry = said.get(date) ?? null;
      return { date, number: offset + 1, working: entry?.working ?? weekdayOf(date) < 5, said: entry };
    });
    return { month: index + 1, blank: weekdayOf(days[0]?.date ?? ''), days };
  });
}

/** Days off in a row under one name, make-up days and single entries: the list that people read. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly days: readonly CalendarDay[];
}

const nextDay = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

function continues(before: CalendarDay, day: CalendarDay): boolean {
  return (
    nextDay(before.date) === day.date &&
    before.working === day.working &&
    before.origin === day.origin &&
    before.name?.zh === day.name?.zh &&
    before.changed_by === null &&
    day.changed_by === null
  );
}

/** Neighbouring days of one kind as one line; a county's own entries stay single, they are changed one by one. */
export function stretchesOf(days: readonly CalendarDay[]): Stretch[] {
  const groups: CalendarDay[][] = [];
  for (const day of [...days].sort((a, b) => a.date.localeCompare(b.date))) {
    const last = groups.at(-1)?.at(-1);
    if (last && continues(last, day)) groups.at(-1)?.push(day);
    else groups.push([day]);
  }
  return groups.map((group) => ({
    from: group[0]?.date ?? '',
    to: group.at(-1)?.date ?? '',
    days: group,
  }));
}

export const isCountys = (day: CalendarDay | null): boolean => day?.origin === 'county';
