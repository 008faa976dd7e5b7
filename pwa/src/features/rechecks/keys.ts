/** Going from case to case by single keys, and the next one read before it is asked for. */
import { useEffect } from 'preact/hooks';
import { go } from '../../core/nav';
import { prefetchRecord } from '../../record';
import { useShortcuts } from '../../ui/shortcuts';
import type { Deciding } from './deciding';
import { itemHref, neighbour, type RecheckQuery } from './model';
import { rows } from './store';

export function useKeys(
  visitId: string | null,
  query: RecheckQuery,
  deciding: Deciding | null,
  onHelp: () => void,
): void {
  const step = (by: 1 | -1) => {
    const target = neighbour(rows.value.items, visitId, by);
    if (target !== null && target !== visitId) go(itemHref(target, query), { replace: visitId !== null });
  };
  useShortcuts(
    {
      j: () => step(1),
      k: () => step(-1),
      s: () => deciding?.ask('settle'),
      h: () => deciding?.ask('hand_up'),
      d: () => document.querySelector<HTMLElement>('.rec-dismiss')?.click(),
      '?': onHelp,
    },
    ['j', 'k'],
  );
}

/** Reads the next visit while this one is being judged, so that J answers at once. */
export function useNextInAdvance(visitId: string, ready: boolean): void {
  const next = neighbour(rows.value.items, visitId, 1);
  useEffect(() => {
    if (ready && next !== null && next !== visitId) prefetchRecord(next);
  }, [ready, next, visitId]);
}
