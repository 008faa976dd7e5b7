import { describe, expect, it, vi } from 'vitest';
import { registerTexts } from '../../core/i18n';
import type { OutboxItem } from '../../core/outbox';
import { texts as core } from '../../i18n/zh-CN/core';
import { texts as outbox } from '../../i18n/zh-CN/outbox';
import { answersRefused, learnQuestions } from './refused';
import { pileOf } from './words';

vi.mock('../../core/checklists', () => ({
  checklist: async () => ({
    questions: [{ id: 'water_state', label: { zh: '喝的水怎么样', en: 'How is the drinking water' } }],
  }),
}));

registerTexts({ zh: { ...core, ...outbox }, en: {} });

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

describe('the answers that the server did not take', () => {
  const refusal = (errors: Record<string, { code: string; message: string }[]>, kind = 'visit') =>
    ({ kind, problem: { errors } }) as unknown as OutboxItem;
  const wrong = (code: string) => ({ code, message: 'Not for people.' });

  it('are named as the form names them, once it is known how', async () => {
    const one = refusal({ water_state: [wrong('unknown_option')] });
    expect(answersRefused(one)).toEqual(['这个选项已经没有了，请重新选']);
    await learnQuestions();
    expect(answersRefused(one)).toEqual(['“喝的水怎么样”这个选项已经没有了，请重新选']);
  });

  it('are counted from the fourth on, and the same mistake is told once', () => {
    const codes = ['constraint', 'duplicate', 'duplicate', 'out_of_range', 'not_shown', 'of_the_future'];
    const told = answersRefused(refusal({ gone: codes.map(wrong) }));
    expect(told).toEqual(['和其他答案对不上', '重复了，请删掉一个', '超出了允许的范围', '还有 2 处要改']);
  });

  it('are told by the form of a correction itself', () => {
    expect(answersRefused(refusal({ address: [wrong('required')] }, 'household.edit'))).toEqual([]);
    expect(answersRefused({ kind: 'visit', problem: null } as OutboxItem)).toEqual([]);
  });
});
