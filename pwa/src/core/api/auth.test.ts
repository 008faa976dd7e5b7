// @vitest-environment happy-dom
/** Tokens: renewed once for all, and their loss changes nothing but a notice. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endSession, loginNeeded, restoreSession, type Session, tokens, user } from '../session';
import { signedIn } from '../vault/testVault';
import { authFetch, logout } from './auth';
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
  if (isRefresh(request)) return Response.json({ access_token: 'new', refresh_token: 'next' });
  const fresh = request.headers.get('Authorization') === 'Bearer new';
  return fresh ? Response.json({ ok: true }) : Response.json({ code: 'login_needed' }, { status: 401 });
}

afterEach(() => vi.unstubAllGlobals());
beforeEach(() => signedIn(ME, 'old', 'refresh'));

describe('an expired access token', () => {
  it.each([409, 429, 500, 503])(
    'whose renewal is answered with %i is a busy server, no lost sign-in',
    async (status) => {
      const calls = serve((request) =>
        isRefresh(request) ? Response.json({ code: 'token_late' }, { status }) : guarded(request),
      );
      const reply = await authFetch(new Request('http://localhost:3000/api/v1/x'));
      expect([reply.status, reply.headers.get('X-Sync')]).toEqual([503, '1']);
      expect(loginNeeded.value).toBe(false);
      expect(calls).toHaveLength(2);
    },
  );

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
    expect(tokens()).toMatchObject({ access: 'new', refresh: 'next' });
  });

  it('leaves the refresh token as it is when the server is an older one', async () => {
    serve((request) => (isRefresh(request) ? Response.json({ access_token: 'new' }) : guarded(request)));
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    expect(tokens()).toMatchObject({ access: 'new', refresh: 'refresh' });
  });

  it('is asked for with the same refresh token again when the answer got lost', async () => {
    let lost = true;
    const calls = serve((request) => {
      if (!isRefresh(request) || !lost) return guarded(request);
      lost = false;
      throw new TypeError('cut off');
    });
    const url = 'http://localhost:3000/api/v1/x';
    await expect(authFetch(new Request(url))).rejects.toThrow('cut off');
    expect((await authFetch(new Request(url))).status).toBe(200);
    expect(authorized(calls, '/auth/refresh')).toEqual(['Bearer refresh', 'Bearer refresh']);
    expect(loginNeeded.value).toBe(false);
  });

  it('is not renewed again when another tab has just done so', async () => {
    const calls = serve(guarded);
    const other = await import('../session');
    const under = serveHeld('/y', guarded);
    const reply = authFetch(new Request('http://localhost:3000/api/v1/y'));
    await under.waits;
    await other.renewTokens(tokens() as Session, 'new', 'next');
    under.release();
    expect((await reply).status).toBe(200);
    expect([...calls, ...under.calls].filter(isRefresh)).toHaveLength(0);
  });

  it('is renewed by one tab at a time, and the other takes what it stored', async () => {
    let tail: Promise<unknown> = Promise.resolve();
    const request = vi.fn((_name: string, work: () => Promise<boolean>) => {
      const turn = tail.then(work);
      tail = turn;
      return turn;
    });
    vi.stubGlobal('navigator', Object.create(navigator, { locks: { value: { request } } }));
    const calls = serve(guarded);
    vi.resetModules();
    const session = await import('../session');
    const { openCurrent } = await import('../vault/testVault');
    await openCurrent();
    await session.restoreSession();
    const { authFetch: fetchOfOther } = await import('./auth');
    const url = 'http://localhost:3000/api/v1/x';
    const replies = await Promise.all([authFetch(new Request(url)), fetchOfOther(new Request(url))]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200]);
    expect(calls.filter(isRefresh)).toHaveLength(1);
    expect(request).toHaveBeenCalledTimes(2);
    expect(session.tokens()).toMatchObject({ access: 'new', refresh: 'next' });
  });
});

describe('a refused refresh token', () => {
  it.each(['token_expired', 'token_invalid', 'token_reused', 'account_disabled'])(
    '(%s) asks for a login and keeps the user',
    async (code) => {
      serve(() => Response.json({ code }, { status: 401, headers: { 'X-Sync': '1' } }));
      const reply = await authFetch(new Request('http://localhost:3000/api/v1/x'));
      expect(reply.status).toBe(401);
      expect(loginNeeded.value).toBe(true);
      expect(user.value?.id).toBe('u1');
    },
  );

  it('is not believed when the server merely fails', async () => {
    serve((request) =>
      isRefresh(request) ? new Response('', { status: 502 }) : Response.json({}, { status: 401 }),
    );
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    expect(loginNeeded.value).toBe(false);
  });

  it('is not believed when it comes from the login page of a Wi-Fi', async () => {
    serve(() => new Response('<html>who are you?</html>', { status: 401 }));
    expect((await authFetch(new Request('http://localhost:3000/api/v1/x'))).status).toBe(401);
    expect(loginNeeded.value).toBe(false);
  });
});

/** A server whose answers wait for `release`, by the end of the address; others are answered at once. */
function serveHeld(held: string, answer: Handler) {
  const calls: Request[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = () => {};
  const waits = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = new Request(input, init);
    calls.push(request);
    if (request.url.endsWith(held) && calls.filter((call) => call.url.endsWith(held)).length === 1) {
      arrived();
      await gate;
    }
    return answer(request);
  });
  return { calls, waits, release: () => release() };
}

