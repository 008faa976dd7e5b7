/** What to do next: households grouped by urgency. Pure. */
import type { Household } from '../../core/api/types';
import { dayOf, daysBetween } from '../../core/clock';
import { answeredReturns, refused, signedFor } from '../../core/outbox/returns';

export type GroupId = 'returned' | 'overdue' | 'due' | 'later' | 'done';
export const GROUPS: readonly GroupId[] = ['returned', 'overdue', 'due', 'later', 'done'];

/** Households due within so many days are shown as due now. */
const SOON_DAYS = 7;

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
}

export interface Sorted {
  groups: Record<GroupId, Household[]>;
  /** Visited this month, also when the record still waits on this phone. */
  done: number;
  /** Of these, how many the server has signed for. */
  delivered: number;
  total: number;
}

/** The saved visit of each household in the month of `today` that counts: the newest not replaced or refused. */
export function savedThisMonth(context: Context): Map<string, SavedVisit> {
  const month = context.today.slice(0, 7);
  const map = new Map<string, SavedVisit>();
  for (const visit of context.saved) {
    const counts = visit.correctedBy === null && !refused(visit.state);
    if (!counts || dayOf(visit.savedAt).slice(0, 7) !== month) continue;
    const other = map.get(visit.householdId);
    if (!other || other.savedAt < visit.savedAt) map.set(visit.householdId, visit);
  }
  return map;
}

function visitedInMonth(household: Household, month: string): boolean {
  const visit = household.last_visit;
  if (!visit || visit.state === 'returned') return false;
  return dayOf(Date.parse(visit.visited_at)).slice(0, 7) === month;
}

/** A return stands until a saved visit replaces the returned one; any other visit leaves it open. */
function isReturned({ returned }: Household, answered: ReadonlySet<string>): boolean {
  return returned !== null && !answered.has(returned.visit_id);
}

/** The group a household belongs to; `saved` counts this month, `answered` are the visits replaced by saved ones. */
export function groupOf(
  household: Household,
  saved: SavedVisit | undefined,
  answered: ReadonlySet<string>,
  today: string,
): GroupId {
  if (isReturned(household, answered)) return 'returned';
  if (saved || visitedInMonth(household, today.slice(0, 7))) return 'done';
  if (household.due_on === null) return 'later';
  const days = daysBetween(today, household.due_on);
  if (days < 0) return 'overdue';
  return days <= SOON_DAYS ? 'due' : 'later';
}

const RISK: Record<Household['category'], number> = {
  sudden: 0,
  unstable: 1,
  marginal: 2,
  lifted: 3,
  ordinary: 4,
};

/** Earlier due first, then the more fragile household, then by number. */
function byUrgency(a: Household, b: Household): number {
  return (
    (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999') ||
    RISK[a.category] - RISK[b.category] ||
    a.number.localeCompare(b.number)
  );
}

/** All households in their groups, each group in the order of work. */
export function sortWork(households: readonly Household[], context: Context): Sorted {
  const groups: Record<GroupId, Household[]> = { returned: [], overdue: [], due: [], later: [], done: [] };
  const saved = savedThisMonth(context);
  const answered = answeredReturns(context.saved);
  let delivered = 0;
  for (const household of households) {
    const visit = saved.get(household.id);
    const group = groupOf(household, visit, answered, context.today);
    groups[group].push(household);
    const signed = visit ? signedFor(visit.state) : true;
    if (group === 'done' && signed) delivered += 1;
  }
  for (const group of GROUPS) groups[group].sort(byUrgency);
  return { groups, done: groups.done.length, delivered, total: households.length };
}
