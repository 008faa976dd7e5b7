// @vitest-environment happy-dom
/** The desk as a person uses it, against a server made of a function: decide, lose the answer, retry, keyboard, articles. */
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReviewRequest, VisitDetail, VisitSummary } from '../../core/api/types';
import { registerTexts } from '../../core/i18n';
import { followHash, place } from '../../core/nav';
import { endSession } from '../../core/session';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { fetchRecord, forgetRecords, keptRecord } from '../../record';
import { CHECKLIST_JSON, makeDetail, makeSummary } from '../../record/fixtures';
import { ReviewPage, resetReview } from './index';

registerTexts({ zh, en });
// A busy machine may need longer than the default second; the tests wait for what happens, not for a time.
configure({ asyncUtilTimeout: 5000 });

const LIGHT = {
  rule: 'R-MED-03',
  label: { zh: '住院自费达基准线', en: 'x' },
  severity: 'yellow' as const,
  risks: ['illness'],
  causes: [{ fact: 'ill_selfpay', value: '12000.00', label: null, threshold: '10000.00' }],
  articles: [{ id: 'HS-1-1', document: '双线排查报告', text: '达 1 万元的，由乡镇逐户核实。' }],
  pack: 'heshan',
  pack_version: '2020-08',
  state: 'open' as const,
  opened_by: null,
  closed_by: null,
  dismissed_by: null,
};

interface Server {
  visits: VisitSummary[];
  details: Record<string, VisitDetail>;
  posts: { id: string; body: ReviewRequest }[];
  /** What a POST answers; null loses the answer. */
  answer: number | null;
  /** What was read is on its way until this is over. */
  way: Promise<void>;
  /** How often the list of what waits was asked for. */
  lists: number;
}

let server: Server;
/** Every test is another person: words kept on the device by one are not the next one's. */
let people = 0;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

function page(state: string): unknown {
  const items = state === 'submitted' ? server.visits : [];
  const yellow = items.filter((visit) => visit.severity === 'yellow').length;
  const counts = { total: items.length, red: 0, yellow, attention: 0, none: 1, changed: 0, unchanged: 2 };
  return { items, next: null, counts };
}

async function answerPost(id: string, request: Request): Promise<Response> {
  server.posts.push({ id, body: (await request.json()) as ReviewRequest });
  if (server.answer === null) throw new TypeError('network');
  if (server.answer >= 400)
    return json({ code: 'visit_not_reviewable', status: server.answer }, server.answer);
  return json({}, server.answer);
}

async function fakeFetch(input: Request): Promise<Response> {
  const url = new URL(input.url);
  const [, , , kind, id = '', last] = url.pathname.split('/');
  if (kind === 'checklists') return json(CHECKLIST_JSON);
  if (last === 'reviews') return answerPost(id, input);
  const list = kind === 'visits' && id === '';
  server.lists += Number(list && url.searchParams.get('state') === 'submitted');
  const found = list ? page(url.searchParams.get('state') ?? '') : server.details[id];
  const answer = found ? json(found) : json({ code: 'visit_not_found', status: 404 }, 404);
  await server.way;
  return answer;
}

function Desk() {
  return <ReviewPage visitId={place.value.parts[1] ?? null} />;
}

beforeEach(async () => {
  people += 1;
  const first = makeSummary('v1', { severity: 'yellow', light_counts: { red: 0, yellow: 1, attention: 0 } });
  server = {
    visits: [first, makeSummary('v2')],
    details: {
      v1: makeDetail('v1', {
        lights: [LIGHT],
        unknown: [{ rule: 'R', label: { zh: '收入在监测范围内', en: 'x' }, ask: ['pcni_prev'] }],
      }),
      v2: makeDetail('v2'),
    },
    posts: [],
    answer: 201,
    way: Promise.resolve(),
    lists: 0,
  };
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  const region = { code: '450321101201', name: '白沙村', level: 'village', path: [] };
  await signedIn(
    {
      id: `u${people}`,
      username: 'x',
      display_name: '韦',
      role: 'first_secretary',
      department: null,
      locale: 'zh-CN',
      region,
    },
    'a',
    'r',
  );
  location.hash = '#/review/v1';
  followHash();
  render(<Desk />);
  await screen.findByRole('heading', { level: 2, name: /户v1/ });
  await screen.findByRole('link', { name: /户v2/ });
});

afterEach(async () => {
  cleanup();
  resetReview();
  forgetRecords();
  await endSession();
  vi.unstubAllGlobals();
});

const press = (key: string) => fireEvent.keyDown(document.body, { key });
const button = (name: string | RegExp) => screen.getByRole('button', { name });

describe('the list', () => {
  it('marks a visit with a hint, in words also for who hears it, and no other', async () => {
    server.visits = [makeSummary('v1', { hinted: true }), makeSummary('v2')];
    fireEvent.click(button('刷新列表'));
    expect(await screen.findByRole('link', { name: /户v1.*有提示，请多看一眼/ })).toBeTruthy();
    expect(screen.getByRole('link', { name: /户v2/ }).textContent).not.toContain('提示');
  });
});