const authorized = (calls: Request[], end: string) =>
  calls.filter((call) => call.url.endsWith(end)).map((call) => call.headers.get('Authorization'));

async function changeUser(): Promise<void> {
  await endSession();
  await signedIn({ ...ME, id: 'u2', username: 'grid2' }, 'old2', 'refresh2');
}

describe('a user who changes while a request is under way', () => {
  const url = 'http://localhost:3000/api/v1/visits/batch';

  it('gets the 401 back: nothing is asked again in the name of the next user', async () => {
    const server = serveHeld('/visits/batch', guarded);
    const reply = authFetch(new Request(url, { method: 'POST', body: 'of u1' }));
    await server.waits;
    await changeUser();
    server.release();
    expect((await reply).status).toBe(401);
    expect(authorized(server.calls, '/visits/batch')).toEqual(['Bearer old']);
    expect(server.calls.filter(isRefresh)).toHaveLength(0);
    expect(tokens()).toMatchObject({ access: 'old2', refresh: 'refresh2' });
  });

  it('renews alone: neither takes the renewal of the other, and the late one stores nothing', async () => {
    const server = serveHeld('/auth/refresh', (request) =>
      request.headers.get('Authorization') === 'Bearer refresh'
        ? Response.json({ access_token: 'of u1', refresh_token: 'next of u1' })
        : guarded(request),
    );
    const first = authFetch(new Request(`${url}?1`, { method: 'POST', body: 'of u1' }));
    await server.waits;
    await changeUser();
    const second = await authFetch(new Request(`${url}?2`, { method: 'POST', body: 'of u2' }));
    server.release();
    expect((await first).status).toBe(401);
    expect(second.status).toBe(200);
    expect(authorized(server.calls, '/auth/refresh')).toEqual(['Bearer refresh', 'Bearer refresh2']);
    expect(authorized(server.calls, '?1')).toEqual(['Bearer old']);
    await restoreSession();
    expect(tokens()).toMatchObject({ user: { id: 'u2' }, access: 'new', refresh: 'next' });
  });

  it('does not need a login because the proof of the last one was refused', async () => {
    const refusal = { status: 401, headers: { 'X-Sync': '1' } };
    const server = serveHeld('/auth/refresh', () => Response.json({}, refusal));
    const first = authFetch(new Request(url));
    await server.waits;
    await changeUser();
    server.release();
    expect((await first).status).toBe(401);
    expect(loginNeeded.value).toBe(false);
  });
});

describe('signing out at the server', () => {
  it('hands in the refresh token', async () => {
    const calls = serve(() => new Response(null, { status: 204 }));
    await logout();
    expect(calls.map((call) => call.method)).toEqual(['POST']);
    expect(authorized(calls, '/auth/logout')).toEqual(['Bearer refresh']);
  });

  it('never fails, and says nothing when nobody is signed in', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(logout()).resolves.toBeUndefined();
    await endSession();
    const calls = serve(() => new Response(null, { status: 204 }));
    await logout();
    expect(calls).toHaveLength(0);
  });
});

describe('an answer that names another place of work', () => {
  const moved = { ...ME, region: { ...region, code: '45032110020102' } };
  const answer = (scope: string) => (request: Request) =>
    request.url.endsWith('/me')
      ? Response.json(moved, { headers: { 'X-Scope': scope } })
      : Response.json({}, { headers: { 'X-Scope': scope } });

  it('has the person read anew, once, and kept', async () => {
    const calls = serve(answer('45032110020102'));
    await Promise.all([1, 2].map((n) => authFetch(new Request(`http://localhost:3000/api/v1/x/${n}`))));
    await vi.waitFor(() => expect(user.value?.region.code).toBe('45032110020102'));
    await authFetch(new Request('http://localhost:3000/api/v1/x/3'));
    expect(calls.filter((call) => call.url.endsWith('/me'))).toHaveLength(1);
    await restoreSession();
    expect([user.value?.region.code, tokens()?.refresh]).toEqual(['45032110020102', 'refresh']);
  });

  it('is asked about again when the answer broke off', async () => {
    let asked = 0;
    serve((request) => {
      const broken = request.url.endsWith('/me') && ++asked === 1;
      return broken ? new Response('{"id": "u1", "us') : answer('45032110020102')(request);
    });
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    await vi.waitFor(() => expect(asked).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(user.value?.region.code).toBe(region.code);
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    await vi.waitFor(() => expect(user.value?.region.code).toBe('45032110020102'));
  });

  it('of the place that is known asks nothing', async () => {
    const calls = serve(answer(region.code));
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    expect(calls).toHaveLength(1);
  });

  it('that somebody else came to sign in meanwhile is not theirs', async () => {
    serve((request) => {
      if (request.url.endsWith('/me')) void signedIn({ ...ME, id: 'u2' }, 'other', 'others');
      return answer('45032110020102')(request);
    });
    await authFetch(new Request('http://localhost:3000/api/v1/x'));
    await vi.waitFor(() => expect(user.value?.id).toBe('u2'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(user.value?.region.code).toBe(region.code);
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
