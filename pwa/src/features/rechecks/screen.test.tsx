// @vitest-environment happy-dom
/** The re-checks as an officer uses them, against a server made of a function. */
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutcomeRequest, Recheck, RecheckDetail } from '../../core/api/deskTypes';
import type { Role } from '../../core/api/types';
import { setClock } from '../../core/clock';
import { registerTexts } from '../../core/i18n';
import { followHash, place } from '../../core/nav';
import { endSession } from '../../core/session';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { forgetRecords } from '../../record';
import { CHECKLIST_JSON, makeDetail, makeSummary } from '../../record/fixtures';
import { keepDrafts } from './concluding';
import { LedgerPage, RechecksPage, resetRechecks } from './index';

registerTexts({ zh, en });
// A busy machine may need longer than the default second; the tests wait for what happens, not for a time.
configure({ asyncUtilTimeout: 5000 });

const TODAY = Date.parse('2026-11-24T02:00:00Z');
const CLOCK = {
  clock: 'CLK-1',
  label: { zh: '乡镇入户复核', en: 'x' },
  unit: 'working_days',
  count: 3,
  binding: false,
  articles: [{ id: 'NX-8-4-2a', document: '某某意见', text: '3个工作日内完成入户复核。' }],
};
const LIGHT = {
  rule: 'R-WAT-01',
  label: { zh: '饮水无保障', en: 'x' },
  severity: 'red' as const,
  risks: ['unsafe_water'],
  causes: [],
  articles: [],
  pack: 'p',
  pack_version: '1',
  state: 'open' as const,
  opened_by: null,
  closed_by: null,
  dismissed_by: null,
};

function makeRow(id: string, changes: Partial<Recheck> = {}): Recheck {
  return {
    visit_id: id,
    household: makeSummary(id).household,
    month: '2026-11',
    decided_on: '2026-11-23',
    reviewer_name: '韦书记',
    escalated: false,
    severity: 'red',
    risks: ['unsafe_water'],
    top_lights: [LIGHT.label],
    visited_at: '2026-11-20T02:00:00Z',
    author_name: '李梅',
    state: 'due',
    starts_on: '2026-11-23',
    due_on: '2026-11-26',
    overdue: false,
    rounds: 0,
    cause: null,
    persons: 2,
    opinion: null,
    outcome_at: null,
    officer_name: null,
    handed_up_at: null,
    assignee_id: null,
    assignee_name: null,
    department: null,
    concluded_at: null,
    ...changes,
  };
}

const makeCase = (id: string, changes: Partial<RecheckDetail> = {}): RecheckDetail => ({
  ...makeRow(id),
  lights: [LIGHT],
  outcomes: [],
  newer_visit: null,
  may_settle: true,
  obstacle: null,
  clock: CLOCK,
  ...changes,
});

interface Server {
  rows: Recheck[];
  cases: Record<string, RecheckDetail>;
  posts: OutcomeRequest[];
  asked: string[];
  /** What a POST answers; null loses the answer. */
  answer: number | null;
}

let server: Server;
/** Every test is another person: words kept on the device by one are not the next one's. */
let people = 0;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

function list(state: string): unknown {
  const items = state === 'due' ? server.rows : [];
  const counts = { due: server.rows.length, overdue: 1, settled: 0, handed_up: 0, monitor: 0, no_risk: 0 };
  const heading = { counts, months: ['2026-11'], confirmed: [], clock: CLOCK, may_settle: true };
  return { items, next: null, ...heading };
}

async function conclude(request: Request): Promise<Response> {
  server.posts.push((await request.json()) as OutcomeRequest);
  if (server.answer === null) throw new TypeError('network');
  if (server.answer >= 400)
    return json({ code: 'recheck_not_due', title_zh: '已经复核过了。' }, server.answer);
  return json({}, 201);
}

const LEDGER = {
  items: [],
  next: null,
  months: ['2026-11', '2026-10'],
  households: 2,
  causes: [
    { cause: 'unsafe_water', entries: 3, persons: 10, households: 2, settled: 2, handed_up: 1, decided: 0 },
    { cause: 'illness', entries: 1, persons: 3, households: 1, settled: 0, handed_up: 0, decided: 1 },
  ],
};

const STORY = {
  entries: [
    {
      kind: 'decision',
      at: '2026-11-24T01:00:00Z',
      visit_id: 'v1',
      code: 'back',
      who: '覃科长',
      text: '票据不全。',
    },
  ],
};

