// @vitest-environment happy-dom
/** The desk as county staff use it: list, giving, deciding, and the story of a household. */
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerTexts, setLocale } from '../../core/i18n';
import { followHash, place } from '../../core/nav';
import { endSession } from '../../core/session';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { forgetRecords } from '../../record';
import { CHECKLIST_JSON, makeDetail } from '../../record/fixtures';
import { makeCase, makeEntry, makePage, makeRow, makeStory } from './fixtures';
import { resetDesk } from './home';
import { CasesPage } from './index';

registerTexts({ zh, en });
configure({ asyncUtilTimeout: 5000 });
followHash();

interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: Record<string, unknown>;
}

type Answer = (asked: Asked) => unknown;
let people = 0;
let calls: Asked[] = [];
let answers: Record<string, Answer> = {};

const ROWS = [makeRow('a'), makeRow('b', { assignee_name: '韦一' }), makeRow('c')];
const STAFF = { people: [{ id: 'x', name: '韦一' }], departments: ['民政局'] };
const problem = (code: string, status: number) => Response.json({ code, status }, { status });

const USUAL: Record<string, Answer> = {
  'GET /regions': () => ({ items: [] }),
  'GET /filters': () => ({ items: [], most: 20 }),
  'GET /county/staff': () => ({ ...STAFF, people: [...STAFF.people, { id: `c${people}`, name: '莫志明' }] }),
  'GET /county/cases': () => makePage(ROWS),
};

async function fakeFetch(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.replace('/api/v1', '');
  const text = await request.text();
  const query = Object.fromEntries(url.searchParams);
  const asked = { method: request.method, path, query, body: text ? JSON.parse(text) : {} };
  calls.push(asked);
  if (path.startsWith('/checklists')) return Response.json(CHECKLIST_JSON);
  const visit = /^\/visits\/(\w+)$/.exec(path)?.[1];
  if (visit) return Response.json(makeDetail(visit));
  const found = (answers[`${request.method} ${path}`] ?? USUAL[`${request.method} ${path}`])?.(asked);
  if (found instanceof Response) return found;
  const one = /^\/county\/cases\/(\w+)$/.exec(path)?.[1];
  if (found === undefined && one) return Response.json(makeCase(one));
  return found === undefined ? problem('not_found', 404) : Response.json(found);
}

const sent = (method: string) => calls.filter((one) => one.method === method);

function show(hash: string) {
  location.hash = hash;
  dispatchEvent(new Event('hashchange'));
  return render(<CasesPage />);
}

beforeEach(async () => {
  people += 1;
  calls = [];
  answers = {};
  setLocale('zh-CN');
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  const region = { code: '450321', name: '阳朔县', level: 'county', path: ['阳朔县'] };
  const person = {
    id: `c${people}`,
    username: 'x',
    display_name: '莫志明',
    department: null,
    locale: 'zh-CN',
  };
  await signedIn({ ...person, role: 'county', region });
});

afterEach(async () => {
  cleanup();
  resetDesk();
  forgetRecords();
  await endSession();
  vi.unstubAllGlobals();
});

