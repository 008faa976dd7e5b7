/** Where the phone is, for the order of the list; found by `near.ts`, which is loaded when there is time. */
import { signal } from '@preact/signals';
import type { Point } from '../../core/distance';

/** ask: the person has to allow it first, and is only asked after tapping; off: refused, or there is nothing to ask. */
export type Looking = 'off' | 'ask' | 'looking' | 'found';

export const here = signal<Point | null>(null);
export const looking = signal<Looking>('off');