async function fakeFetch(input: Request): Promise<Response> {
  const url = new URL(input.url);
  const [, , , kind, id = '', last] = url.pathname.split('/');
  server.asked.push(`${kind}${url.search}`);
  if (kind === 'checklists') return json(CHECKLIST_JSON);
  if (kind === 'regions') return json({ items: [] });
  if (kind === 'ledger') return json(LEDGER);
  if (last === 'timeline') return json(STORY);
  if (kind === 'visits') return json(makeDetail(id));
  if (last === 'outcomes') return conclude(input);
  if (id === 'months') return json({});
  if (id === '') return json(list(url.searchParams.get('state') ?? ''));
  const found = server.cases[id];
  return found ? json(found) : json({ code: 'recheck_not_found', status: 404, title_zh: '没有' }, 404);
}

const Desk = () => <RechecksPage visitId={place.value.parts[1] ?? null} />;

async function begin(role: Role = 'township'): Promise<void> {
  people += 1;
  const region = { code: '450321101', name: '白沙镇', path: [] };
  await signedIn({ id: `p${people}`, username: 'zhou', display_name: '周主任', role, region } as never);
  location.hash = '#/rechecks/v1';
  followHash();
  render(<Desk />);
  await screen.findByRole('heading', { level: 2, name: /户v1/ });
}

beforeEach(() => {
  setClock(() => TODAY);
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  const rows = [makeRow('v1'), makeRow('v2', { overdue: true, due_on: '2026-11-20', escalated: true })];
  server = { rows, cases: { v1: makeCase('v1'), v2: makeCase('v2') }, posts: [], asked: [], answer: 201 };
});

afterEach(async () => {
  cleanup();
  resetRechecks();
  forgetRecords();
  await endSession();
  vi.unstubAllGlobals();
  setClock();
});

const button = (name: string | RegExp) =>
  within(screen.getByRole('complementary')).getByRole('button', { name });
const pick = (name: string | RegExp) => fireEvent.click(screen.getByRole('radio', { name }));
const type = (name: string, value: string) =>
  fireEvent.input(screen.getByRole('textbox', { name }), { target: { value } });

async function fill(): Promise<void> {
  await screen.findByRole('textbox', { name: '复核意见' });
  pick('没有去');
  pick('因病');
  type('复核意见', '情况属实');
}

async function handUp(): Promise<void> {
  fireEvent.click(button(/^上报县里/));
  fireEvent.click(await screen.findByRole('button', { name: '确定上报' }));
}

