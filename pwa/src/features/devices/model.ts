/** Phones as plain data: filters in the address, what is wrong with each, and words for what it said. */
import type { DeviceFilter, DevicePage, DeviceRow, DeviceState } from '../../core/api/deviceTypes';
import type { Role } from '../../core/api/types';
import type { Order } from '../../core/sync/wire';

export const STATES: readonly DeviceState[] = ['unsent', 'silent', 'clock', 'old', 'ordered'];
const HOUR_MS = 3_600_000;
export const CLOCK_WRONG_MS = 600_000;

export interface DeviceQuery {
  /** Code of a township; '' is the whole area. */
  readonly township: string;
  readonly state: DeviceState | '';
}

export const NO_FILTER: DeviceQuery = { township: '', state: '' };

/** Filters out of an address; whatever is not understood restricts nothing. */
export function readQuery(query: Readonly<Record<string, string>>): DeviceQuery {
  const { township = '', state = '' } = query;
  return {
    township: /^\d{9}$/.test(township) ? township : '',
    state: (STATES as readonly string[]).includes(state) ? (state as DeviceState) : '',
  };
}

/** The address of filters. What somebody searches for stays out of it: it is a name. */
export function listHref(query: DeviceQuery): string {
  const parts = (['township', 'state'] as const)
    .filter((name) => query[name] !== '')
    .map((name) => `${name}=${query[name]}`);
  return parts.length > 0 ? `#/devices?${parts.join('&')}` : '#/devices';
}

/** Filters and search as the server takes them. */
export function toFilter(query: DeviceQuery, search: string): DeviceFilter {
  const q = search.trim();
  return {
    ...(query.township === '' ? {} : { township: query.township }),
    ...(query.state === '' ? {} : { state: query.state }),
    ...(q === '' ? {} : { q }),
  };
}

/** How long something lasts, in the unit a person would use: minutes, then hours up to two days, then days. */
export interface Span {
  readonly unit: 'minutes' | 'hours' | 'days';
  readonly n: number;
}

export function span(ms: number): Span {
  const hours = Math.floor(Math.max(0, ms) / HOUR_MS);
  if (hours < 1) return { unit: 'minutes', n: Math.floor(Math.max(0, ms) / 60_000) };
  if (hours < 48) return { unit: 'hours', n: hours };
  return { unit: 'days', n: Math.floor(hours / 24) };
}

export const ageAt = (at: string, since: string): number => Date.parse(at) - Date.parse(since);

/** Whoever collects visits has them on the phone; a desk works on the server and has nothing to say. */
export const collects = (row: DeviceRow): boolean => row.role === 'grid_member';

/** Work on the device that the server lacks; null when it never said. */
export interface Unsent {
  readonly records: number;
  readonly photos: number;
  readonly refused: number;
}

export function unsentOf(row: DeviceRow): Unsent | null {
  if (row.outbox_count === null) return null;
  return { records: row.outbox_count, photos: row.photos_unsent ?? 0, refused: row.dead_count ?? 0 };
}

export const holdsWork = (unsent: Unsent): boolean => unsent.records + unsent.photos + unsent.refused > 0;

/** How much the age of the oldest unsent record matters: 24 hours, 72 hours. */
export function urgency(row: DeviceRow, at: string): 'none' | 'day' | 'long' {
  if (row.oldest_unsent_at === null || row.wiped_at !== null) return 'none';
  const age = ageAt(at, row.oldest_unsent_at);
  return age >= 72 * HOUR_MS ? 'long' : age >= 24 * HOUR_MS ? 'day' : 'none';
}

/** A desk that is silent is no trouble. */
export function isSilent(row: DeviceRow, at: string): boolean {
  const silent = ageAt(at, row.last_contact_at) >= 72 * HOUR_MS;
  return silent && collects(row) && row.wiped_at === null;
}

/** Whether the device's clock is fast or slow, and by how much; null when it never said, 'right' within ten minutes. */
export function clockOf(row: DeviceRow): 'right' | { fast: boolean; by: Span } | null {
  const offset = row.clock_offset_ms;
  if (offset === null) return null;
  return Math.abs(offset) <= CLOCK_WRONG_MS ? 'right' : { fast: offset < 0, by: span(Math.abs(offset)) };
}

const SYSTEMS: readonly [RegExp, string][] = [
  [/HarmonyOS/, 'HarmonyOS'],
  [/Android (\d+)/, 'Android'],
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Redmi 7A", else "Android 9", out of what a browser calls itself; empty when it says nothing we know. */
export function modelName(name: string): string {
  const found = SYSTEMS.find(([pattern]) => pattern.test(name));
  if (!found) return /Mozilla/.test(name) ? '' : name;
  const [pattern, word] = found;
  const version = pattern.exec(name)?.[1];
  const system = version ? `${word} ${version}` : word;
  const model = /Android \d+[\d.]*; ([^;)]+?)(?: Build\/[^;)]*)?[;)]/.exec(name)?.[1];
  // Newer browsers say "K" in place of every model.
  return model && model !== 'K' ? model : system;
}

/** What has become of an order. */
export type OrderStage = 'none' | 'draining' | 'killing' | 'wiped';

export function stageOf(row: DeviceRow): OrderStage {
  if (row.wiped_at !== null) return 'wiped';
  return row.order === 'drain' ? 'draining' : row.order === 'kill' ? 'killing' : 'none';
}

/** The orders that would change something, the mildest first. A desk has nothing to hand over. */
export function choicesFor(row: DeviceRow): Order[] {
  if (row.wiped_at !== null) return row.order === 'active' ? [] : ['active'];
  const all: Order[] = collects(row) ? ['active', 'drain', 'kill'] : ['active', 'kill'];
  return all.filter((order) => order !== row.order);
}

/** A township orders the phones of its grid members; everything else is the county's. */
export const mayOrder = (row: DeviceRow, role: Role | undefined): boolean =>
  choicesFor(row).length > 0 && (role === 'county' || (role === 'township' && row.role === 'grid_member'));

/** The page with one row replaced; its numbers follow. */
export function withRow(page: DevicePage, row: DeviceRow): DevicePage {
  const before = page.items.find((one) => one.id === row.id);
  const ordered = Number(row.order !== 'active') - Number(before !== undefined && before.order !== 'active');
  return {
    ...page,
    items: page.items.map((one) => (one.id === row.id ? row : one)),
    counts: { ...page.counts, ordered: page.counts.ordered + ordered },
  };
}
