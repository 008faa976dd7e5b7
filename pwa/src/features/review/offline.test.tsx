// @vitest-environment happy-dom
/** The desk without a network: what was read before is there, what is decided waits, and goes out once. */
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReviewRequest, VisitDetail, VisitSummary } from '../../core/api/types';
import { registerTexts } from '../../core/i18n';
import { followHash, place } from '../../core/nav';
import { noteContact } from '../../core/network';
import { endSession } from '../../core/session';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { forgetRecords, keptVisits } from '../../record';
import { CHECKLIST_JSON, makeDetail, makeSummary } from '../../record/fixtures';
import { ReviewPage, resetReview } from './index';
import { sendAll } from './sender';
import { keepNow } from './store';

registerTexts({ zh, en });
configure({ asyncUtilTimeout: 5000 });

let people = 0;
let reachable = true;
let refuses = false;
let visits: VisitSummary[] = [];
let posts: { id: string; body: ReviewRequest }[] = [];
const details: Record<string, VisitDetail> = {};

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

async function fakeFetch(input: Request): Promise<Response> {
  if (!reachable) throw new TypeError('network');
  const url = new URL(input.url);
  const [, , , kind, id = '', last] = url.pathname.split('/');
  if (kind === 'checklists') return json(CHECKLIST_JSON);
  if (last === 'reviews') {
    posts.push({ id, body: (await input.json()) as ReviewRequest });
    return refuses ? json({ code: 'visit_not_reviewable', status: 409 }, 409) : json({}, 201);
  }
  if (kind === 'visits' && id === '') {
    const items = url.searchParams.get('state') === 'submitted' ? visits : [];
    const counts = {
      total: items.length,
      red: 0,
      yellow: 0,
      attention: 0,
      none: 2,
      changed: 0,
      unchanged: 2,
    };
    return json({ items, next: null, counts });
  }
  return details[id] ? json(details[id]) : json({ code: 'visit_not_found', status: 404 }, 404);
}

function Desk() {
  return <ReviewPage visitId={place.value.parts[1] ?? null} />;
}

/** As if the app was closed: only what is on the disk is left. */
function reopen() {
  cleanup();
  resetReview();
  forgetRecords();
  location.hash = '#/review/v1';
  followHash();
  render(<Desk />);
}

function network(there: boolean) {
  reachable = there;
  noteContact(there);
}

beforeEach(async () => {
  people += 1;
  reachable = true;
  refuses = false;
  posts = [];
  visits = [makeSummary('v1'), makeSummary('v2')];
  details['v1'] = makeDetail('v1');
  details['v2'] = makeDetail('v2');
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  const region = { code: '450321101201', name: '白沙村', level: 'village', path: [] };
  const person = { id: `off${people}`, username: 'x', display_name: '韦', department: null, locale: 'zh-CN' };
  await signedIn({ ...person, role: 'first_secretary', region }, 'a', 'r');
  location.hash = '#/review/v1';
  followHash();
  render(<Desk />);
  await screen.findByRole('heading', { level: 2, name: /户v1/ });
  await waitFor(async () => expect(await keptVisits()).toHaveLength(2));
  network(false);
  reopen();
});

afterEach(async () => {
  cleanup();
  resetReview();
  forgetRecords();
  network(true);
  await endSession();
  vi.unstubAllGlobals();
});

describe('without a network', () => {
  it('shows list and visit as they were read', async () => {
    await screen.findByRole('heading', { level: 2, name: /户v1/ });
    expect(await screen.findByRole('link', { name: /户v2/ })).toBeTruthy();
    expect(screen.getByText('网格员备注：屋顶去年修过')).toBeTruthy();
  });

  it('keeps decisions through a restart and sends each once, with the number it was given', async () => {
    await screen.findByRole('heading', { level: 2, name: /户v1/ });
    fireEvent.click(screen.getByRole('button', { name: '通过' }));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    reopen();
    expect(await screen.findByText('1 个决定记在本机，等网络')).toBeTruthy();
    expect(posts).toHaveLength(0);
    network(true);
    await waitFor(() => expect(posts).toHaveLength(1));
    await waitFor(() => expect(screen.queryByText(/记在本机，等网络/)).toBeNull());
    await sendAll();
    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatchObject({ id: 'v1', body: { decision: 'approved' } });
  });

  it('brings back a decision that came too late, with the reason, until it is read', async () => {
    await screen.findByRole('heading', { level: 2, name: /户v1/ });
    fireEvent.click(screen.getByRole('button', { name: '通过' }));
    await screen.findByRole('heading', { level: 2, name: /户v2/ });
    refuses = true;
    visits = [makeSummary('v2')];
    network(true);
    expect(await screen.findByText('户v1：您离线时的决定没有被接受')).toBeTruthy();
    await keepNow();
    reopen();
    fireEvent.click(await screen.findByRole('button', { name: '知道了' }));
    await waitFor(() => expect(screen.queryByText(/没有被接受/)).toBeNull());
    expect(posts).toHaveLength(1);
  });
});
