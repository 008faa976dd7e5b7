/** Shapes of the page about phones, by the names the app uses. Instants are ISO-8601 UTC. */
import type { Order } from '../sync/wire';
import type { Get, Post } from './paths';
import type { Role } from './types';

/** A phone or browser of one person. What it never said of itself is null. */
export interface DeviceRow {
  id: string;
  user_id: string;
  display_name: string;
  username: string;
  role: Role;
  region_code: string;
  village: string | null;
  township: string | null;
  /** As the browser names itself. */
  name: string;
  app_version: string;
  order: Order;
  last_contact_at: string;
  outbox_count: number | null;
  photos_unsent: number | null;
  oldest_unsent_at: string | null;
  /** Refused records that nobody corrected yet. */
  dead_count: number | null;
  storage_persisted: boolean | null;
  /** The server's time minus the device's. */
  clock_offset_ms: number | null;
  /** When the device last checked itself; codes of what was doubtful and of what was wrong then. */
  check_at: string | null;
  check_warn: string[];
  check_bad: string[];
  ordered_by: string | null;
  ordered_at: string | null;
  order_reason: string | null;
  wiped_at: string | null;
}

export type DeviceState = 'silent' | 'unsent' | 'clock' | 'old' | 'ordered';

export interface DevicePage {
  items: DeviceRow[];
  next: string | null;
  counts: Record<DeviceState | 'all', number>;
  /** The moment that ages are counted from. */
  at: string;
  /** Of the server, which serves the app. */
  app_version: string;
}

export interface DeviceFilter {
  township?: string;
  state?: DeviceState;
  q?: string;
  cursor?: string;
  limit?: number;
}

export interface DevicePaths {
  '/devices': Get<DevicePage, undefined, DeviceFilter>;
  '/devices/{device_id}/orders': Post<DeviceRow, { order: Order; reason: string }, { device_id: string }>;
}
