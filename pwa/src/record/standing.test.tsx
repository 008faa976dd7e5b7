// @vitest-environment happy-dom
/** Lights of a visit after its county was judged again: what a run put on, what it put out, and since when. */
import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Explanation } from '../core/api/explanation';
import type { RunAct, StandingLight } from '../core/api/types';
import { registerTexts, setLocale } from '../core/i18n';
import { texts as enCore } from '../i18n/en/core';
import { texts as zhCore } from '../i18n/zh-CN/core';
import { readChecklist } from './checklist';
import { forgetExplanations } from './explanations';
import { CHECKLIST_JSON, makeDetail } from './fixtures';
import './index';
import { Lights } from './lights';

const RUN: RunAct = {
  run_id: 'r1',
  at: '2025-03-02T02:00:00.000Z',
  day: '2025-03-02',
  trigger: 'setting',
  reason: '县里公布的今年监测线',
  version: 'feedfeedfeedfeed',
};

function light(rule: string, zh: string, changes: Partial<StandingLight> = {}): StandingLight {
  return {
    rule,
    label: { zh, en: `${rule} in English` },
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
    ...changes,
  };
}

const OWN = light('R-WAT-02', '饮水季节性困难');
const LATER = light('R-INC-01', '收入低于线', { opened_by: RUN });
const OUT = light('R-WAT-01', '饮水无保障', { severity: 'red', state: 'closed', closed_by: RUN });

function explained(one: StandingLight): Explanation {
  const words = { zh: '规则', en: 'rule' };
  return {
    visit_id: 'v1',
    day: '2025-03-01',
    basis: 'as_judged',
    judged_by: { pack: 'common', pack_version: '2026.2', rules: 'beefbeef', day: '2025-03-01', exact: true },
    opened_by: one.opened_by,
    closed_by: one.closed_by,
    rule: one.rule,
    label: one.label,
    severity: one.severity,
    state: one.state === 'closed' ? 'closed' : 'met',
    words,
    tree: { form: 'test', words, heading: null, truth: true, item: null, index: null, parts: [] },
    operands: [],
    parameters: [],
    articles: [],
    ask: [],
    change: null,
    alternatives: [],
    pack: 'common',
    pack_version: '2026.2',
  };
}

function show(lights: StandingLight[]): void {
  vi.stubGlobal('fetch', (input: Request) => {
    const rule = new URL(input.url).pathname.split('/').at(-2);
    const found = lights.find((one) => one.rule === rule);
    return Promise.resolve(
      new Response(JSON.stringify(found && explained(found)), {
        headers: { 'Content-Type': 'application/json' },
      }),
    );
  });
  const checklist = readChecklist(CHECKLIST_JSON);
  const { members } = makeDetail('v1').household;
  render(<Lights visitId="v1" lights={lights} unknown={[]} checklist={checklist} members={members} />);
}

beforeEach(() => registerTexts({ zh: zhCore, en: enCore }));

afterEach(() => {
  cleanup();
  forgetExplanations();
  setLocale('zh-CN');
  vi.unstubAllGlobals();
});

const group = () => screen.getByText(/^已熄灭（规则变更）/).closest('details') as HTMLDetailsElement;

describe('the lights of a visit that was judged again', () => {
  it('say nothing of runs where there was none', () => {
    show([OWN]);
    expect(screen.queryByText(/规则变更/)).toBeNull();
  });

  it('note on a light that a run put on since when and why', () => {
    show([OWN, LATER]);
    const note = screen.getByText(/规则变更后亮灯/);
    expect(note.textContent).toContain('2025');
    expect(note.textContent).toContain(RUN.reason);
    expect(screen.getAllByText(/规则变更后亮灯/)).toHaveLength(1);
  });

  it('fold those that a run put out away from those that are on', () => {
    show([OWN, OUT]);
    expect(group().open).toBe(false);
    const out = within(group());
    expect(out.getByText('饮水无保障')).toBeTruthy();
    expect(out.queryByText('饮水季节性困难')).toBeNull();
    expect(out.getByText(/原为红灯 · 规则变更后熄灭/).textContent).toContain(RUN.reason);
  });

  it('are none where all are out', () => {
    show([OUT]);
    expect(screen.getByText(/^没有灯亮/)).toBeTruthy();
    expect(group()).toBeTruthy();
  });

  it('say in English what changed', () => {
    setLocale('en');
    show([LATER, OUT]);
    expect(screen.getByText(/^Lit after a change of rules/)).toBeTruthy();
    expect(screen.getByText('Out after a change of rules: 1')).toBeTruthy();
  });
});

describe('why a light was lit', () => {
  it('names the rules of then and the change that put it out, and no way to clear it', async () => {
    show([OUT]);
    fireEvent.click(screen.getByRole('button', { name: '当时为什么亮灯' }));
    const note = await screen.findByText(/规则变更后已熄灭/);
    expect(note.textContent).toContain('beefbeef');
    expect(note.textContent).toContain(RUN.reason);
    expect(screen.queryByText('怎样才会熄灭')).toBeNull();
    expect(screen.queryByText(/这条规则已不成立/)).toBeNull();
  });

  it('names the change of rules that put it on', async () => {
    show([LATER]);
    fireEvent.click(screen.getByRole('button', { name: '为什么亮灯' }));
    expect((await screen.findByText(/走访时没有亮灯/)).textContent).toContain(RUN.reason);
    expect(screen.getByText('怎样才会熄灭')).toBeTruthy();
  });
});
