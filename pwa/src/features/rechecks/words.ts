/** Words of a re-check that several parts of its screens say. */
import type { Recheck, RecheckClock } from '../../core/api/deskTypes';
import { today } from '../../core/clock';
import { showDay, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { riskWord } from '../../record';
import { leftOf } from './model';

/** "还有 3 天": what is left of the time of a case that is due. */
export function leftWords(row: Recheck): string {
  const left = leftOf(row, today());
  if (left.kind === 'today') return t('rechecks.dueToday');
  return t(`rechecks.${left.kind}`, { n: left.days });
}

/** "11月27日前": the last day. */
export const untilWords = (row: Recheck): string => t('rechecks.until', { day: showDay(row.due_on) });

/** "2026年11月" of YYYY-MM. */
export function monthWord(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return t('rechecks.month', { year, month: Number(number) });
}

/** "3 个工作日". */
export const spanWords = ({ count, unit }: RecheckClock): string =>
  t(unit === 'working_days' ? 'rechecks.workingDays' : 'rechecks.days', { n: count });

/** Who did it and when, and the cause: of a case that is not due any more. */
export function outcomeWords(row: Recheck): string {
  const parts = [
    row.officer_name,
    row.outcome_at && showInstant(row.outcome_at),
    row.cause && riskWord(row.cause),
  ];
  return parts.filter(Boolean).join(' · ');
}

export const placeWords = ({ household }: Recheck): string =>
  [household.village, household.natural_village].filter(Boolean).join(' ');
