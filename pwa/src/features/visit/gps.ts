/** Where the phone is, warmed up while the form is filled in. It never holds anything up. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Fix } from '../../core/api/types';
import { metresBetween, type Point } from '../../core/distance';

export type GpsState =
  | { readonly kind: 'waiting'; readonly since: number }
  | { readonly kind: 'fixed'; readonly since: number; readonly accuracy: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'absent' };

/** After this long without a good fix the form asks, instead of waiting on. */
export const PATIENCE_MS = 60_000;
/** Metres that tell one house from the next. */
export const GOOD_M = 50;
/** Metres from the house's known point beyond which the form asks where the talk took place. */
export const FAR_M = 200;
/** Good enough to switch the receiver off again. */
const ENOUGH_M = 15;
const GIVE_UP_MS = 5 * 60_000;
const DENIED = 1;

/** A fix in the wire form: numbers as text, so that every language hashes them alike. Coordinates are WGS-84. */
export function toFix(position: GeolocationPosition): Fix {
  const { latitude, longitude, accuracy } = position.coords;
  return {
    lat: latitude.toFixed(5),
    lon: longitude.toFixed(5),
    accuracy_m: String(Math.round(accuracy)),
    fixed_at: new Date(position.timestamp).toISOString(),
    datum: 'WGS-84',
  };
}

/** The more exact of two fixes; the newer one when they are equal. */
export const better = (kept: Fix | null, next: Fix): Fix =>
  kept !== null && Number(kept.accuracy_m) < Number(next.accuracy_m) ? kept : next;

/** Metres from the house's known point; null where one of the two is not known. */
export function metresFromHome(location: Point | null, home: Point | null): number | null {
  return location && home ? Math.round(metresBetween(location, home)) : null;
}

/** Whether the form asks why the visit is not held at the house. */
export function isFar(location: Point | null, home: Point | null): boolean {
  return (metresFromHome(location, home) ?? 0) > FAR_M;
}

/** Whether the visitor may take an inexact fix for good: it was given a minute to become better. */
export function mayAccept(state: GpsState, now: number): boolean {
  return state.kind === 'fixed' && state.accuracy > GOOD_M && now - state.since >= PATIENCE_MS;
}

/** Whether a minute has passed without any fix, or none can come. */
export function isLost(state: GpsState, now: number): boolean {
  if (state.kind === 'waiting') return now - state.since >= PATIENCE_MS;
  return state.kind !== 'fixed';
}

export interface Gps {
  readonly state: ReadonlySignal<GpsState>;
  readonly stop: () => void;
}

/** Follows the position until it is good enough, refused, or stopped. `onFix` gets every better fix. */
export function followPosition(
  geolocation: Geolocation | undefined,
  now: () => number,
  onFix: (fix: Fix) => void,
): Gps {
  const since = now();
  const state = signal<GpsState>(geolocation ? { kind: 'waiting', since } : { kind: 'absent' });
  if (!geolocation) return { state, stop: () => undefined };
  let best: Fix | null = null;
  let watch: number | null = null;
  let stopped = false;
  const stop = () => {
    stopped = true;
    if (watch !== null) geolocation.clearWatch(watch);
  };
  const found = (position: GeolocationPosition) => {
    if (stopped) return;
    const next = better(best, toFix(position));
    if (next !== best) onFix(next);
    best = next;
    state.value = { kind: 'fixed', since, accuracy: Number(next.accuracy_m) };
    if (Number(next.accuracy_m) <= ENOUGH_M || now() - since > GIVE_UP_MS) stop();
  };
  const failed = (error: GeolocationPositionError) => {
    if (error.code === DENIED && best === null) state.value = { kind: 'refused' };
  };
  watch = geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: 30_000 });
  if (stopped) geolocation.clearWatch(watch);
  return { state, stop };
}