describe('the list', () => {
  it('is narrowed by light and by the month of handing up, in the address', async () => {
    show('#/cases');
    await screen.findByRole('checkbox', { name: '选 户a' });
    fireEvent.change(screen.getByLabelText('灯'), { target: { value: 'yellow' } });
    await waitFor(() => expect(calls.some((one) => one.query['severity'] === 'yellow')).toBe(true));
    expect(location.hash).toBe('#/cases?severity=yellow');
    const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
    fireEvent.change(screen.getByLabelText('上报月份'), { target: { value: month } });
    const asked = () => calls.find((one) => one.query['month'] === month);
    await waitFor(() => expect(asked()).toBeDefined());
    expect(asked()?.query).toMatchObject({ state: 'handed_up', severity: 'yellow', month });
  });

  it('gives several cases at once, says what became of each, and keeps its number when sent again', async () => {
    let fails = true;
    answers['POST /county/assignments'] = () =>
      fails
        ? problem('busy', 503)
        : {
            results: [
              { visit_id: 'a', status: 'assigned', code: null },
              { visit_id: 'c', status: 'refused', code: 'not_handed_up' },
            ],
          };
    show('#/cases');
    fireEvent.click(await screen.findByRole('checkbox', { name: '选 户a' }));
    fireEvent.click(screen.getByRole('checkbox', { name: '选 户c' }));
    fireEvent.click(screen.getByRole('button', { name: '我来办' }));
    await waitFor(() => expect(sent('POST')).toHaveLength(1));
    fails = false;
    await waitFor(() =>
      expect(screen.getByRole('button', { name: '我来办' })).not.toHaveProperty('disabled', true),
    );
    fireEvent.click(screen.getByRole('button', { name: '我来办' }));
    expect(await screen.findByText(/已分派 1 户给莫志明/)).toBeTruthy();
    expect(screen.getByText(/户c没有分派：现在不由县里定/)).toBeTruthy();
    const [first, second] = sent('POST');
    expect(second?.body).toEqual(first?.body);
    expect(first?.body).toMatchObject({ visit_ids: ['a', 'c'], assignee_id: `c${people}`, department: null });
    expect(screen.queryByText('已选 2 户')).toBeNull();
  });

  it('gives cases to a department with a note', async () => {
    answers['POST /county/assignments'] = () => ({
      results: [{ visit_id: 'a', status: 'unchanged', code: null }],
    });
    show('#/cases');
    fireEvent.click(await screen.findByRole('checkbox', { name: '选 户a' }));
    fireEvent.click(screen.getByRole('button', { name: '分派…' }));
    const sheet = within(await screen.findByRole('dialog'));
    fireEvent.click(sheet.getByRole('button', { name: '分派 1 户' }));
    expect(sheet.getByText('请选一个人或一个部门')).toBeTruthy();
    fireEvent.click(await sheet.findByRole('radio', { name: /民政局/ }));
    fireEvent.input(sheet.getByLabelText('交代一句（可不写）'), { target: { value: '本周办结' } });
    fireEvent.click(sheet.getByRole('button', { name: '分派 1 户' }));
    expect(await screen.findByText(/另有 1 户本来就是/)).toBeTruthy();
    expect(sent('POST')[0]?.body).toMatchObject({
      assignee_id: null,
      department: '民政局',
      note: '本周办结',
    });
  });

  it('reads on where the page ended, and says why when it cannot be read', async () => {
    answers['GET /county/cases'] = ({ query }) =>
      query['cursor'] === 'c1' ? { items: [makeRow('d')], next: null } : makePage(ROWS, { next: 'c1' });
    const first = show('#/cases');
    fireEvent.click(await screen.findByRole('button', { name: '加载更多' }));
    expect(await screen.findByRole('link', { name: '户d' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: '加载更多' })).toBeNull();
    first.unmount();
    resetDesk();
    answers['GET /county/cases'] = () => problem('server_error', 500);
    show('#/cases');
    expect(await screen.findByText('名单没有读到')).toBeTruthy();
  });

  it('asks for what the address says, and offers to save it', async () => {
    answers['GET /filters'] = () => ({
      items: [{ id: 'f1', name: '旧的', query: { list: 'visits', severity: 'red' } }],
      most: 20,
    });
    let kept: Asked | undefined;
    answers['PUT /filters/f'] = () => ({});
    show('#/cases?cause=illness&assigned=nobody');
    await screen.findByRole('link', { name: '户a' });
    expect(calls.find((one) => one.path === '/county/cases')?.query).toEqual({
      state: 'handed_up',
      cause: 'illness',
      assigned: 'nobody',
      limit: '50',
    });
    expect(screen.queryByRole('button', { name: '旧的' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: '保存这个筛选' }));
    const sheet = within(await screen.findByRole('dialog'));
    fireEvent.input(sheet.getByLabelText('名称'), { target: { value: ' 没人办的 ' } });
    const put = vi.fn();
    vi.stubGlobal('fetch', async (request: Request) => {
      if (request.method !== 'PUT') return fakeFetch(request);
      kept = { method: 'PUT', path: new URL(request.url).pathname, query: {}, body: await request.json() };
      put();
      return Response.json({ id: kept.path.split('/').at(-1), ...kept.body });
    });
    fireEvent.click(sheet.getByRole('button', { name: '保存', exact: true } as never));
    await waitFor(() => expect(put).toHaveBeenCalledTimes(1));
    expect(kept?.body).toEqual({
      name: '没人办的',
      query: { list: 'cases', cause: 'illness', assigned: 'nobody' },
    });
    const chip = await screen.findByRole('button', { name: '没人办的' });
    expect(chip.getAttribute('aria-pressed')).toBe('true');
  });
});

