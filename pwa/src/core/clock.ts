/** The only clock of the phone. Instants are milliseconds UTC; dates are days in Asia/Shanghai. */

let source: () => number = () => Date.now();

/** Milliseconds since 1970 by this device; never trusted for order, only shown and sent. */
export function now(): number {
  return source();
}

/** Replaces the clock in tests; without an argument the device clock is back. */
export function setClock(clock: () => number = () => Date.now()): void {
  source = clock;
}

let offset: number | null = null;

/** The server's time minus this device's, milliseconds, as last measured; null before the first contact. */
export function serverOffset(): number | null {
  return offset;
}

/** Tells what the last answer of the server showed. */
export function noteServerOffset(ms: number | null): void {
  offset = ms;
}

/**
 * Milliseconds of a clock that nobody can set, from an arbitrary start: of two operations of one life of the app it
 * tells how far apart they were, whatever was done to the device's clock between them.
 */
export function monotonic(): number {
  return Math.round(performance.now());
}

/** China has one zone without summer time, so a fixed offset is exact and needs no Intl data. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Day in Asia/Shanghai (YYYY-MM-DD) of an instant given in milliseconds. */
export function dayOf(instant: number): string {
  return new Date(instant + CHINA_OFFSET_MS).toISOString().slice(0, 10);
}

/** Today in Asia/Shanghai, YYYY-MM-DD. */
export function today(): string {
  return dayOf(now());
}

/** This instant as ISO-8601 UTC with Z, for the wire. */
export function nowIso(): string {
  return new Date(now()).toISOString();
}

/** Hours and minutes in Asia/Shanghai (HH:MM) of an instant given in milliseconds. */
export function timeOf(instant: number): string {
  return new Date(instant + CHINA_OFFSET_MS).toISOString().slice(11, 16);
}

/** Whole days from `from` to `to` (both YYYY-MM-DD); negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
