// @vitest-environment happy-dom
/** The engine in the browser: who it sends for, when photos may travel, and work that is safe without it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User, VisitBody } from '../api/types';
import { endSession } from '../session';
import { signedIn } from '../vault/testVault';
import {
  kick,
  outboxItems,
  reloadOutbox,
  retry,
  sendingNow,
  setWifiOnly,
  syncState,
  unsent,
  wifiOnly,
} from '.';
import * as engine from './engine';
import { enqueueEdit } from './index';
import { enqueueVisit } from './save';
import { FakeServer } from './testServer';
import { photosMayTravel } from './wifi';

let me = '';
let server: FakeServer;
const calls: { path: string; token: string | null }[] = [];

function person(id: string): User {
  const region = { code: '4501', name: '', level: 'grid', path: [] };
  return {
    id,
    username: id,
    display_name: id,
    role: 'grid_member',
    department: null,
    locale: 'zh-CN',
    region,
  };
}

function visit(id: string): VisitBody {
  return { id, household_id: 'h1', revises: null, notes: {}, photos: [] } as unknown as VisitBody;
}

/** The fake server behind the browser's own `fetch`. */
async function viaServer(request: Request): Promise<Response> {
  const path = request.url.split('/api/v1')[1] ?? '';
  calls.push({ path, token: request.headers.get('Authorization') });
  const headers = { 'X-Content-SHA256': request.headers.get('X-Content-SHA256') ?? '' };
  const body = await request.text();
  const method = request.method as 'GET';
  const answer = await server.handle(path, { method, headers, body });
  return new Response(await answer.text(), { status: answer.status, headers: { 'X-Sync': '1' } });
}

beforeEach(async () => {
  server = new FakeServer();
  calls.length = 0;
  vi.stubGlobal('fetch', viaServer);
  // The simulated browser has none, and says so with null.
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
  me = `user-${Math.random()}`;
  await signedIn(person(me), `token-${me}`, 'r');
  await reloadOutbox();
});

afterEach(() => vi.unstubAllGlobals());

describe('a saved visit', () => {
  it('travels by itself and shows its receipt', async () => {
    const id = await enqueueVisit(visit(`a-${me}`), [], { headName: '覃秀兰' });
    await vi.waitFor(() => expect(outboxItems.value[0]?.state).toBe('complete'), 3000);
    expect(outboxItems.value[0]).toMatchObject({
      opId: id,
      kind: 'visit',
      headName: '覃秀兰',
      receipt: `R-${id}`,
      receiptSigned: true,
    });
    expect(unsent.value).toEqual([]);
    await vi.waitFor(() => expect(sendingNow.value).toBe(false));
    expect(syncState.value).toMatchObject({ epoch: 'epoch-1', order: 'active' });
  });

  it('is safe and listed when the engine never comes', async () => {
    vi.spyOn(engine, 'kick').mockRejectedValue(new Error('the chunk did not load'));
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    const id = await enqueueVisit(visit(`b-${me}`), []);
    expect(outboxItems.value.map((item) => [item.opId, item.state])).toEqual([[id, 'queued']]);
  });

  it('that is refused can be offered again', async () => {
    server.judge = () => ({ st: 'rejected', problem: { status: 422, code: 'invalid_answers' } });
    const id = await enqueueVisit(visit(`c-${me}`), []);
    await vi.waitFor(
      () => expect(outboxItems.value[0]).toMatchObject({ state: 'rejected', code: 'invalid_answers' }),
      3000,
    );
    server.judge = () => null;
    await retry(id);
    await vi.waitFor(() => expect(outboxItems.value[0]?.state).toBe('complete'), 3000);
  });

  it('does not go on as somebody else who signs in while a request is on its way', async () => {
    let answer: () => void = () => undefined;
    vi.stubGlobal('fetch', async (request: Request) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return viaServer(request);
    });
    await enqueueVisit(visit(`e-${me}`), []);
    await vi.waitFor(() => expect(sendingNow.value).toBe(true), 3000);
    await vi.waitFor(() => expect(answer).not.toBe(undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await signedIn(person('thief'), 'token-thief', 'r');
    vi.stubGlobal('fetch', viaServer);
    answer();
    await vi.waitFor(() => expect(calls.length).toBeGreaterThan(0), 3000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.ledger.size).toBe(0);
  });

  it('never travels as somebody else', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await enqueueVisit(visit(`d-${me}`), []);
    await vi.waitFor(() => expect(sendingNow.value).toBe(false), 3000);
    await endSession();
    await signedIn(person('other'), 'token-other', 'r');
    await reloadOutbox();
    vi.stubGlobal('fetch', viaServer);
    kick();
    await vi.waitFor(() => expect(calls.some((call) => call.path === '/s1/hello')).toBe(true), 3000);
    await vi.waitFor(() => expect(sendingNow.value).toBe(false), 3000);
    expect(server.ledger.size).toBe(0);
  });
});

it('an edit of a household travels as an operation of its own', async () => {
  const body = { household_id: 'h1', reason: '换号', set: [{ member_id: null, field: 'phone', value: '1' }] };
  const id = await enqueueEdit(body, { baseRev: 3 });
  await vi.waitFor(() => expect(outboxItems.value[0]?.state).toBe('complete'), 3000);
  expect(server.ledger.get(id)?.op).toMatchObject({
    kind: 'household.edit',
    entity: 'h1',
    base_rev: 3,
    body,
  });
});

describe('photos', () => {
  const network = (type: string | undefined) =>
    Object.defineProperty(navigator, 'connection', {
      value: { type, addEventListener: () => undefined },
      configurable: true,
    });

  it('wait for a Wi-Fi only when that is wished and the browser tells the kind of network', () => {
    const cases = [undefined, 'unknown', 'wifi', 'ethernet', 'cellular'] as const;
    const allowed = () => cases.map((type) => network(type) && photosMayTravel());
    expect(allowed()).toEqual([true, true, true, true, true]);
    setWifiOnly(true);
    expect(wifiOnly.value).toBe(true);
    expect(allowed()).toEqual([true, true, true, true, false]);
    setWifiOnly(false);
  });
});
