/** The county's cases as plain data: filters in the address, what is chosen, what a decision needs. */
import type { CaseQuery, Cause, CountyChoice, Recheck, SavedFilter, Staff } from '../../core/api/deskTypes';
import type { Region, Severity } from '../../core/api/types';
import { dayOf, daysBetween, today } from '../../core/clock';
import { CAUSES, SEVERITIES } from '../../record';
import { isMonth } from './months';

export type CaseState = NonNullable<CaseQuery['state']>;
export const STATES: readonly CaseState[] = ['handed_up', 'monitor', 'no_risk'];

/** What the list is narrowed to; '' narrows nothing. */
export interface CaseFilter {
  readonly state: CaseState;
  /** Code of a township (9) or a village (12). */
  readonly region: string;
  readonly severity: Severity | '';
  readonly cause: Cause | '';
  readonly assigned: 'me' | 'nobody' | '';
  readonly department: string;
  /** Handed up in this month, YYYY-MM. */
  readonly month: string;
  /** Handed up on this day at the latest, YYYY-MM-DD. */
  readonly until: string;
}

export const NO_FILTER: CaseFilter = {
  state: 'handed_up',
  region: '',
  severity: '',
  cause: '',
  assigned: '',
  department: '',
  month: '',
  until: '',
};
const NAMES = ['state', 'region', 'severity', 'cause', 'assigned', 'department', 'month', 'until'] as const;
const DEPARTMENT_MAX = 40;

const oneOf = <T extends string>(all: readonly T[], text: string | undefined): T | '' =>
  all.find((one) => one === text) ?? '';

