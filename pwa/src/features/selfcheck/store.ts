/** What a check found, kept for the server's next report and for the page itself. No measured value leaves the phone. */
import { now } from '../../core/clock';
import { readMeta, writeMeta } from '../../core/localDb';
import { nudge } from '../../core/outbox';
import { storageOf } from '../../core/outbox/store';
import { userId } from '../../core/session';
import { type Facts, type Step, summary } from './model';

const REHEARSED = 'check.rehearsed';

/** The last rehearsal on this phone, and when; null when there was none. */
export async function lastRehearsal(): Promise<{ at: number; steps: readonly Step[] } | null> {
  return (await readMeta<{ at: number; steps: readonly Step[] }>(REHEARSED)) ?? null;
}

export async function keepRehearsal(steps: readonly Step[]): Promise<void> {
  await writeMeta(REHEARSED, { at: now(), steps });
}

/** Hands the result over; it travels with the next report. */
export async function tellServer(facts: Facts): Promise<void> {
  const check = { at: new Date(now()).toISOString(), ...summary(facts) };
  await storageOf(userId()).note({ check });
  nudge();
}
