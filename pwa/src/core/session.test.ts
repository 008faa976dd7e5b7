// @vitest-environment happy-dom
/** Two tabs on one phone: what one does to the session the other follows, and neither overwrites another user's. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from './api/types';

type Tab = typeof import('./session') & {
  signIn(user: User, access: string, refresh: string): Promise<void>;
};

/** A tab: the modules anew, on the same databases; the vault of whoever uses the phone is opened. */
async function openTab(): Promise<Tab> {
  vi.resetModules();
  const tab = await import('./session');
  const { openCurrent, signedIn } = await import('./vault/testVault');
  await openCurrent();
  await tab.restoreSession();
  return { ...tab, signIn: signedIn };
}

function person(id: string): User {
  const region = { code: '45032110020101', name: '', level: 'grid', path: [] };
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

function held(tab: Tab) {
  const session = tab.tokens();
  if (!session) throw new Error('nobody is signed in');
  return session;
}

/** What a tab opened now would read. */
async function stored() {
  return (await openTab()).tokens();
}

function shell(tab: Tab) {
  const log: string[] = [];
  tab.followSession({
    settle: async () => {
      log.push(`settle as ${tab.user.value?.id}`);
    },
    reopen: () => {
      log.push(`reopen as ${tab.user.value?.id ?? 'nobody'}`);
    },
    lock: () => void log.push('lock'),
  });
  return log;
}

const real = IDBObjectStore.prototype.put;
let one: Tab;
let two: Tab;

beforeEach(async () => {
  await (await openTab()).signIn(person('grid1'), 'a1', 'r1');
  one = await openTab();
  two = await openTab();
});

describe('a tab that did not hear that another user signed in', () => {
  beforeEach(async () => {
    await two.endSession();
    await two.signIn(person('grid2'), 'a2', 'r2');
  });

  it('does not put its renewed token over the session of the other, and is nobody from then on', async () => {
    expect(await one.renewTokens(held(one), 'a1-new', 'r1-new')).toBe(false);
    expect(one.tokens()).toBeNull();
    expect(await stored()).toMatchObject({ user: { id: 'grid2' }, access: 'a2', refresh: 'r2' });
  });

  it('ends only its own session', async () => {
    await one.endSession();
    expect(one.user.value).toBeNull();
    expect(await stored()).toMatchObject({ user: { id: 'grid2' } });
  });
});

describe('a renewal', () => {
  it('of a sign-in that ended stores nothing', async () => {
    const old = held(one);
    await two.endSession();
    expect(await one.renewTokens(old, 'a1-new', 'r1-new')).toBe(false);
    expect(await stored()).toBeNull();
  });

  it('of an earlier sign-in of the same user takes over the later one', async () => {
    const old = held(one);
    await two.signIn(person('grid1'), 'b1', 's1');
    expect(await one.renewTokens(old, 'a1-new', 'r1-new')).toBe(false);
    expect(one.tokens()).toMatchObject({ access: 'b1', refresh: 's1' });
  });

  it('in both tabs at once succeeds in both', async () => {
    const [first, second] = [held(one), held(two)];
    const both = await Promise.all([one.renewTokens(first, 'x', 'rx'), two.renewTokens(second, 'y', 'ry')]);
    expect(both).toEqual([true, true]);
    const kept = await stored();
    expect([
      ['x', 'rx'],
      ['y', 'ry'],
    ]).toContainEqual([kept?.access, kept?.refresh]);
  });

  it('is on disk, flushed, before anybody uses it', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const seen: (string | undefined)[] = [];
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      ...row
    ) {
      seen.push(one.tokens()?.refresh);
      return real.apply(this, row);
    });
    expect(await one.renewTokens(held(one), 'a1-new', 'r1-new')).toBe(true);
    expect(seen).toEqual(['r1']);
    expect(transaction.mock.lastCall?.[2]).toEqual({ durability: 'strict' });
    put.mockRestore();
    expect(one.tokens()?.refresh).toBe('r1-new');
    expect((await stored())?.refresh).toBe('r1-new');
  });

  it('on a full phone goes on with the token on disk, which stays good until its successor is used', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(await one.renewTokens(held(one), 'a1-new', 'r1-new')).toBe(true);
    expect(one.tokens()).toMatchObject({ access: 'a1-new', refresh: 'r1' });
    vi.restoreAllMocks();
    expect(await stored()).toMatchObject({ access: 'a1', refresh: 'r1' });
    expect(await one.renewTokens(held(one), 'a1-newer', 'r2')).toBe(true);
    expect(await stored()).toMatchObject({ access: 'a1-newer', refresh: 'r2' });
  });

  it('goes on from a session that an older version stored, which named no sign-in', async () => {
    const { signIn: _none, ...old } = held(one);
    const { seal } = await import('./vault');
    const { writeMeta } = await import('./localDb');
    const { openCurrent } = await import('./vault/testVault');
    await openCurrent();
    await writeMeta('session', await seal('meta', 'session', old));
    const tab = await openTab();
    expect(await tab.renewTokens(held(tab), 'a2', 'r2')).toBe(true);
    expect(await tab.renewTokens(held(tab), 'a3', 'r3')).toBe(true);
    expect(tab.sameSignIn(held(tab), { user: old.user, access: 'a1', refresh: 'r1' })).toBe(true);
    expect(await stored()).toMatchObject({ access: 'a3', refresh: 'r3' });
  });
});