function isDay(text: string): boolean {
  return /^20\d\d-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Filters out of an address; whatever is not understood narrows nothing. */
export function readFilter(query: Readonly<Record<string, string>>): CaseFilter {
  const { region = '', department = '', month = '', until = '' } = query;
  return {
    state: oneOf(STATES, query['state']) || 'handed_up',
    region: /^(\d{9}|\d{12})$/.test(region) ? region : '',
    severity: oneOf(SEVERITIES, query['severity']),
    cause: oneOf(CAUSES, query['cause']),
    assigned: oneOf(['me', 'nobody'] as const, query['assigned']),
    department: department.length <= DEPARTMENT_MAX ? department : '',
    month: isMonth(month) ? month : '',
    until: isDay(until) ? until : '',
  };
}

/** What narrows, always in the same order, as names and values. */
function narrowing(filter: CaseFilter): [(typeof NAMES)[number], string][] {
  return NAMES.filter((name) => filter[name] !== NO_FILTER[name]).map((name) => [name, filter[name]]);
}

/** The address part of a filter; '' when nothing is narrowed. Carries codes and offices, never names of people. */
export function writeFilter(filter: CaseFilter): string {
  const parts = narrowing(filter).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

export const listHref = (filter: CaseFilter): string => `#/cases${writeFilter(filter)}`;
export const caseHref = (visitId: string, filter: CaseFilter): string =>
  `#/cases/v/${visitId}${writeFilter(filter)}`;
export const meetingHref = (filter: CaseFilter): string => `#/cases/meeting${writeFilter(filter)}`;
export const storyHref = (householdId: string): string => `#/cases/h/${householdId}`;

/** Filters as the server takes them. */
export const toQuery = (filter: CaseFilter): CaseQuery => ({
  state: filter.state,
  ...Object.fromEntries(narrowing(filter)),
});

/** How many conditions are on besides the list that is open. */
export function conditions(filter: CaseFilter): number {
  return narrowing(filter).filter(([name]) => name !== 'state').length;
}

export const hasFilter = (filter: CaseFilter): boolean => conditions(filter) > 0;

/** Days since a case was handed up, by days in Asia/Shanghai. */
export function waitingDays(row: Pick<Recheck, 'handed_up_at'>): number {
  return row.handed_up_at === null ? 0 : daysBetween(dayOf(Date.parse(row.handed_up_at)), today());
}

/** Who works on a case: a person or a department; null while it is nobody's. */
export const workerOf = (row: Pick<Recheck, 'assignee_name' | 'department'>): string | null =>
  row.assignee_name ?? row.department;

/** 张**: how a name stands on paper that others read. Every further sign is a star, at least one. */
export function maskedName(name: string): string {
  const [first = '', ...rest] = [...name.trim()];
  return first + '*'.repeat(Math.min(2, Math.max(1, rest.length)));
}

/* places */

const byCode = (a: Region, b: Region) => a.code.localeCompare(b.code);
export const TOWNSHIP_DIGITS = 9;
const VILLAGE_DIGITS = 12;

export const townships = (regions: readonly Region[]): Region[] =>
  regions.filter((one) => one.code.length === TOWNSHIP_DIGITS).sort(byCode);

/** Villages of the township a code lies in; none for the whole county. */
export function villages(regions: readonly Region[], code: string): Region[] {
  const township = code.slice(0, TOWNSHIP_DIGITS);
  if (township.length < TOWNSHIP_DIGITS) return [];
  return regions
    .filter((one) => one.code.length === VILLAGE_DIGITS && one.code.startsWith(township))
    .sort(byCode);
}

/* who works on it */

/** Me, nobody and the departments are one choice on the screen, two on the wire. */
export const workerValue = (filter: CaseFilter): string =>
  filter.department !== '' ? `d:${filter.department}` : filter.assigned;

export function withWorker(filter: CaseFilter, value: string): CaseFilter {
  if (value.startsWith('d:')) return { ...filter, assigned: '', department: value.slice(2) };
  return { ...filter, assigned: oneOf(['me', 'nobody'] as const, value), department: '' };
}

/** To whom cases are given. */
export type Assignee = { kind: 'person'; id: string } | { kind: 'department'; name: string };

export const assigneeKey = (one: Assignee): string =>
  one.kind === 'person' ? `p:${one.id}` : `d:${one.name}`;

export function assigneeOf(key: string): Assignee | null {
  if (key.startsWith('p:')) return { kind: 'person', id: key.slice(2) };
  return key.startsWith('d:') ? { kind: 'department', name: key.slice(2) } : null;
}

/** The person's or department's name as it is shown. */
export function assigneeName(one: Assignee, staff: Staff | null): string {
  if (one.kind === 'department') return one.name;
  return staff?.people.find((person) => person.id === one.id)?.name ?? '';
}

/* selection */

/** The server takes so many at once. */
export const MOST_AT_ONCE = 100;

export function toggle(chosen: readonly string[], id: string): readonly string[] {
  return chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(0, MOST_AT_ONCE);
}

/** The case after this one in the list; else the one before it; null when it was the only one. */
export function nextCase(items: readonly Recheck[], visitId: string): string | null {
  const index = items.findIndex((row) => row.visit_id === visitId);
  return (items[index + 1] ?? items[index - 1])?.visit_id ?? null;
}

/** The neighbour of a case in the list; null at the ends and for one that is not in it. */
export function neighbour(items: readonly Recheck[], visitId: string, by: 1 | -1): string | null {
  const index = items.findIndex((row) => row.visit_id === visitId);
  return index < 0 ? null : (items[index + by]?.visit_id ?? null);
}

/* saved filters */

/** Lists that filters can be saved for. */
export type FilteredList = 'cases' | 'visits';

/** Days and months are not saved: next month they would hide everything. */
const PASSING: readonly string[] = ['month', 'until'];

/** A list's filter as it is saved. */
export function toSaved(list: FilteredList, query: Readonly<Record<string, string>>): SavedFilter['query'] {
  const kept = Object.entries(query).filter(([name, value]) => value !== '' && !PASSING.includes(name));
  return { list, ...Object.fromEntries(kept) };
}

/** Filters of one list, in the order they were made. */
export const savedFor = (all: readonly SavedFilter[], list: FilteredList): SavedFilter[] =>
  all.filter((one) => one.query['list'] === list);

/** Whether a saved filter is the one on screen. */
export function isSaved(saved: SavedFilter, list: FilteredList, query: Readonly<Record<string, string>>) {
  const now = toSaved(list, query);
  const names = Object.keys({ ...now, ...saved.query });
  return names.every((name) => now[name] === saved.query[name]);
}

/** The part of a filter that is saved, as names and values. */
export const partsOf = (filter: CaseFilter): Record<string, string> => Object.fromEntries(narrowing(filter));

/* decisions */

export const CHOICES: readonly CountyChoice[] = ['monitor', 'no_risk', 'back'];
export const OPINION_MIN = 2;
export const OPINION_MAX = 1000;

/** What stands in the way of sending; null when nothing does. */
export function missingIn(choice: CountyChoice | null, opinion: string): 'choice' | 'opinion' | null {
  if (choice === null) return 'choice';
  return opinion.trim().length < OPINION_MIN ? 'opinion' : null;
}
