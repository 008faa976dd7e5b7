/** Runs over the county as a screen needs them. */
import type { Run } from '../../../core/api/policyTypes';

export const isOver = (run: Run): boolean => run.state === 'done';

/** Milliseconds until a run is asked about again: soon while it moves, slower while it waits its turn. */
export function pollMs(run: Run): number | null {
  if (isOver(run)) return null;
  return run.state === 'running' ? 1_000 : 2_500;
}

/** A run that was started and stands still for long is resumed by the server's own sweep; the screen says so. */
export const STILL_MS = 30_000;

export function standsStill(run: Run, lastMoveAt: number, at: number): boolean {
  return !isOver(run) && at - lastMoveAt > STILL_MS;
}

/** Seconds a run took; null while it is under way. */
export function tookSeconds(run: Run): number | null {
  if (run.started_at === null || run.finished_at === null) return null;
  return Math.max(0, (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000);
}

export const runHref = (id: string): string => `#/policy/runs/${id}`;
