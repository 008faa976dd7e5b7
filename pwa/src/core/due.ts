/** When a household is to be visited next: the twin of `server/households/due.py`. Pure. */
import type { Category } from './api/types';

/** Every how many months a monitored household and any other one is visited. */
export interface Cadence {
  readonly monitored: number;
  readonly others: number;
}

const isMonitored = (category: Category): boolean => category !== 'ordinary' && category !== 'lifted';

/** Last day of a month counted from January of the year 0. */
function lastDayOf(index: number): string {
  return new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).toISOString().slice(0, 10);
}

/**
 * The last day by which the next visit is due. A visit covers the period it falls in; the due date is then the end of
 * the following one. Who was never visited is due by the end of the present one. All days are YYYY-MM-DD.
 */
export function dueOn(category: Category, last: string | null, today: string, cadence: Cadence): string {
  const months = isMonitored(category) ? cadence.monitored : cadence.others;
  const [year = 0, month = 1] = (last ?? today).split('-').map(Number);
  const index = year * 12 + month - 1 + (last === null ? 0 : months);
  return lastDayOf(index - (index % months) + months - 1);
}