describe('the list', () => {
  it('says the days that are left, what is late, and who asks', async () => {
    await begin();
    const first = await screen.findByRole('link', { name: /户v1/ });
    expect(first.textContent).toContain('还有 2 天');
    const late = screen.getByRole('link', { name: /户v2/ });
    expect(late.textContent).toContain('已超期 4 天');
    expect(late.textContent).toContain('村里上报');
  });

  it('is narrowed in the address', async () => {
    await begin();
    fireEvent.change(await screen.findByLabelText('月份'), { target: { value: '2026-11' } });
    await waitFor(() => expect(server.asked).toContain('rechecks?state=due&month=2026-11&limit=50'));
    expect(location.hash).toContain('month=2026-11');
  });

  it('of a month is confirmed once asked', async () => {
    await begin();
    fireEvent.click(await screen.findByRole('button', { name: '确认收到名单' }));
    const dialog = await screen.findByRole('dialog', { name: /确认收到2026年11月/ });
    expect(dialog.textContent).toContain('3 个工作日内复核完');
    fireEvent.click(within(dialog).getByRole('button', { name: '确认收到' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('an outcome', () => {
  it('says what is missing instead of sending', async () => {
    await begin();
    await screen.findByRole('textbox', { name: '复核意见' });
    pick('去过了');
    fireEvent.click(button(/^就地化解/));
    expect(screen.getByText('还差 5 处没填，已经标出来了。')).toBeTruthy();
    expect(screen.getByText('请选入户看到的是不是属实')).toBeTruthy();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('carries the visit at home and goes on with the next case', async () => {
    await begin();
    await fill();
    pick('去过了');
    fireEvent.click(screen.getByRole('button', { name: '今天' }));
    fireEvent.click(screen.getByRole('button', { name: '我（周主任）' }));
    pick('属实');
    type('看到了什么（可不填）', '水井已干');
    await handUp();
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(server.posts).toHaveLength(1);
    expect(server.posts[0]).toMatchObject({
      decision: 'hand_up',
      cause: 'illness',
      opinion: '情况属实',
      home_on: '2026-11-24',
      home_by: '周主任',
      findings: [{ rule: 'R-WAT-01', found: 'yes', note: '水井已干' }],
    });
    expect(screen.queryByRole('link', { name: /户v1/ })).toBeNull();
    expect(screen.getByText('户v1 已上报县里。')).toBeTruthy();
  });

  it('whose answer is lost is repeated under the same id', async () => {
    await begin();
    await fill();
    server.answer = null;
    await handUp();
    fireEvent.click(await screen.findByRole('button', { name: '再发一次' }));
    await waitFor(() => expect(server.posts).toHaveLength(2));
    expect((screen.getByRole('textbox', { name: '复核意见' }) as HTMLTextAreaElement).disabled).toBe(true);
    server.answer = 201;
    fireEvent.click(await screen.findByRole('button', { name: '再发一次' }));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(new Set(server.posts.map((post) => JSON.stringify(post))).size).toBe(1);
  });

  it('that was refused says why and keeps the words', async () => {
    await begin();
    await fill();
    server.answer = 409;
    await handUp();
    expect((await screen.findByRole('alert')).textContent).toContain('已经复核过了。');
    const box = screen.getByRole('textbox', { name: '复核意见' }) as HTMLTextAreaElement;
    expect([box.value, box.disabled]).toEqual(['情况属实', false]);
  });

  it('half written is there again after the page was closed', async () => {
    await begin();
    await fill();
    expect(await keepDrafts()).toBe(true);
    cleanup();
    resetRechecks();
    render(<Desk />);
    const box = (await screen.findByRole('textbox', { name: '复核意见' })) as HTMLTextAreaElement;
    await waitFor(() => expect(box.value).toBe('情况属实'));
    expect((screen.getByRole('radio', { name: '因病' }) as HTMLInputElement).checked).toBe(true);
  });
});

describe('what is in the way', () => {
  it.each([
    [{ obstacle: 'own_review' }, '这次走访是您审核的，请同事复核。'],
    [{ obstacle: 'own_work' }, '这次走访是您做的，请同事复核。'],
    [{ state: 'withdrawn' as const, obstacle: 'recheck_not_due' }, /退回给网格员了/],
    [{ state: 'settled' as const, obstacle: 'recheck_not_due' }, /已就地化解/],
  ])('%j is said in words, without a form', async (changes, words) => {
    server.cases['v1'] = makeCase('v1', changes);
    await begin();
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole('textbox', { name: '复核意见' })).toBeNull();
    fireEvent.keyDown(document.body, { key: 'h' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('of a place where every case is the county’s leaves one button', async () => {
    server.cases['v1'] = makeCase('v1', { may_settle: false });
    await begin();
    expect(await screen.findByText(/每户都由县里定/)).toBeTruthy();
    expect(within(screen.getByRole('complementary')).queryByRole('button', { name: /^就地化解/ })).toBeNull();
    expect(screen.getByText('本地文件没有规定，参照这一条。')).toBeTruthy();
  });

  it('for the county is that the township does it', async () => {
    await begin('county');
    expect(await screen.findByText('由乡镇复核，这里只能看。')).toBeTruthy();
    expect(screen.queryByRole('button', { name: '确认收到名单' })).toBeNull();
  });

  it('is shown with the county’s opinion where it sent the case back, and a newer visit', async () => {
    const newer_visit = {
      id: 'v9',
      visited_at: '2026-11-23T02:00:00Z',
      severity: 'none',
      state: 'submitted',
    };
    server.cases['v1'] = makeCase('v1', { rounds: 1, newer_visit });
    await begin();
    expect(await screen.findByText('票据不全。')).toBeTruthy();
    expect(screen.getByText('县里退回，要再复核')).toBeTruthy();
    expect(screen.getByText(/^11月23日又走访过这户/)).toBeTruthy();
    expect(screen.getByRole('link', { name: '看新的' }).getAttribute('href')).toBe('#/review/v9');
  });
});

describe('the ledger', () => {
  it('sums the causes and narrows by months and cause', async () => {
    await begin();
    cleanup();
    location.hash = '#/ledger';
    render(<LedgerPage />);
    const table = await screen.findByRole('table', { name: '按原因的户次和人次' });
    const sums = within(table).getAllByRole('row').at(-1);
    expect(sums?.textContent).toBe('合计 2 户413211');
    fireEvent.change(screen.getByLabelText('从'), { target: { value: '2026-11' } });
    await waitFor(() => expect(server.asked).toContain('ledger?first=2026-11&limit=50'));
    fireEvent.change(await screen.findByLabelText('到'), { target: { value: '2026-10' } });
    await waitFor(() => expect(server.asked).toContain('ledger?first=2026-10&last=2026-10&limit=50'));
    fireEvent.click(await screen.findByRole('button', { name: /^因病/ }));
    await waitFor(() => expect(location.hash).toContain('cause=illness'));
  });
});
