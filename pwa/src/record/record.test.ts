// @vitest-environment happy-dom
/** What a recorded visit says in words: answers, differences, and what nobody asked. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PhotoInfo } from '../core/api/types';
import { registerTexts, setLocale } from '../core/i18n';
import { texts as enCore } from '../i18n/en/core';
import { texts as zhCore } from '../i18n/zh-CN/core';
import { earlierComments } from './answerList';
import { amount, answerText, difference, factLabel, plainText } from './answers';
import { changeGroups } from './changes';
import { type Checklist, type Question, readChecklist } from './checklist';
import { CHECKLIST_JSON, makeDetail, makeSummary } from './fixtures';
import './index';
import { causeText } from './lights';
import { filledMinutes } from './parts';
import { photoFacts } from './photo';
import { answerSections } from './rows';
import { lightCounts, whyLine } from './words';

const checklist: Checklist = readChecklist(CHECKLIST_JSON);
const { members } = makeDetail('v').household;

function question(id: string): Question {
  const found = checklist.byId.get(id);
  if (!found) throw new Error(id);
  return found;
}

beforeAll(() => registerTexts({ zh: zhCore, en: enCore }));
afterEach(() => setLocale('zh-CN'));

describe('an answer in words', () => {
  it.each([
    ['ins_gap', [], '都参加了', true],
    ['ins_gap', ['m1', 'm2'], '覃秀兰、莫小军', true],
    ['ins_gap', 'unknown', '说不清', true],
    ['ins_gap', ['gone'], '（已不在本户的成员）', true],
    ['house_state', 'C', 'C级', true],
    ['house_state', 'new_code', 'new_code', true],
    ['house_prior', [], '没有', true],
    ['house_prior', ['relocated', 'over_std'], '已易地扶贫搬迁、超标准危改', true],
    ['ill_selfpay', '12000.00', '12,000 元', true],
    ['ill_selfpay', '9999.99', '9,999.99 元', true],
    ['house_state', null, '没问', false],
    ['house_state', undefined, '没问', false],
  ] as const)('%s = %j reads "%s"', (id, value, text, asked) => {
    expect(answerText(question(id), value, members)).toEqual({ text, asked });
  });

  it('joins with commas in English', () => {
    setLocale('en');
    expect(answerText(question('ins_gap'), ['m1', 'm2'], members).text).toBe('覃秀兰, 莫小军');
  });

  it('groups digits without rounding any', () => {
    expect([amount('0.00'), amount('999.50'), amount('1234567890.10')]).toEqual([
      '0',
      '999.50',
      '1,234,567,890.10',
    ]);
  });
});

describe('a register value in words', () => {
  it.each([
    [true, '是'],
    [false, '否'],
    [3, '3'],
    ['5000.00', '5,000 元'],
    ['2026-11-01', '2026-11-01'],
    [null, '没问'],
    [[], '没有'],
  ] as const)('%j reads "%s"', (value, text) => {
    expect(plainText(value)).toBe(text);
  });

  it('is named by the short word of the rules, else by the start of the question, else by its id', () => {
    expect(factLabel(checklist, 'pcni_prev')).toBe('上年人均纯收入');
    expect(
      factLabel(
        readChecklist({ ...CHECKLIST_JSON, questions: [{ id: 'q1', label: { zh: '合计（元）', en: 'x' } }] }),
        'q1',
      ),
    ).toBe('合计');
    expect(factLabel(checklist, 'nobody_knows')).toBe('nobody_knows');
  });

  it('stands beside its line when the rule has one', () => {
    const cause = { fact: 'ill_selfpay', value: '12000.00', label: null, threshold: '10000.00' };
    expect(causeText(cause, checklist, members)).toBe('12,000 元（线 10,000 元）');
    expect(causeText({ ...cause, threshold: null }, checklist, members)).toBe('12,000 元');
    expect(causeText({ ...cause, threshold: '5000' }, checklist, members)).toBe('12,000 元（线 5,000 元）');
    expect(causeText({ ...cause, threshold: 0 }, checklist, members)).toBe('12,000 元');
  });

  it('that is a member shows the name, not the id', () => {
    const cause = { fact: 'who', value: 'm1', label: { zh: '学生', en: 'Student' }, threshold: null };
    expect(causeText(cause, checklist, members)).toBe('覃秀兰');
  });
});

describe('the difference of two amounts', () => {
  it.each([
    ['5000.00', '12000.00', '+7,000 元'],
    ['12000.00', '5000.50', '−6,999.50 元'],
    ['0.10', '0.30', '+0.20 元'],
    ['5.00', '5.00', null],
    [null, '5.00', null],
    ['stable', 'unstable', null],
  ] as const)('%s to %s is %s', (before, after, text) => {
    expect(difference(before, after)).toBe(text);
  });
});

describe('changes since the last visit', () => {
  it('stand household first in the order of the checklist, then by person', () => {
    const groups = changeGroups(
      [
        { question: 'ill_selfpay', item: 'm1', before: null, after: '12000.00' },
        { question: 'house_state', item: null, before: 'safe', after: 'C' },
        { question: 'ill_type', item: 'm1', before: null, after: 'serious' },
        { question: 'ins_gap', item: null, before: ['m2'], after: null },
      ],
      checklist,
      members,
    );
    expect(groups.map((group) => [group.who, group.rows.map((row) => row.question)])).toEqual([
      [null, ['ins_gap', 'house_state']],
      ['覃秀兰', ['ill_type', 'ill_selfpay']],
    ]);
    expect(groups[0]?.rows[0]?.after).toEqual({ text: '没问', asked: false });
  });

  it('name the year when two years were asked about one person', () => {
    const [group] = changeGroups(
      [{ question: 'ill_selfpay', item: 'm1/2025', before: '1.00', after: '2.00' }],
      checklist,
      members,
    );
    expect(group?.who).toBe('覃秀兰 · 2025 年');
    expect(group?.rows[0]?.delta).toBe('+1 元');
  });

  it('show a question that the checklist no longer has by its id', () => {
    const [group] = changeGroups(
      [{ question: 'retired', item: null, before: 'a', after: ['b'] }],
      checklist,
      members,
    );
    expect(group?.rows[0]).toMatchObject({ label: 'retired', before: { text: 'a' }, after: { text: 'b' } });
  });
});

describe('all answers', () => {
  const sections = answerSections(checklist, makeDetail('v').answers, members);

  it('keep what nobody asked apart from what was answered with nothing', () => {
    const housing = sections.find((section) => section.id === 'housing');
    expect(housing?.groups.flatMap((group) => group.rows.map((row) => row.question))).toEqual([
      'house_state',
    ]);
    expect(housing?.notAsked.map((row) => [row.question, row.shown.text])).toEqual([['house_prior', '没问']]);
    const health = sections.find((section) => section.id === 'health');
    expect(health?.groups[0]?.rows[0]?.shown).toEqual({ text: '都参加了', asked: true });
  });

  it('put loop answers under their person and leave photos out', () => {
    expect(sections.map((section) => section.id)).toEqual(['health', 'housing']);
    expect(sections[0]?.groups[1]).toMatchObject({
      who: '覃秀兰',
      rows: [{ question: 'ill_type' }, { question: 'ill_selfpay' }],
    });
  });
});

describe('a line of a list', () => {
  it('says the lights, else the changes, else that there is neither', () => {
    const lit = makeSummary('a', {
      top_lights: [
        { zh: '红灯一', en: 'x' },
        { zh: '黄灯二', en: 'y' },
      ],
      changed_count: 2,
    });
    expect(whyLine(lit)).toBe('红灯一 · 黄灯二');
    expect(whyLine(makeSummary('b', { changed_count: 2 }))).toBe('与上次比有 2 处变化');
    expect(whyLine(makeSummary('c'))).toBe('没亮灯，没有变化');
  });

  it('counts lights worst first and leaves out zeros', () => {
    expect(lightCounts({ red: 1, yellow: 0, attention: 2 })).toBe('红 1 蓝 2');
  });
});

it('the newest comment on a question is the one shown beside it', () => {
  const review = {
    id: 'r',
    visit_id: 'v',
    decision: 'returned' as const,
    comment: 'x',
    reviewer_name: '韦',
    reviewer_role: 'first_secretary' as const,
    batch_id: null,
  };
  const reviews = [
    { ...review, comments: [{ question: 'ins_gap', text: '新' }], created_at: '2026-11-02T00:00:00Z' },
    { ...review, comments: [{ question: 'ins_gap', text: '旧' }], created_at: '2026-11-01T00:00:00Z' },
  ];
  expect(earlierComments(reviews)).toEqual({ ins_gap: '新' });
});

describe('what a phone says of a picture', () => {
  const photo: PhotoInfo = {
    id: 'p',
    sha256: 'a',
    kind: 'house',
    state: 'ready',
    reason: null,
    position: null,
    width: null,
    height: null,
    taken_at: null,
  };

  it('is nothing where nobody asked', () => {
    expect(photoFacts(photo)).toEqual({ hints: [], lines: [] });
    const asked = { exif_time: null, exif_position: null, original_sha256: null, quality: null };
    expect(photoFacts({ ...photo, ...asked })).toEqual({ hints: [], lines: [] });
  });

  it('is hints first, then the camera’s own time and place', () => {
    const found = photoFacts({
      ...photo,
      original_sha256: `abcdef012345${'0'.repeat(52)}`,
      exif_time: '2026-11-20T08:11:07',
      exif_position: { lat: '24.778056', lon: '110.496667', datum: null },
      quality: { luminance: 20, sharpness: 3, dhash: '0'.repeat(16), hints: ['dark', 'repeated'] },
    });
    expect(found).toEqual({
      hints: ['可能太暗', '像以前的照片'],
      lines: ['相机时间 2026-11-20 08:11', '相机位置 24.778056, 110.496667', '原图指纹 abcdef012345…'],
    });
  });
});

it('minutes of filling in are known only where the form stayed open', () => {
  expect(filledMinutes(null)).toBeNull();
  expect(filledMinutes({ finished_mono_ms: 9, offset_ms: null })).toBeNull();
  expect(filledMinutes({ started_mono_ms: null, finished_mono_ms: 9 })).toBeNull();
  expect(filledMinutes({ started_mono_ms: 61_000, finished_mono_ms: 421_000 })).toBe(6);
});
