import { describe, expect, it } from 'vitest';
import type { OutboxItem } from '../../core/outbox';
import { pileOf } from './words';

const item = (state: OutboxItem['state'], correctedBy: string | null) =>
  ({ state, correctedBy, photosRefused: 0 }) as OutboxItem;

describe('the list of a saved visit', () => {
  it('is never the delivered one for a refused record, replaced or not', () => {
    expect(pileOf(item('rejected', null))).toBe('attention');
    expect(pileOf(item('rejected', 'v2'))).toBe('replaced');
    expect(pileOf(item('held', null))).toBe('held');
    expect(pileOf(item('accepted', null))).toBe('waiting');
    expect(pileOf(item('pruned', null))).toBe('sent');
    expect(pileOf(item('complete', null))).toBe('sent');
  });
});
