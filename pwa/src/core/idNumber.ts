/** GB 11643 citizen identity numbers: check digit, birth date and sex. */

import type { Member } from './api/types';

type Sex = NonNullable<Member['sex']>;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK = '10X98765432';

export type IdProblem = 'length' | 'date' | 'checksum';

/** Upper-case, full-width digits folded, spaces removed: the form in which a number is stored. */
export const tidyId = (typed: string): string => typed.normalize('NFKC').replace(/\s/g, '').toUpperCase();

/** Birth date in the number (YYYY-MM-DD), or null when there is no such day. */
export function birthOf(id: string): string | null {
  const iso = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso) return null;
  return iso >= '1900-01-01' ? iso : null;
}

/** Odd sequence numbers are male, even ones female. */
export const sexOf = (id: string): Sex => (Number(id[16]) % 2 === 1 ? 'male' : 'female');

/** What is wrong with a tidy number, or null. `today` (ISO date) refuses births in the future. */
export function idProblem(id: string, today: string): IdProblem | null {
  if (!/^\d{17}[\dX]$/.test(id)) return 'length';
  const birth = birthOf(id);
  if (birth === null || birth > today) return 'date';
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(id[at]), 0);
  return CHECK[sum % 11] === id[17] ? null : 'checksum';
}
