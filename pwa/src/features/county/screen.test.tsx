// @vitest-environment happy-dom
/** One visit at the county's desk, where any light may be dismissed, and what tells of it is read again. */
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DismissalRequest, StandingLight, VisitDetail } from '../../core/api/types';
import { registerTexts } from '../../core/i18n';
import { endSession } from '../../core/session';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/core';
import { texts as zh } from '../../i18n/zh-CN/core';
import { forgetRecords } from '../../record';
import { CHECKLIST_JSON, makeDetail } from '../../record/fixtures';
import { CountyPage, resetCounty } from './index';

registerTexts({ zh, en });
configure({ asyncUtilTimeout: 5000 });

const LIGHT: StandingLight = {
  rule: 'R-MED-03',
  label: { zh: '住院自费达基准线', en: 'x' },
  severity: 'red',
  risks: ['illness'],
  causes: [],
  articles: [],
  pack: 'heshan',
  pack_version: '2020-08',
  state: 'open',
  opened_by: null,
  closed_by: null,
  dismissed_by: null,
};

let detail: VisitDetail;
let asked: string[];
let sent: DismissalRequest[];

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

async function dismiss(request: Request): Promise<Response> {
  const body = (await request.json()) as DismissalRequest;
  sent.push(body);
  const dismissal = {
    ...body,
    actor_name: '覃',
    actor_role: 'county',
    created_at: '2026-11-01T02:00:00Z',
  } as unknown as StandingLight['dismissed_by'];
  detail = { ...detail, lights: [{ ...LIGHT, state: 'closed', dismissed_by: dismissal }] };
  return json(dismissal, 201);
}

async function fakeFetch(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace('/api/v1', '');
  asked.push(path);
  if (path === '/visits/v1/lights/R-MED-03/dismissals') return dismiss(request);
  if (path.startsWith('/checklists')) return json(CHECKLIST_JSON);
  if (path.startsWith('/households')) return json({ history: [] });
  return path === '/visits/v1' ? json(detail) : json({ code: 'not_found', status: 404 }, 404);
}

beforeEach(async () => {
  detail = makeDetail('v1', { lights: [LIGHT] });
  asked = [];
  sent = [];
  vi.stubGlobal('fetch', fakeFetch);
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  const region = { code: '450321', name: '阳朔县', level: 'county', path: [] };
  await signedIn(
    { id: 'q', username: 'q', display_name: '覃', role: 'county', department: null, locale: 'zh-CN', region },
    'a',
    'r',
  );
});

afterEach(async () => {
  cleanup();
  resetCounty();
  forgetRecords();
  await endSession();
  vi.unstubAllGlobals();
});

it('dismisses a red light with a reason, then shows the light out and reads the history again', async () => {
  render(<CountyPage visitId="v1" />);
  fireEvent.click(await screen.findByRole('button', { name: '排除这盏灯' }));
  const sheet = within(await screen.findByRole('dialog', { name: '排除这盏灯' }));
  fireEvent.click(sheet.getByLabelText('回答记错了'));
  fireEvent.input(sheet.getByRole('textbox'), { target: { value: '发票看过，自费 300 元' } });
  const histories = asked.filter((path) => path.startsWith('/households')).length;
  fireEvent.click(sheet.getByRole('button', { name: '确认排除' }));
  expect(await screen.findByText(/覃（县级）.*排除/)).toBeTruthy();
  expect(sent).toMatchObject([{ reason: 'wrong_answer', text: '发票看过，自费 300 元' }]);
  expect(screen.queryByRole('button', { name: '排除这盏灯' })).toBeNull();
  await waitFor(() =>
    expect(asked.filter((path) => path.startsWith('/households')).length).toBe(histories + 1),
  );
});

it('offers nothing for a version that another has taken the place of', async () => {
  detail = { ...detail, state: 'superseded' };
  render(<CountyPage visitId="v1" />);
  expect(await screen.findByText('住院自费达基准线')).toBeTruthy();
  expect(screen.queryByRole('button', { name: '排除这盏灯' })).toBeNull();
});
