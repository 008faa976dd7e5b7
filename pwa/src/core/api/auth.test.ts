/** Tokens: renewed once for all, and their loss changes nothing but a notice. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loginNeeded, restoreSession, startSession, tokens, user } from '../session';
import { authFetch } from './auth';
import { api, call } from './client';
import { codeOf } from './problem';
import type { User } from './types';

const region = { code: '45032110020101', name: '', level: 'grid', path: [] };
const ME: User = {
  id: 'u1',
  username: 'grid',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region,
};

type Handler = (request: Request) => Response;

function serve(handler: Handler) {
  const calls: Request[] = [];
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init);
    calls.push(request);
    return handler(request);
  });
  return calls;
}

function isRefresh(request: Request): boolean {
  return request.url.endsWith('/auth/refresh');
}

function guarded(request: Request): Response {
  if (isRefresh(request)) return Response.json({ access_token: 'new' });
  const fresh = request.headers.get('Authorization') === 'Bearer new';
  return fresh ? Response.json({ ok: true }) : Response.json({ code: 'login_needed' }, { status: 401 });
}

beforeEach(() => startSession(ME, 'old', 'refresh'));

describe('an expired access token', () => {
  it('is renewed once for requests that fail together, which then succeed', async () => {
    const calls = serve(guarded);
    const asked = [1, 2, 3].map((n) => authFetch(new Request(`http://localhost:3000/api/v1/x/${n}`)));
    const replies = await Promise.all(asked);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
    expect(calls.filter(isRefresh)).toHaveLength(1);
  });

  it('is renewed with the body of the request kept', async () => {
    const bodies: string[] = [];
    vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
      const request = new Request(input, init);
      if (!isRefresh(request)) bodies.push(await request.clone().text());
      return guarded(request);
    });
    await authFetch(new Request('http://localhost:3000/api/v1/x', { method: 'POST', body: 'hello' }));
    expect(bodies).toEqual(['hello', 'hello']);
  });

  it('is kept on disk after renewal', async () => {
    serve(guarded);
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    await restoreSession();
    expect(tokens()).toMatchObject({ access: 'new', refresh: 'refresh' });
  });
});

describe('a refused refresh token', () => {
  it('asks for a login and keeps the user', async () => {
    serve(() => Response.json({ code: 'login_needed' }, { status: 401 }));
    const reply = await authFetch(new Request('http://localhost:3000/api/v1/x'));
    expect(reply.status).toBe(401);
    expect(loginNeeded.value).toBe(true);
    expect(user.value?.id).toBe('u1');
  });

  it('is not believed when the server merely fails', async () => {
    serve((request) =>
      isRefresh(request) ? new Response('', { status: 502 }) : Response.json({}, { status: 401 }),
    );
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    expect(loginNeeded.value).toBe(false);
  });
});

describe('a call', () => {
  it.each([
    ['a problem of the server', () => Response.json({ code: 'not_found' }, { status: 404 }), 'not_found'],
    ['a page of a captive portal', () => new Response('<html>'), 'not_our_server'],
    ['a crash without words', () => new Response('oops', { status: 500 }), 'http_500'],
  ])('that meets %s fails with a code', async (_name, answer, code) => {
    serve(answer);
    const failed = await call(api.GET('/me', {})).catch((error: unknown) => error);
    expect(codeOf(failed)).toBe(code);
  });

  it('without a network says so', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    const failed = await call(api.GET('/me', {})).catch((error: unknown) => error);
    expect(codeOf(failed)).toBe('no_network');
  });
});
