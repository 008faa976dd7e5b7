/** Phones for the tests of this folder. */
import type { DevicePage, DeviceRow } from '../../core/api/deviceTypes';

export const AT = '2026-11-23T02:00:00.000Z';

/** An instant so many hours before `AT`. */
export function hoursAgo(hours: number): string {
  return new Date(Date.parse(AT) - hours * 3_600_000).toISOString();
}

export function makeRow(changes: Partial<DeviceRow> = {}): DeviceRow {
  return {
    id: 'd1',
    user_id: 'u1',
    display_name: '韦春燕',
    username: 'grid1',
    role: 'grid_member',
    region_code: '45032110020001',
    village: '竹坡村',
    township: '金宝乡',
    name: 'Mozilla/5.0 (Linux; Android 9; Redmi 7A) AppleWebKit/537.36',
    app_version: '0.1.0',
    order: 'active',
    last_contact_at: hoursAgo(1),
    outbox_count: 0,
    photos_unsent: 0,
    oldest_unsent_at: null,
    dead_count: 0,
    storage_persisted: true,
    check_at: null,
    check_warn: [],
    check_bad: [],
    clock_offset_ms: 800,
    ordered_by: null,
    ordered_at: null,
    order_reason: null,
    wiped_at: null,
    ...changes,
  };
}

export function makePage(items: DeviceRow[], changes: Partial<DevicePage> = {}): DevicePage {
  const ordered = items.filter((row) => row.order !== 'active').length;
  const counts = { all: items.length, silent: 0, unsent: 0, clock: 0, old: 0, ordered };
  return { items, next: null, counts, at: AT, app_version: '0.1.0', ...changes };
}
