/** Days, instants and the fixed words of the domain in the language on screen. */
import type { Category, PhotoKind, Severity, VisitState } from './api/types';
import { dayOf, daysBetween, now, timeOf, today } from './clock';
import { locale, t } from './i18n';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "9月12日" or "12 Sep"; the year is added when it is not this one. */
export function showDay(day: string): string {
  const [year = '', month = '1', date = '1'] = day.split('-');
  const old = year !== today().slice(0, 4);
  if (locale.value === 'en') return `${Number(date)} ${MONTHS[Number(month) - 1]}${old ? ` ${year}` : ''}`;
  return `${old ? `${year}年` : ''}${Number(month)}月${Number(date)}日`;
}

function instant(value: string | number): number {
  return typeof value === 'number' ? value : Date.parse(value);
}

/** "10:42" today, "昨天 10:42" yesterday, else day and time. */
export function showInstant(value: string | number): string {
  const ms = instant(value);
  const age = daysBetween(dayOf(ms), today());
  if (age === 0) return timeOf(ms);
  const day = age === 1 ? t('when.yesterday') : showDay(dayOf(ms));
  return `${day} ${timeOf(ms)}`;
}

/** "刚刚", "5 分钟前", "2 小时前", "3 天前". A device clock that went back counts as just now. */
export function showAgo(value: string | number): string {
  const minutes = Math.floor((now() - instant(value)) / 60_000);
  if (minutes < 1) return t('when.justNow');
  if (minutes < 60) return t('when.minutesAgo', { n: minutes });
  if (minutes < 60 * 24) return t('when.hoursAgo', { n: Math.floor(minutes / 60) });
  return t('when.daysAgo', { n: Math.floor(minutes / 60 / 24) });
}

export function severityWord(severity: Severity): string {
  return t(`severity.${severity}`);
}

export function categoryWord(category: Category): string {
  return t(`category.${category}`);
}

export function stateWord(state: VisitState): string {
  return t(`visitState.${state}`);
}

export function kindWord(kind: PhotoKind): string {
  return t(`photoKind.${kind}`);
}
