/** What to do next: households grouped by urgency. Pure. */
import type { Household } from '../../core/api/types';
import { dayOf, daysBetween } from '../../core/clock';
import { metresBetween, type Point } from '../../core/distance';
import { type Cadence, dueOn } from '../../core/due';
import { answeredReturns, refused, signedFor } from '../../core/outbox/returns';

export type GroupId = 'returned' | 'overdue' | 'due' | 'near' | 'later' | 'done';
export const GROUPS: readonly GroupId[] = ['returned', 'overdue', 'due', 'near', 'later', 'done'];

/** Households due within so many days are shown as due now. */
const SOON_DAYS = 7;
/** Walking distance: within it a household that is not urgent yet is worth the door, the nearest ones only. */
const NEAR_M = 500;
const MOST_NEAR = 5;

/** A visit saved on this phone, as far as the list needs it. */
export interface SavedVisit {
  visitId: string;
  householdId: string;
  savedAt: number;
  state: string;
  correctedBy: string | null;
  /** The visit it replaces, for example a returned one. */
  revises: string | null;
}

export interface Context {
  /** YYYY-MM-DD in Asia/Shanghai. */
  today: string;
  saved: readonly SavedVisit[];
  /** How often the county visits; null where no server said so: then the day that came with the row counts. */
  cadence: Cadence | null;
  /** Where the phone is, if that is known. */
  here: Point | null;
}

/** What a context comes to, made once for a list. */
export interface View extends Context {
  /** The saved visit of each household that counts: the newest not replaced or refused. */
  newest: ReadonlyMap<string, SavedVisit>;
  /** Visits that saved ones replace. */
  answered: ReadonlySet<string>;
}

export interface Sorted {
  groups: Record<GroupId, Household[]>;
  /** Visited today, also when the record still waits on this phone. */
  today: number;
  /** What was or is to be done today: that, and what was returned, is overdue or due. */
  forToday: number;
  /** Visited this month. */
  done: number;
  /** Of these, how many the server has signed for. */
  delivered: number;
  total: number;
}

export function viewOf(context: Context): View {
  const newest = new Map<string, SavedVisit>();
  for (const visit of context.saved) {
    if (visit.correctedBy !== null || refused(visit.state)) continue;
    const other = newest.get(visit.householdId);
    if (!other || other.savedAt < visit.savedAt) newest.set(visit.householdId, visit);
  }
  return { ...context, newest, answered: answeredReturns(context.saved) };
}

/** Day of the visit saved on this phone, null without one. */
function savedDay(household: Household, view: View): string | null {
  const saved = view.newest.get(household.id);
  return saved ? dayOf(saved.savedAt) : null;
}

/** The saved visit of a household in the month of `today`. */
export function savedThisMonth(household: Household, view: View): SavedVisit | undefined {
  const month = view.today.slice(0, 7);
  return savedDay(household, view)?.startsWith(month) ? view.newest.get(household.id) : undefined;
}

/** Day of the newest visit that the server has and nobody gave back. */
function visitedDay({ last_visit }: Household): string | null {
  return last_visit && last_visit.state !== 'returned' ? dayOf(Date.parse(last_visit.visited_at)) : null;
}

/** The last day by which the next visit is due; a visit that still waits on this phone counts. */
export function dueDay(household: Household, view: View): string | null {
  const { last_visited_on: known, due_on } = household;
  if (view.cadence === null || known === undefined) return due_on;
  const here = savedDay(household, view);
  const last = here !== null && (known === null || known < here) ? here : known;
  return dueOn(household.category, last, view.today, view.cadence);
}

/** A return stands until a saved visit replaces the returned one; any other visit leaves it open. */
function isReturned({ returned }: Household, { answered }: View): boolean {
  return returned !== null && !answered.has(returned.visit_id);
}

/** Whether a household was visited on a day, or in a month, that begins so. */
function visitedIn(household: Household, view: View, start: string): boolean {
  return [savedDay(household, view), visitedDay(household)].some((day) => day?.startsWith(start));
}

/** The group a household belongs to, before the near ones are picked out of the later ones. */
export function groupOf(household: Household, view: View): Exclude<GroupId, 'near'> {
  if (isReturned(household, view)) return 'returned';
  if (visitedIn(household, view, view.today.slice(0, 7))) return 'done';
  const due = dueDay(household, view);
  if (due === null) return 'later';
  const days = daysBetween(view.today, due);
  if (days < 0) return 'overdue';
  return days <= SOON_DAYS ? 'due' : 'later';
}

/** Metres from here to the house, null where one of the two is not known. */
export function metresTo(household: Household, { here }: View): number | null {
  return here && household.home ? Math.round(metresBetween(here, household.home)) : null;
}

const RISK: Record<Household['category'], number> = {
  sudden: 0,
  unstable: 1,
  marginal: 2,
  lifted: 3,
  ordinary: 4,
};

interface Ranked {
  household: Household;
  due: string;
  metres: number;
}

function rank(household: Household, view: View): Ranked {
  const metres = metresTo(household, view) ?? Number.POSITIVE_INFINITY;
  return { household, due: dueDay(household, view) ?? '9999', metres };
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Earlier due first, then the more fragile household, then the nearer one, then by number. */
function byUrgency(a: Ranked, b: Ranked): number {
  return (
    compare(a.due, b.due) ||
    RISK[a.household.category] - RISK[b.household.category] ||
    (a.metres === b.metres ? 0 : a.metres - b.metres) ||
    compare(a.household.number, b.household.number)
  );
}

/** The nearest of those that are not urgent; the others keep their order. */
function pickNear(later: readonly Ranked[]): Ranked[] {
  return later
    .filter(({ metres }) => metres <= NEAR_M)
    .sort((a, b) => a.metres - b.metres)
    .slice(0, MOST_NEAR);
}

/** All households in their groups, each group in the order of work. */
export function sortWork(households: readonly Household[], context: Context): Sorted {
  const view = viewOf(context);
  const ranked: Record<GroupId, Ranked[]> = {
    returned: [],
    overdue: [],
    due: [],
    near: [],
    later: [],
    done: [],
  };
  let [today, delivered] = [0, 0];
  for (const household of households) {
    const group = groupOf(household, view);
    ranked[group].push(rank(household, view));
    if (group !== 'done') continue;
    const saved = savedThisMonth(household, view);
    if (saved === undefined || signedFor(saved.state)) delivered += 1;
    if (visitedIn(household, view, view.today)) today += 1;
  }
  for (const group of GROUPS) ranked[group].sort(byUrgency);
  ranked.near = pickNear(ranked.later);
  const near = new Set(ranked.near);
  ranked.later = ranked.later.filter((one) => !near.has(one));
  const groups = Object.fromEntries(
    GROUPS.map((id) => [id, ranked[id].map(({ household }) => household)]),
  ) as Record<GroupId, Household[]>;
  const open = groups.returned.length + groups.overdue.length + groups.due.length;
  const done = groups.done.length;
  return { groups, today, forToday: today + open, done, delivered, total: households.length };
}
