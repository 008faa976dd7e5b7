/** The record of actions as plain data: filters in the address, and names of what it is about. */
import type { AuditEntry, AuditFilter } from '../../core/api/auditTypes';
import type { Region } from '../../core/api/types';
import { dayOf, timeOf } from '../../core/clock';

/** Kinds of actions to choose from, and what each means to the server. */
export const GROUPS = {
  reveal: 'member.reveal',
  account: 'account.*',
  visit: 'visit.*',
  household: 'household.*',
  proposal: 'proposal.*',
  light: 'light.*',
  photo: 'photo.*',
  device: 'device.*',
  policy: 'policy.*',
  sync: 'sync.*',
  recheck: 'recheck.*',
  county: 'county.*',
  region: 'region.*',
  webhook: 'webhook.*',
  audit: 'audit.*',
} as const;
export type Group = keyof typeof GROUPS;

export interface AuditQuery {
  readonly group: Group | '';
  /** Days of the county, YYYY-MM-DD, both included. */
  readonly since: string;
  readonly until: string;
  readonly actor: string;
  readonly target: string;
  /** A part of a person's name or user name, or the number of a household. */
  readonly q: string;
}

export const NO_FILTER: AuditQuery = { group: '', since: '', until: '', actor: '', target: '', q: '' };
const NAMES = Object.keys(NO_FILTER) as (keyof AuditQuery)[];
const TEXT = /^.{1,40}$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TARGET = /^[0-9A-Za-z._:-]{1,64}$/;
const COUNTY_TIME = '+08:00';
const DAY_MS = 86_400_000;

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readQuery(query: Readonly<Record<string, string>>): AuditQuery {
  const given = (name: keyof AuditQuery, form: RegExp) => {
    const text = query[name] ?? '';
    return form.test(text) ? text : '';
  };
  const group = query['group'] ?? '';
  return {
    group: group in GROUPS ? (group as Group) : '',
    since: given('since', DAY),
    until: given('until', DAY),
    actor: given('actor', UUID),
    target: given('target', TARGET),
    q: given('q', TEXT),
  };
}

/** The address of filters. */
export function listHref(query: AuditQuery): string {
  const parts = NAMES.filter((name) => query[name] !== '').map(
    (name) => `${name}=${encodeURIComponent(query[name])}`,
  );
  return parts.length > 0 ? `#/audit?${parts.join('&')}` : '#/audit';
}

/** Filters as the server takes them; a household stands for all that belongs to it. */
export function toFilter(query: AuditQuery): AuditFilter {
  const { group, since, until, actor, target, q } = query;
  const object = UUID.test(target) ? { household: target } : { target };
  return {
    ...(group === '' ? {} : { action: GROUPS[group] }),
    ...(since === '' ? {} : { since: `${since}T00:00:00${COUNTY_TIME}` }),
    ...(until === '' ? {} : { until: dayAfter(until) }),
    ...(actor === '' ? {} : { actor }),
    ...(target === '' ? {} : object),
    ...(q.trim() === '' ? {} : { q: q.trim() }),
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00${COUNTY_TIME}`) + DAY_MS).toISOString();
}

/** "2026-11-30 21:06:12": the day and the second are part of what an auditor asks. */
export function exactTime(at: string): string {
  const ms = Date.parse(at);
  const second = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  return `${dayOf(ms)} ${timeOf(ms)}:${second}`;
}

/** The smallest known region of a code, with the one above it. */
export function placeOf(code: string, regions: readonly Region[]): string {
  const known = regions.filter((one) => code.startsWith(one.code) && one.code.length > 6);
  known.sort((a, b) => a.code.length - b.code.length);
  return known.map((one) => one.name).join(' · ');
}

/** The first characters of a hash, in groups of four: enough to compare by eye. */
export function shortHash(hash: string): string {
  return (hash.slice(0, 12).match(/.{4}/g) ?? []).join(' ');
}

/** What an entry says beside its sentence, as (name, values); nothing of it is personal. */
export function detailsOf(entry: AuditEntry): [string, string[]][] {
  return Object.entries(entry.details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(plain)]);
}

/** A field that was changed is told by its name. */
function plain(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'field' in value) return String(value.field);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The name of the file that keeps a head. */
export const headFile = (chain: string, count: number): string => `audit-head-${chain}-${count}.json`;
