// @vitest-environment happy-dom
/** The page of phones as the county and the township use it. */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevicePage } from '../../core/api/deviceTypes';
import type { Role, User } from '../../core/api/types';
import { registerTexts } from '../../core/i18n';
import { followHash, go } from '../../core/nav';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { DevicesPage } from '.';
import { AT, hoursAgo, makePage, makeRow } from './fixtures';

registerTexts({ zh, en });
followHash();

function person(role: Role): User {
  const region = { code: '450321', name: '阳朔县', level: 'county', path: ['阳朔县'] };
  return {
    id: role,
    username: role,
    display_name: '莫志明',
    role,
    department: null,
    locale: 'zh-CN',
    region,
  };
}

interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

type Answer = (asked: Asked) => unknown;

/** A server; what `answer` gives as a `Response` is passed on. */
function serve(answer: Answer): Asked[] {
  const calls: Asked[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace('/api/v1', '');
    const text = await request.text();
    const asked = {
      method: request.method,
      path,
      query: Object.fromEntries(url.searchParams),
      body: text ? JSON.parse(text) : null,
    };
    if (path === '/regions') return Response.json({ items: REGIONS });
    calls.push(asked);
    const found = answer(asked);
    return found instanceof Response ? found : Response.json(found);
  });
  return calls;
}

const REGIONS = [
  { code: '450321', name: '阳朔县', level: 'county', parent_code: null },
  { code: '450321100', name: '阳朔镇', level: 'township', parent_code: '450321' },
  { code: '450321101', name: '白沙镇', level: 'township', parent_code: '450321' },
];

const TROUBLED = makeRow({
  id: 'd2',
  display_name: '蒙艳芳',
  last_contact_at: hoursAgo(100),
  outbox_count: 2,
  photos_unsent: 5,
  oldest_unsent_at: hoursAgo(101),
  clock_offset_ms: -3_600_000,
  app_version: '0.0.9',
  storage_persisted: false,
});

const PAGE = makePage([TROUBLED, makeRow()]);

async function open(role: Role = 'county', answer: Answer = () => PAGE) {
  const calls = serve(answer);
  await signedIn(person(role), 'a', 'r');
  render(<DevicesPage />);
  return calls;
}

const row = (name: string) => screen.getByText(name).closest('tr, li') as HTMLElement;

beforeEach(() => go('#/devices'));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the list', () => {
  it('says of each phone what is wrong, in words', async () => {
    await open();
    await screen.findByText('蒙艳芳');
    const words = row('蒙艳芳').textContent;
    for (const part of [
      '4 天没联系',
      '2 条记录、5 张照片',
      '最早 4 天前',
      '快 1 小时',
      '旧版本 0.0.9',
      '系统可能清理',
    ])
      expect(words).toContain(part);
    expect(row('韦春燕').textContent).toContain('都传完了');
    expect(row('韦春燕').textContent).not.toContain('没联系');
  });

  it('is narrowed by trouble and township through the address', async () => {
    const calls = await open();
    await screen.findByText('蒙艳芳');
    fireEvent.click(screen.getByRole('button', { name: /时钟不准/ }));
    await waitFor(() => expect(calls.at(-1)?.query).toMatchObject({ state: 'clock' }));
    expect(location.hash).toBe('#/devices?state=clock');
    fireEvent.change(await screen.findByLabelText('乡镇'), { target: { value: '450321101' } });
    await waitFor(() => expect(calls.at(-1)?.query).toMatchObject({ state: 'clock', township: '450321101' }));
  });

  it('asks for what is typed once the typing pauses, and keeps it out of the address', async () => {
    const calls = await open();
    await screen.findByText('蒙艳芳');
    const box = screen.getByRole('searchbox');
    for (const text of ['m', 'me', 'mei']) fireEvent.input(box, { target: { value: text } });
    await waitFor(() => expect(calls.at(-1)?.query['q']).toBe('mei'));
    expect(calls.filter((call) => call.query['q'] !== undefined)).toHaveLength(1);
    expect(location.hash).not.toContain('mei');
  });

  it('goes on page by page', async () => {
    const second = makePage([makeRow({ id: 'd3', display_name: '陆小兰' })]);
    const answer: Answer = ({ query }) =>
      query['cursor'] === 'c1'
        ? second
        : makePage([makeRow()], { next: 'c1', counts: { ...PAGE.counts, all: 2 } });
    await open('county', answer);
    fireEvent.click(await screen.findByRole('button', { name: '加载更多' }));
    await screen.findByText('陆小兰');
    expect(screen.getByText('已列出 2 / 2 台')).toBeTruthy();
    expect(screen.queryByRole('button', { name: '加载更多' })).toBeNull();
  });

  it('says when nobody has signed in yet, and when no phone fits', async () => {
    await open('county', () => makePage([]));
    await screen.findByText('还没有人登录过');
    fireEvent.click(screen.getByRole('button', { name: /旧版本/ }));
    await screen.findByText('没有符合的手机');
    fireEvent.click(screen.getByRole('button', { name: '看全部' }));
    await waitFor(() => expect(location.hash).toBe('#/devices'));
  });

  it('says why it could not be read, and tries again', async () => {
    let broken = true;
    await open('county', () => (broken ? Response.json({ code: 'internal' }, { status: 500 }) : PAGE));
    await screen.findByText('没有读到手机');
    broken = false;
    fireEvent.click(screen.getByRole('button', { name: '再试一次' }));
    await screen.findByText('蒙艳芳');
  });

  it('keeps what was read when a later reading fails', async () => {
    let broken = false;
    await open('county', () => (broken ? Response.json({ code: 'internal' }, { status: 500 }) : PAGE));
    await screen.findByText('蒙艳芳');
    broken = true;
    fireEvent.click(screen.getByRole('button', { name: '刷新' }));
    await screen.findByText(/下面是先前读到的/);
    expect(screen.getByText('蒙艳芳')).toBeTruthy();
  });
});

