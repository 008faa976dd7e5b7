/** Months as the desk offers and names them, YYYY-MM, by the county's days. */
import { today } from '../../core/clock';
import { locale, t } from '../../core/i18n';

export const thisMonth = (): string => today().slice(0, 7);

export const isMonth = (text: string): boolean => /^20\d\d-(0[1-9]|1[0-2])$/.test(text);

/** So many months, the newest first; that is the present one, or so many ahead of it. */
export function months(count: number, ahead = 0): string[] {
  const [year = 0, month = 1] = thisMonth().split('-').map(Number);
  return Array.from({ length: count }, (_, n) =>
    new Date(Date.UTC(year, month - 1 + ahead - n, 1)).toISOString().slice(0, 7),
  );
}

/** The months of a year back, and the chosen one should it not be among them. */
export function monthsToChoose(chosen: string): string[] {
  const known = months(12);
  return chosen === '' || known.includes(chosen) ? known : [...known, chosen];
}

/** "2026年2月". */
export function monthWord(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return t('desk.monthWord', { year, month: locale.value === 'en' ? number : String(Number(number)) });
}
