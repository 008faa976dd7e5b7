/**
 * How often a phone may try in vain. Signs of a network (the browser's notice, the app brought to the front) are
 * believed at once after a quiet time; where they come again and again and lead to nothing, a try costs battery and
 * money: then only so many a day. Pure.
 */

/** Requests in vain that may follow each other at once, and how soon another one is allowed: 180 a day. */
const MOST = 15;
const REFILL_MS = 8 * 60_000;

/** Requests allowed, as counted at a moment; below zero when more were made than allowed. */
export interface Allowance {
  left: number;
  at: number;
}

export const FULL_ALLOWANCE: Allowance = { left: MOST, at: 0 };

/** The allowance at another moment. A clock that was set back starts the count of time anew. */
function refilled({ left, at }: Allowance, now: number): number {
  return Math.min(MOST, left + Math.max(0, now - at) / REFILL_MS);
}

/** After so many requests in vain. */
export function spend(allowance: Allowance, now: number, requests: number): Allowance {
  return { left: refilled(allowance, now) - requests, at: now };
}

/** When a sign of a network may be believed: `now` if at once. */
export function believedAt(allowance: Allowance, now: number): number {
  return now + Math.max(0, 1 - refilled(allowance, now)) * REFILL_MS;
}
