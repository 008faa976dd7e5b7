/** Accounts as plain data: filters in the address, places of a role, and the words of a state. */
import type { Account, AccountFilter, AccountState, GridRow } from '../../core/api/accountTypes';
import type { Region, Role } from '../../core/api/types';

export const STATES: readonly AccountState[] = ['active', 'waiting', 'disabled'];
export const ROLES: readonly Role[] = [
  'grid_member',
  'first_secretary',
  'township',
  'county',
  'department',
  'admin',
  'auditor',
];
/** What gives power over a whole county takes two persons. */
export const GRAVE: readonly Role[] = ['county', 'admin', 'auditor'];
export const LEVELS = ['county', 'township', 'village', 'grid'] as const;
export type Level = (typeof LEVELS)[number];

const LEVEL_OF: Partial<Record<Role, Level>> = {
  grid_member: 'grid',
  first_secretary: 'village',
  township: 'township',
  county: 'county',
  department: 'county',
  auditor: 'county',
};
const DIGITS: Record<Level, number> = { county: 6, township: 9, village: 12, grid: 14 };

/** The level of the place that an account of a role belongs to; none for an administrator. */
export const levelOf = (role: Role): Level | null => LEVEL_OF[role] ?? null;
export const digitsOf = (level: Level): number => DIGITS[level];

export interface ListQuery {
  readonly role: Role | '';
  readonly state: AccountState | '';
}

export const NO_FILTER: ListQuery = { role: '', state: '' };

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readQuery(query: Readonly<Record<string, string>>): ListQuery {
  const { role = '', state = '' } = query;
  return {
    role: (ROLES as readonly string[]).includes(role) ? (role as Role) : '',
    state: (STATES as readonly string[]).includes(state) ? (state as AccountState) : '',
  };
}

/** The address of filters. What somebody searches for stays out of it: it is a name. */
export function listHref(query: ListQuery): string {
  const parts = (['role', 'state'] as const)
    .filter((name) => query[name] !== '')
    .map((name) => `${name}=${query[name]}`);
  return parts.length > 0 ? `#/accounts?${parts.join('&')}` : '#/accounts';
}

/** Filters and search as the server takes them. */
export function toFilter(query: ListQuery, search: string): AccountFilter {
  const q = search.trim();
  return {
    ...(query.role === '' ? {} : { role: query.role }),
    ...(query.state === '' ? {} : { state: query.state }),
    ...(q === '' ? {} : { q }),
  };
}

/** Where an account stands: switched off, waiting for its first sign-in, or in use. */
export function standingOf(account: Account): AccountState {
  if (!account.active) return 'disabled';
  return account.one_time_until === null ? 'active' : 'waiting';
}

/** The places of one level that lie in another, by code. */
export function childrenOf(regions: readonly Region[], parent: string, level: Level): Region[] {
  return regions.filter((one) => one.level === level && one.code.startsWith(parent));
}

/** Codes from the county down to the place itself. */
export function stepsOf(code: string): string[] {
  return LEVELS.map((level) => DIGITS[level])
    .filter((digits) => digits <= code.length)
    .map((digits) => code.slice(0, digits));
}

/** The level that everybody of this scope starts choosing below; whoever has one place has it chosen. */
export function onlyOne(found: readonly Region[]): string {
  return found.length === 1 ? (found[0]?.code ?? '') : '';
}

/** The place that the fields show as chosen: with a single place at a level it counts as chosen. */
export function resolved(regions: readonly Region[], level: Level, value: string): string {
  let parent = '';
  for (const step of LEVELS.slice(0, LEVELS.indexOf(level) + 1)) {
    const found = childrenOf(regions, parent, step);
    const chosen = stepsOf(value).find((code) => code.length === digitsOf(step)) ?? onlyOne(found);
    if (chosen === '') return '';
    parent = chosen;
  }
  return parent;
}

/** Grids without anybody first: that is what somebody has to do something about. */
export function gridsInOrder(rows: readonly GridRow[]): GridRow[] {
  const idle = (row: GridRow) => Number(row.members.length > 0);
  return [...rows].sort((a, b) => idle(a) - idle(b) || a.code.localeCompare(b.code));
}

/** What a user name may be; the server has the last word. */
export const USERNAME = /^[a-z0-9][a-z0-9._-]{1,39}$/;

/** A user name as people type it: full-width signs and capitals are meant as plain ones. */
export const tidyUsername = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