describe('approving', () => {
  it('sends one decision and opens the next visit', async () => {
    fireEvent.click(button('通过'));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(server.posts).toHaveLength(1);
    expect(server.posts[0]).toMatchObject({
      id: 'v1',
      body: { decision: 'approved', comment: '', comments: [] },
    });
    expect(screen.getByText('户v1 已通过。')).toBeTruthy();
    expect(screen.queryByRole('link', { name: /户v1/ })).toBeNull();
  });

  it('is not undone on screen by what was read before it', async () => {
    let arrive = () => {};
    server.way = new Promise((done) => {
      arrive = done;
    });
    const before = server.lists;
    fireEvent.click(button('刷新列表'));
    await waitFor(() => expect(server.lists).toBeGreaterThan(before));
    const reading = fetchRecord('v1');
    server.visits = [makeSummary('v2')];
    fireEvent.click(button('通过'));
    await waitFor(() => expect(screen.queryByRole('link', { name: /户v1/ })).toBeNull());
    arrive();
    expect((await reading).visit.id).toBe('v1');
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    await waitFor(() => expect(screen.getByText('红 0').parentElement?.textContent).toContain('黄 0'));
    expect(screen.queryByRole('link', { name: /户v1/ })).toBeNull();
    expect(keptRecord('v1')).toBeUndefined();
  });

  it('whose answer is lost repeats the same id and words until the server answers', async () => {
    server.answer = null;
    fireEvent.click(button('通过'));
    fireEvent.click(await screen.findByRole('button', { name: '再发一次' }));
    await waitFor(() => expect(server.posts).toHaveLength(2));
    server.answer = 200;
    fireEvent.click(await screen.findByRole('button', { name: '再发一次' }));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(new Set(server.posts.map((post) => JSON.stringify(post))).size).toBe(1);
  });

  it('that the server has after all counts as done when the reviewer wants to change it', async () => {
    server.answer = null;
    fireEvent.click(button('通过'));
    const change = await screen.findByRole('button', { name: '先改意见' });
    const { body } = server.posts[0] ?? { body: null };
    const review = {
      ...body,
      visit_id: 'v1',
      reviewer_name: '韦',
      reviewer_role: 'first_secretary',
      created_at: '2026-11-22T00:00:00Z',
    };
    server.details['v1'] = makeDetail('v1', {
      state: 'approved',
      reviews: [review as VisitDetail['reviews'][number]],
    });
    fireEvent.click(change);
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(server.posts).toHaveLength(1);
  });

  it('of a red visit asks first', async () => {
    server.details['v1'] = makeDetail('v1', {
      severity: 'red',
      light_counts: { red: 1, yellow: 0, attention: 0 },
    });
    forgetRecords();
    cleanup();
    render(<Desk />);
    await screen.findByRole('heading', { level: 2, name: /户v1/ });
    press('a');
    const dialog = await screen.findByRole('dialog', { name: '确定通过吗？' });
    expect(server.posts).toHaveLength(0);
    fireEvent.click(within(dialog).getByRole('button', { name: '确定通过' }));
    await waitFor(() => expect(server.posts).toHaveLength(1));
  });
});

describe('returning', () => {
  it('needs a general comment and carries those on answers', async () => {
    fireEvent.click(button('对“现住房安全吗？”提意见'));
    fireEvent.input(screen.getByRole('textbox', { name: '对“现住房安全吗？”提意见' }), {
      target: { value: '补一张照片' },
    });
    press('r');
    const send = await screen.findByRole('button', { name: '确认退回' });
    expect((send as HTMLButtonElement).disabled).toBe(true);
    fireEvent.input(screen.getByRole('textbox', { name: '要补充什么（必填）' }), {
      target: { value: '请补照片' },
    });
    fireEvent.click(button('确认退回'));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    expect(server.posts[0]?.body).toMatchObject({
      decision: 'returned',
      comment: '请补照片',
      comments: [{ question: 'house_state', text: '补一张照片' }],
    });
  });

  it('refused by the server keeps the words and says why', async () => {
    server.answer = 409;
    press('r');
    fireEvent.input(await screen.findByRole('textbox', { name: '要补充什么（必填）' }), {
      target: { value: '请补照片' },
    });
    fireEvent.click(button('确认退回'));
    expect((await screen.findByRole('alert')).textContent).toContain(zh['problem.visit_not_reviewable']);
    expect((screen.getByRole('textbox', { name: '要补充什么（必填）' }) as HTMLTextAreaElement).value).toBe(
      '请补照片',
    );
  });
});

describe('the keyboard', () => {
  it('goes on and back, and keeps out of the way of typing', async () => {
    press('j');
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    press('k');
    await screen.findByRole('heading', { level: 2, name: /户v1/ });
    press('r');
    const box = await screen.findByRole('textbox', { name: '要补充什么（必填）' });
    fireEvent.keyDown(box, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'j', ctrlKey: true });
    expect(place.value.parts[1]).toBe('v1');
  });

  it('explains itself', async () => {
    press('?');
    expect(await screen.findByRole('dialog', { name: '快捷键' })).toBeTruthy();
  });
});

describe('the visit', () => {
  it('shows the sentence of the document behind a light', async () => {
    fireEvent.click(button('依据 HS-1-1'));
    const sheet = await screen.findByRole('dialog', { name: '依据 HS-1-1' });
    expect(sheet.textContent).toContain('达 1 万元的，由乡镇逐户核实。');
    expect(sheet.textContent).toContain('双线排查报告');
  });

  it('says what nobody asked and what a rule still needs', () => {
    expect(screen.getByText('没问 1 题')).toBeTruthy();
    expect(screen.getByText('上年人均纯收入')).toBeTruthy();
    expect(screen.getByText('网格员备注：屋顶去年修过')).toBeTruthy();
  });

  it('out of reach is said in words and can be tried again', async () => {
    location.hash = '#/review/nowhere';
    expect(await screen.findByText('这条走访没有打开')).toBeTruthy();
    expect(button('再试一次')).toBeTruthy();
  });
});