describe('a case', () => {
  const opinion = () => screen.getByRole('textbox') as HTMLTextAreaElement;

  it('keeps an opinion that was begun, sends it once, and goes on to the next case', async () => {
    const first = show('#/cases/v/a');
    fireEvent.click(await screen.findByRole('radio', { name: '纳入监测' }));
    fireEvent.input(opinion(), { target: { value: '同意纳入' } });
    first.unmount();
    await new Promise((resolve) => setTimeout(resolve, 50));
    render(<CasesPage />);
    await waitFor(() => expect(opinion().value).toBe('同意纳入'));
    answers['POST /county/cases/a/decisions'] = () => problem('busy', 503);
    fireEvent.click(screen.getByRole('button', { name: '定为纳入监测' }));
    expect(await screen.findByText(/写的意见还在/)).toBeTruthy();
    answers['POST /county/cases/a/decisions'] = ({ body }) => ({ ...body, officer_name: '莫志明' });
    fireEvent.click(screen.getByRole('button', { name: '定为纳入监测' }));
    await waitFor(() => expect(place.value.parts).toEqual(['cases', 'v', 'b']));
    const [one, two] = sent('POST');
    expect(one?.body).toEqual(two?.body);
    expect(one?.body).toMatchObject({ decision: 'monitor', opinion: '同意纳入' });
  });

  it('wants a choice and words before anything is sent', async () => {
    show('#/cases/v/a');
    fireEvent.click(await screen.findByRole('button', { name: '作决定' }));
    expect(await screen.findByText('请选一个')).toBeTruthy();
    fireEvent.keyDown(document.body, { key: 'b' });
    fireEvent.click(await screen.findByRole('button', { name: '退回乡镇' }));
    expect(await screen.findByText('请写意见，至少 2 个字')).toBeTruthy();
    expect(sent('POST')).toEqual([]);
  });

  it.each([
    ['own_recheck', 'handed_up', /您做的，请由同事决定/],
    ['not_handed_up', 'monitor', /这户已定为纳入监测/],
    ['not_handed_up', 'due', /这户在乡镇复核，还没上报/],
  ] as const)('says in words why %s (%s) is in the way', async (obstacle, state, words) => {
    answers['GET /county/cases/a'] = () => makeCase('a', { obstacle, state });
    show('#/cases/v/a');
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByText('入户看过，属实')).toBeTruthy();
    expect(screen.getByText(/11月20日入户：覃明、韦莉/)).toBeTruthy();
  });
});

describe('the story', () => {
  it('tells every kind in words, the earlier part on demand', async () => {
    const entries = [
      makeEntry('decision', '2026-11-24T02:00:00Z', { code: 'back', text: '请补材料', visit_id: 'a' }),
      makeEntry('assignment', '2026-11-23T02:00:00Z', { department: '民政局', visit_id: 'a' }),
      makeEntry('read', '2026-11-22T02:00:00Z', { code: 'member.reveal', who: '韦一', text: '核对医保' }),
      ...Array.from({ length: 40 }, (_, n) =>
        makeEntry('visit', `2026-10-${10 + (n % 20)}T02:00:00Z`, {
          code: 'approved',
          severity: 'none',
          visit_id: `v${n}`,
          revision: 1,
        }),
      ),
    ];
    answers['GET /households/h1/timeline'] = () => makeStory(entries);
    show('#/cases/h/h1');
    expect((await screen.findByRole('link', { name: '县里退回乡镇补充' })).getAttribute('href')).toBe(
      '#/cases/v/a',
    );
    expect(screen.getByText('分派给民政局')).toBeTruthy();
    expect(screen.getByText('查看了成员的完整证件号')).toBeTruthy();
    expect(screen.getByText('核对医保')).toBeTruthy();
    expect(screen.getAllByRole('link', { name: '走访' })).toHaveLength(37);
    fireEvent.click(screen.getByRole('button', { name: /更早的（还有 3 条）/ }));
    expect(screen.getAllByRole('link', { name: '走访' })).toHaveLength(40);
    fireEvent.click(screen.getByRole('button', { name: /^谁看过/ }));
    expect(screen.queryByRole('link', { name: '走访' })).toBeNull();
  });
});
