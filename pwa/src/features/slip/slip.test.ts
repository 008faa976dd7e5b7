/** The household's slip: what it says and what it must never say. */
import { describe, expect, it } from 'vitest';
import type { VisitBody } from '../../core/api/types';
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/record';
import { texts as zh } from '../../i18n/zh-CN/record';
import { readChecklist } from '../../record/checklist';
import { CHECKLIST_JSON } from '../../record/fixtures';
import { slipOf, withoutNumbers } from './model';
import { pageRule } from './paper';

registerTexts({ zh, en });

const BODY = {
  finished_at: '2026-11-30T01:42:00.000Z',
  answers: { house_state: 'C', ins_gap: [] },
  notes: { house_state: '电话 13812345678，证件 450321199005069920' },
  photos: [],
  location: null,
} as unknown as VisitBody;

const AROUND = { household: undefined, headName: '韦小山', author: '李梅', receipt: null };
const slip = (over: Partial<VisitBody> = {}) =>
  slipOf({ ...BODY, ...over }, readChecklist(CHECKLIST_JSON), AROUND);

describe('the slip', () => {
  it('says in words what was recorded, when and by whom', () => {
    const made = slip();
    expect([made.day, made.time, made.author]).toEqual(['2026-11-30', '09:42', '李梅']);
    expect(made.parts.flatMap(({ lines }) => lines)).toContainEqual({
      question: '现住房安全吗？',
      answer: 'C级',
    });
  });

  it('leaves out what nobody was asked', () => {
    const asked = slip().parts.flatMap(({ lines }) => lines.map(({ question }) => question));
    expect(asked).not.toContain('有谁住院？');
  });

  it('knows a family that did not agree', () => {
    expect(slip({ answers: { consent: 'no' } }).refused).toBe(true);
  });

  it.each([
    ['450321199005069920'],
    ['45032119900506992X'],
    ['450321 1990 0506 9920'],
    ['４５０３２１１９９００５０６９９２０'],
    ['450321900506992'],
    ['13812345678'],
    ['138-1234-5678'],
    ['0773-8812345'],
    ['8812345'],
  ])('covers the number %s', (number) => {
    expect(withoutNumbers(`前${number}后`)).toBe('前…后');
  });

  it.each(['12,000 元', '2026年11月30日', '999999 元', '7 人', '100.50 元'])('keeps %s', (text) => {
    expect(withoutNumbers(text)).toBe(text);
  });

  it('never carries a number of a person, whatever was noted', () => {
    let seed = 7;
    const roll = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const digits = (n: number) => Array.from({ length: n }, () => roll(10)).join('');
    for (let turn = 0; turn < 500; turn += 1) {
      const length = [7, 11, 15, 18][roll(4)] ?? 18;
      const words = ['他说', ' ', '：', 'tel', '，'][roll(5)];
      const made = slip({ notes: { house_state: `${words}${digits(length)}${words}` } });
      expect(JSON.stringify(made)).not.toMatch(/\d{7}/);
    }
  });
});

describe('the paper', () => {
  it('is A5, or as long as the text on a roll of 58 millimetres', () => {
    expect(pageRule('a5', 9999)).toContain('A5');
    expect(pageRule('roll', 960)).toContain('size: 58mm 261mm');
  });
});
