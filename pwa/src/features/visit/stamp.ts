/** What is written on a picture. Place and house by number; never a name of the household, never an identity number. */
import { dayOf, timeOf } from '../../core/clock';
import { t } from '../../core/i18n';
import type { Stamp } from './picture';
import type { Draft, Household } from './types';

type House = Pick<Household, 'township' | 'village' | 'natural_village' | 'number'>;

/** The stamp of a picture chosen now (milliseconds) by `who`. */
export function stampOf(house: House, location: Draft['location'], who: string, now: number): Stamp {
  const place = [house.township, house.village, house.natural_village].filter(Boolean).join(' ');
  const fix = location && { lat: location.lat, lon: location.lon, m: location.accuracy_m };
  return {
    lines: [
      t('visit.stamp.when', { time: `${dayOf(now)} ${timeOf(now)}`, who }),
      t('visit.stamp.where', { place, number: house.number }),
      fix ? t('visit.stamp.fix', fix) : t('visit.stamp.noFix'),
    ],
    now,
    older: t('visit.stamp.older', { time: '{time}' }),
  };
}
