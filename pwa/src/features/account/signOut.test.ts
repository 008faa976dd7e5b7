// @vitest-environment happy-dom
/** The way out: the server is told, and its silence keeps nobody signed in. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../core/api/types';
import { restoreSession, tokens, user } from '../../core/session';
import { openTestVault, signedIn } from '../../core/vault/testVault';
import { signOut } from './signOut';

const ME: User = {
  id: 'u1',
  username: 'grid1',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region: { code: '45032110020101', name: '', level: 'grid', path: [] },
};

beforeEach(() => signedIn(ME, 'access', 'refresh'));

describe('signing out', () => {
  it.each([
    ['answers', () => Promise.resolve(new Response(null, { status: 204 }))],
    ['fails', () => Promise.resolve(new Response('', { status: 500 }))],
    ['is out of reach', () => Promise.reject(new TypeError('failed'))],
    ['never answers', () => new Promise<Response>(() => {})],
  ])('tells a server that %s, and ends the session here', async (_name, answer) => {
    const calls: Request[] = [];
    vi.stubGlobal('fetch', (input: string, init?: RequestInit) => {
      calls.push(new Request(input, init));
      return answer();
    });
    await signOut();
    expect(calls.map((call) => [new URL(call.url).pathname, call.headers.get('Authorization')])).toEqual([
      ['/api/v1/auth/logout', 'Bearer refresh'],
    ]);
    expect(user.value).toBeNull();
    await openTestVault(ME.id);
    await restoreSession();
    expect(tokens()).toBeNull();
  });
});
