/** The calendar years a calculation can be about, the present one first. */
import { today } from '../../core/clock';
import { FIRST_YEAR } from './model';

export function thisYear(): number {
  return Number(today().slice(0, 4));
}

export function years(): number[] {
  const last = thisYear();
  return Array.from({ length: last - FIRST_YEAR + 1 }, (_, n) => last - n);
}
