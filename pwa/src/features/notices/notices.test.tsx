// @vitest-environment happy-dom
/** The inbox: what is new stays marked until the page is left, and is counted beside the tab. */
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice, NoticePage } from '../../core/api/noticeTypes';
import { registerTexts, setLocale } from '../../core/i18n';
import { unreadNotices } from '../../core/unread';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { NoticesPage, resetNotices, watchNotices } from '.';
import { hrefOf } from './screen';

registerTexts({ zh, en });

const notice = (seq: number, over: Partial<Notice> = {}): Notice => ({
  seq,
  at: `2026-11-${20 + (seq % 3)}T02:00:00.000Z`,
  kind: 'red_light',
  region_code: '45032110020001',
  subject: 'visit',
  subject_id: `v${seq}`,
  head_name: '覃秀兰',
  unread: true,
  ...over,
});

/** A server that answers a page a cursor, and keeps what was said to be seen. */
function serve(pages: Record<string, NoticePage | Response>): number[] {
  const marks: number[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url);
    if (request.method === 'POST') {
      marks.push(JSON.parse(await request.text()).upto);
      return Response.json({ unread: 0 });
    }
    const found = pages[url.searchParams.get('cursor') ?? ''];
    return found instanceof Response ? found.clone() : Response.json(found);
  });
  return marks;
}

const rows = () => screen.getAllByRole('link').map((link) => link.textContent ?? '');

beforeEach(() => setLocale('zh-CN'));
afterEach(() => {
  cleanup();
  resetNotices();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the inbox', () => {
  it('lists by day, marks what is new, and says that it was seen', async () => {
    const items = [notice(5), notice(4, { unread: false, kind: 'corrected', head_name: null })];
    const marks = serve({ '': { items, next: null, unread: 1 } });
    render(<NoticesPage />);
    await waitFor(() => expect(marks).toEqual([5]));
    expect(rows()[0]).toContain('新亮红灯 （新）');
    expect(rows()[0]).toContain('覃秀兰');
    expect(rows()[1]).toContain('退回的走访已更正');
    expect(rows()[1]).not.toContain('（新）');
    expect(screen.getAllByRole('heading', { level: 2 })).toHaveLength(2);
    expect(unreadNotices.value).toBe(0);
  });

  it('goes on to earlier ones and keeps those of before', async () => {
    const marks = serve({
      '': { items: [notice(5, { unread: false })], next: 'c1', unread: 0 },
      c1: { items: [notice(5, { unread: false }), notice(2, { unread: false })], next: null, unread: 0 },
    });
    render(<NoticesPage />);
    fireEvent.click(await screen.findByRole('button', { name: '更早的提醒' }));
    await waitFor(() => expect(rows()).toHaveLength(2));
    expect(screen.queryByRole('button', { name: '更早的提醒' })).toBeNull();
    expect(marks).toEqual([]);
  });

  it('says what to expect when there is nothing, and what to do when it could not be read', async () => {
    serve({ '': { items: [], next: null, unread: 0 } });
    const first = render(<NoticesPage />);
    expect(await screen.findByText('没有提醒')).toBeTruthy();
    first.unmount();
    resetNotices();
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    render(<NoticesPage />);
    expect(await screen.findByText('没有读到提醒')).toBeTruthy();
    expect(screen.getByRole('button', { name: '再试一次' })).toBeTruthy();
  });

  it('leads to what it is about', () => {
    expect(hrefOf(notice(1))).toBe('#/review/v1');
    expect(hrefOf(notice(1, { kind: 'handed_up' }))).toBe('#/cases/v/v1');
    expect(hrefOf(notice(1, { kind: 'proposed', subject: 'proposal' }))).toBe('#/incoming');
    expect(hrefOf(notice(1, { kind: 'held', subject: 'operation' }))).toBe('#/incoming');
    expect(hrefOf(notice(1, { kind: 'asked', subject: 'account_request' }))).toBe('#/accounts');
  });
});

describe('the count beside the tab', () => {
  it('is asked for at once and then once a minute, while somebody looks', async () => {
    vi.useFakeTimers();
    let unread = 3;
    vi.stubGlobal('fetch', async () => Response.json({ items: [], next: null, unread }));
    const end = watchNotices();
    await vi.advanceTimersByTimeAsync(0);
    expect(unreadNotices.value).toBe(3);
    unread = 4;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(unreadNotices.value).toBe(4);
    end();
    unread = 9;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(unreadNotices.value).toBe(4);
  });
});