describe('an order', () => {
  async function dialogFor(name: string): Promise<HTMLElement> {
    fireEvent.click(await screen.findByRole('button', { name: `给${name}的设备下指令` }));
    return screen.getByRole('dialog');
  }

  const orders = (calls: Asked[]) => calls.filter((call) => call.method === 'POST');

  const answer: Answer = ({ method, body }) => {
    if (method !== 'POST') return PAGE;
    const { order, reason } = body as { order: 'kill'; reason: string };
    return { ...TROUBLED, order, order_reason: reason, ordered_by: '莫志明', ordered_at: AT };
  };

  it('to wipe says what is lost and wants that confirmed, and a reason', async () => {
    const calls = await open('county', answer);
    const dialog = await dialogFor('蒙艳芳');
    expect(dialog.textContent).toContain('还有 2 条记录、5 张照片没传');
    fireEvent.click(within(dialog).getByText('立即清除'));
    expect(dialog.textContent).toContain('没传的 2 条记录、5 张照片会永远丢失');
    fireEvent.click(within(dialog).getByRole('button', { name: '清除这台设备' }));
    expect(within(dialog).getByText('请先勾选')).toBeTruthy();
    expect(within(dialog).getByText('请写原因')).toBeTruthy();
    expect(orders(calls)).toEqual([]);
    fireEvent.click(within(dialog).getByRole('checkbox'));
    fireEvent.input(within(dialog).getByLabelText('为什么'), { target: { value: ' 手机丢失 ' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '清除这台设备' }));
    await screen.findByText('已下达：蒙艳芳的设备联网就清除。');
    expect(orders(calls)).toMatchObject([
      { path: '/devices/d2/orders', body: { order: 'kill', reason: '手机丢失' } },
    ]);
    expect(row('蒙艳芳').textContent).toContain('等它联网就清除');
    expect(row('蒙艳芳').textContent).toContain('手机丢失');
  });

  it('to hand over needs no such confirmation', async () => {
    const calls = await open('county', answer);
    const dialog = await dialogFor('蒙艳芳');
    fireEvent.click(within(dialog).getByText('收回：传完后清除'));
    expect(within(dialog).queryByRole('checkbox')).toBeNull();
    fireEvent.input(within(dialog).getByLabelText('为什么'), { target: { value: '换新手机' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '收回这台设备' }));
    await screen.findByText('已下达：蒙艳芳的设备传完后清除。');
    expect(orders(calls)[0]?.body).toEqual({ order: 'drain', reason: '换新手机' });
  });

  it('to a phone that never said anything warns all the same', async () => {
    await open('county', () => makePage([makeRow({ outbox_count: null })]));
    const dialog = await dialogFor('韦春燕');
    fireEvent.click(within(dialog).getByText('立即清除'));
    expect(dialog.textContent).toContain('如果有没传的记录，会永远丢失');
    expect(within(dialog).getByRole('checkbox')).toBeTruthy();
  });

  it('that is refused leaves the dialog open with the reason', async () => {
    const refusal = { code: 'own_device', title_zh: '这是您正在使用的设备', title: 'yours', status: 409 };
    await open('county', ({ method }) =>
      method === 'POST' ? Response.json(refusal, { status: 409 }) : PAGE,
    );
    const dialog = await dialogFor('韦春燕');
    fireEvent.click(within(dialog).getByText('收回：传完后清除'));
    fireEvent.input(within(dialog).getByLabelText('为什么'), { target: { value: 'x' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '收回这台设备' }));
    await within(dialog).findByText('这是您正在使用的设备');
  });

  it('is offered to a township for its grid members only', async () => {
    const secretary = makeRow({ id: 'd4', display_name: '陆书记', role: 'first_secretary' });
    const page: DevicePage = makePage([secretary, makeRow()]);
    await open('township', () => page);
    await screen.findByText('陆书记');
    expect(row('陆书记').textContent).toContain('由县里管理');
    expect(screen.getAllByRole('button', { name: /下指令/ }).map((one) => one.ariaLabel ?? '')).not.toContain(
      '给陆书记的设备下指令',
    );
    expect(within(row('韦春燕')).getByRole('button')).toBeTruthy();
  });
});
