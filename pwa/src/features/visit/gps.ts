/** Where the phone is, warmed up while the form is filled in. It never holds anything up. */

import { type ReadonlySignal, signal } from '@preact/signals';
import type { VisitBody } from './types';

type Fix = NonNullable<VisitBody['location']>;

export type GpsState =
  | { readonly kind: 'waiting'; readonly since: number }
  | { readonly kind: 'fixed'; readonly accuracy: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'absent' };

/** After this long without a fix the form asks why, instead of waiting on. */
export const PATIENCE_MS = 60_000;
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
  const state = signal<GpsState>(geolocation ? { kind: 'waiting', since: now() } : { kind: 'absent' });
  if (!geolocation) return { state, stop: () => undefined };
  const started = now();
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
    state.value = { kind: 'fixed', accuracy: Number(next.accuracy_m) };
    if (Number(next.accuracy_m) <= ENOUGH_M || now() - started > GIVE_UP_MS) stop();
  };
  const failed = (error: GeolocationPositionError) => {
    if (error.code === DENIED && best === null) state.value = { kind: 'refused' };
  };
  watch = geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: 30_000 });
  if (stopped) geolocation.clearWatch(watch);
  return { state, stop };
}