describe('a sign-in that the server refused', () => {
  it('is still refused after the phone was locked and unlocked, until its tokens are renewed', async () => {
    await one.markExpired(held(one));
    const tab = await openTab();
    expect(tab.loginNeeded.value).toBe(true);
    expect(await tab.renewTokens(held(tab), 'a2', 'r2')).toBe(true);
    expect(tab.loginNeeded.value).toBe(false);
    expect((await openTab()).loginNeeded.value).toBe(false);
  });

  it('is over with a new sign-in', async () => {
    await one.markExpired(held(one));
    await one.signIn(person('grid1'), 'b1', 's1');
    expect((await openTab()).loginNeeded.value).toBe(false);
  });

  it('does not spoil the tokens that another tab got meanwhile', async () => {
    const old = held(one);
    await two.renewTokens(held(two), 'a2', 'r2');
    await one.markExpired(old);
    expect(await stored()).toMatchObject({ access: 'a2', refresh: 'r2', refused: false });
    expect((await openTab()).loginNeeded.value).toBe(false);
  });

  it('is told now even when the full disk cannot keep it', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await one.markExpired(held(one));
    expect(one.loginNeeded.value).toBe(true);
  });
});

describe('a tab that follows the others', () => {
  it('closes its forms under the old name, then is opened anew as nobody', async () => {
    const log = shell(one);
    await two.endSession();
    await vi.waitFor(() => expect(log).toEqual(['settle as grid1', 'reopen as nobody']));
    await two.signIn(person('grid2'), 'a2', 'r2');
    await one.reloadSession();
    expect(log).toHaveLength(2);
    expect(await stored()).toMatchObject({ user: { id: 'grid2' } });
  });

  it('takes a renewed token and a new login of the same user without leaving the page', async () => {
    const log = shell(one);
    await one.markExpired(held(one));
    await two.renewTokens(held(two), 'a1-new', 'r1-new');
    await vi.waitFor(() => expect(one.tokens()).toMatchObject({ access: 'a1-new', refresh: 'r1-new' }));
    expect(one.loginNeeded.value).toBe(false);
    await two.signIn(person('grid1'), 'b1', 's1');
    await vi.waitFor(() => expect(one.tokens()?.refresh).toBe('s1'));
    expect(log).toEqual([]);
  });

  it('looks again when it is shown, for what it missed while frozen', async () => {
    const log = shell(one);
    await one.reloadSession();
    vi.stubGlobal('BroadcastChannel', undefined);
    const unheard = await openTab();
    vi.unstubAllGlobals();
    await unheard.signIn(person('grid2'), 'a2', 'r2');
    expect(log).toEqual([]);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => expect(log).toEqual(['settle as grid1', 'reopen as nobody']));
  });

  it('at the sign-in page is opened anew when somebody signs in elsewhere', async () => {
    await one.endSession();
    const log = shell(one);
    await one.reloadSession();
    await two.signIn(person('grid2'), 'a2', 'r2');
    await vi.waitFor(() => expect(log).toEqual(['reopen as nobody']));
  });
});
