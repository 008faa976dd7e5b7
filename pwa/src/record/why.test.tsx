// @vitest-environment happy-dom
/** Why a light is lit, as the reviewer opens it: read, refused, out of reach, and read again. */
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Explanation, WhyOperand } from '../core/api/explanation';
import type { StandingLight } from '../core/api/types';
import { registerTexts, setLocale } from '../core/i18n';
import { texts as enCore } from '../i18n/en/core';
import { texts as zhCore } from '../i18n/zh-CN/core';
import { readChecklist } from './checklist';
import { forgetExplanations } from './explanations';
import { CHECKLIST_JSON, makeDetail } from './fixtures';
import './index';
import { Lights } from './lights';

const both = (zh: string, en: string) => ({ zh, en });

const LIGHT: StandingLight = {
  rule: 'R-MED-06',
  label: both('有成员未参加基本医保', 'A member has no basic medical insurance'),
  severity: 'yellow',
  risks: [],
  causes: [],
  articles: [],
  pack: 'common',
  pack_version: '2026.2',
  state: 'open',
  opened_by: null,
  closed_by: null,
  dismissed_by: null,
};

const step = {
  fact: 'ins_gap',
  item: null,
  index: null,
  label: both('未参加医保的成员', 'Members without insurance'),
  before: ['m2'],
  after: [],
  by: null,
  removed: ['m2'],
  added: [],
  instead: [],
  any_value: false,
  fixed: false,
  distance: null,
  words: both('为 1 名成员补上参保证明', 'insurance proof for 1 member'),
};

const FOUND: Explanation = {
  visit_id: 'v1',
  day: '2026-11-20',
  basis: 'as_judged',
  judged_by: { pack: 'common', pack_version: '2026.2', rules: '00ff', day: '2026-11-20', exact: true },
  opened_by: null,
  closed_by: null,
  rule: 'R-MED-06',
  label: LIGHT.label,
  severity: 'yellow',
  state: 'met',
  words: both('规则', 'rule'),
  tree: {
    form: 'any',
    words: both('甲，或者乙', 'a, or b'),
    heading: null,
    truth: true,
    item: null,
    index: null,
    parts: [
      {
        form: 'test',
        words: both('至少有一人', 'has one'),
        heading: null,
        truth: true,
        item: null,
        index: null,
        parts: [],
      },
      {
        form: 'test',
        words: both('新生儿未参保', 'newborn'),
        heading: null,
        truth: false,
        item: 'm1',
        index: 0,
        parts: [],
      },
    ],
  },
  operands: [
    {
      fact: 'ins_gap',
      item: null,
      index: null,
      label: step.label,
      value: ['m2'],
      text: both('1 人', '1 member'),
      source: 'answer',
      steps: null,
    },
  ],
  parameters: [],
  articles: [{ id: 'YS-2-2', document: '方案', text: '看医疗是否有保障。' }],
  ask: [],
  change: { words: step.words, steps: [step] },
  alternatives: [],
  pack: 'common',
  pack_version: '2026.2',
};

let answer: () => Promise<Response>;
let asked: string[];

const json = (body: unknown, status = 200) =>
  Promise.resolve(
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } }),
  );

beforeEach(() => {
  registerTexts({ zh: zhCore, en: enCore });
  asked = [];
  answer = () => json(FOUND);
  vi.stubGlobal('fetch', (input: Request) => {
    asked.push(new URL(input.url).pathname);
    return answer();
  });
  render(
    <Lights
      visitId="v1"
      lights={[LIGHT]}
      unknown={[]}
      checklist={readChecklist(CHECKLIST_JSON)}
      members={makeDetail('v1').household.members}
    />,
  );
});

afterEach(() => {
  cleanup();
  forgetExplanations();
  setLocale('zh-CN');
  vi.unstubAllGlobals();
});

const open = () => fireEvent.click(screen.getByRole('button', { name: '为什么亮灯' }));

describe('why a light is lit', () => {
  it('names the people, the source of each value, the sentence and the way out', async () => {
    open();
    expect(await screen.findByText('看医疗是否有保障。')).toBeTruthy();
    expect(asked).toEqual(['/api/v1/visits/v1/lights/R-MED-06/explanation']);
    expect(screen.getByText('莫小军')).toBeTruthy();
    expect(screen.getByText('走访回答')).toBeTruthy();
    expect(screen.getByText(/为 1 名成员补上参保证明（莫小军）/)).toBeTruthy();
  });

  it('marks what holds and what does not in words too', async () => {
    open();
    await screen.findByText('至少有一人');
    expect(screen.getAllByText('成立')).toHaveLength(2);
    expect(screen.getByText('不成立')).toBeTruthy();
    expect(screen.getByText('覃秀兰：')).toBeTruthy();
  });

  it('tells people without a name apart by their position', async () => {
    const nature = { ...step, fact: 'stu_nature', label: both('学校性质', 'School type'), removed: [] };
    const steps = [0, 1].map((index) => {
      const words = both(`第${index + 1}名学生：变为公办`, `student ${index + 1}: public`);
      return { ...nature, index, words };
    });
    const [operand] = FOUND.operands;
    const operands = [0, 1].map((index) => ({ ...operand, fact: 'stu_nature', index }) as WhyOperand);
    answer = () => json({ ...FOUND, operands, change: { words: step.words, steps } });
    open();
    expect(await screen.findByText('第1名学生：变为公办')).toBeTruthy();
    expect(screen.getByText('第2名学生：变为公办')).toBeTruthy();
    expect(screen.getByText(/^第 2 人：/)).toBeTruthy();
  });

  it('is read once, and then without the network', async () => {
    open();
    await screen.findByText('看医疗是否有保障。');
    fireEvent.click(screen.getByRole('button', { name: '关闭' }));
    answer = () => Promise.reject(new TypeError('network'));
    open();
    expect(await screen.findByText('看医疗是否有保障。')).toBeTruthy();
    expect(asked).toHaveLength(1);
  });

  it('says what to do without the network, and reads on request', async () => {
    answer = () => Promise.reject(new TypeError('network'));
    open();
    expect((await screen.findByRole('alert')).textContent).toContain('连上网后再试');
    answer = () => json(FOUND);
    fireEvent.click(screen.getByRole('button', { name: '再试一次' }));
    expect(await screen.findByText('看医疗是否有保障。')).toBeTruthy();
  });

  it('shows no way out of a rule that no longer holds', async () => {
    answer = () => json({ ...FOUND, state: 'not_met', change: null });
    open();
    expect(await screen.findByText(/这条规则已不成立/)).toBeTruthy();
    expect(screen.queryByText('怎样才会熄灭')).toBeNull();
  });
});
