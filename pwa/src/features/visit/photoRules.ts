/** Which kinds of photo the answers call for and are still missing. */

import { type Facts, holds } from '../../core/policy/expression';
import type { PhotoKind, PhotoRef } from './types';

/** Photos a visit may have when the checklist does not say. */
export const MOST_PHOTOS = 6;

const CALLS: readonly (readonly [PhotoKind, Parameters<typeof holds>[0]])[] = [
  ['house', { fact: 'house_state', is_not: 'safe' }],
  ['water', { fact: 'water_state', is_not: 'ok' }],
  ['certificate', { fact: 'acc_hosp', is: 'yes' }],
  ['bill', { some: 'ill', where: { item: 'ill_selfpay', at_least: 5000 } }],
];

export function wantedKinds(facts: Facts, photos: readonly PhotoRef[]): PhotoKind[] {
  return CALLS.filter(([kind, when]) => holds(when, facts) && !photos.some((p) => p.kind === kind)).map(
    ([kind]) => kind,
  );
}
