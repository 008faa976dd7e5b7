/** Sentences about a phone in the language on screen. */
import type { DeviceRow } from '../../core/api/deviceTypes';
import { hasText, t } from '../../core/i18n';
import { ageAt, clockOf, collects, holdsWork, type Span, span, type Unsent, unsentOf } from './model';

const NOTHING = '—';

export function spanText({ unit, n }: Span): string {
  return t(`devices.span.${unit}`, { n });
}

/** "2 小时前"; under a minute it is just now. */
export function agoText(at: string, since: string): string {
  const age = ageAt(at, since);
  return age < 60_000 ? t('devices.now') : t('devices.ago', { span: spanText(span(age)) });
}

/** "3 条记录、7 张照片", without what there is none of. */
export function workText({ records, photos, refused }: Unsent): string {
  const parts = [
    records > 0 && t('devices.unsent.records', { n: records }),
    photos > 0 && t('devices.unsent.photos', { n: photos }),
    refused > 0 && t('devices.unsent.refused', { n: refused }),
  ];
  return parts.filter((part) => part !== false).join(t('devices.unsent.and'));
}

/** What waits on the phone; of a wiped one, what it said it had before. */
export function unsentText(row: DeviceRow): string {
  const unsent = unsentOf(row);
  if (unsent === null) return collects(row) ? t('devices.unsent.unknown') : NOTHING;
  if (!holdsWork(unsent)) return t('devices.unsent.none');
  return row.wiped_at === null ? workText(unsent) : t('devices.unsent.before', { what: workText(unsent) });
}

export function clockText(row: DeviceRow): string {
  const clock = clockOf(row);
  if (clock === null) return collects(row) ? t('devices.clock.unknown') : NOTHING;
  if (clock === 'right') return t('devices.clock.right');
  return t(clock.fast ? 'devices.clock.fast' : 'devices.clock.slow', { span: spanText(clock.by) });
}

export function storageText(row: DeviceRow): string {
  const kept = row.storage_persisted;
  if (kept === null) return collects(row) ? t('devices.storage.unknown') : '';
  return t(kept ? 'devices.storage.yes' : 'devices.storage.no');
}

/** What is lost when the phone is wiped at once, as far as anybody knows. */
export function lossText(row: DeviceRow): string {
  const unsent = unsentOf(row);
  if (unsent === null) return t('devices.dialog.lostUnknown');
  if (!holdsWork(unsent)) return t('devices.dialog.lostNone');
  return t('devices.dialog.lostSome', { what: workText(unsent) });
}

/** What a self-check found, named as the page of the check names it; a code of a newer app is only counted. */
export function checkText(row: DeviceRow): { tone: 'solid' | 'strong' | null; words: string } {
  if (row.check_at === null) return { tone: null, words: t('devices.check.never') };
  const { check_bad: bad, check_warn: warn } = row;
  if (bad.length > 0) return { tone: 'solid', words: t('devices.check.bad', { what: named(bad) }) };
  if (warn.length > 0) return { tone: 'strong', words: t('devices.check.warn', { what: named(warn) }) };
  return { tone: null, words: t('devices.check.ok') };
}

function named(codes: readonly string[]): string {
  const known = codes.filter((code) => hasText(`devices.check.of.${code}`));
  const names = known.map((code) => t(`devices.check.of.${code}`));
  const more = codes.length - known.length;
  return [...names, ...(more > 0 ? [t('devices.check.more', { n: more })] : [])].join(
    t('devices.unsent.and'),
  );
}
