/** Two tabs on one phone: what one does to the session the other follows, and neither overwrites another user's. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from './api/types';

type Tab = typeof import('./session');

/** A tab: the modules anew, on the same database. */
async function openTab(): Promise<Tab> {
  vi.resetModules();
  const tab = await import('./session');
  await tab.restoreSession();
  return tab;
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
  });
  return log;
}

let one: Tab;
let two: Tab;

beforeEach(async () => {
  await (await openTab()).startSession(person('grid1'), 'a1', 'r1');
  one = await openTab();
  two = await openTab();
});

describe('a tab that did not hear that another user signed in', () => {
  beforeEach(async () => {
    await two.endSession();
    await two.startSession(person('grid2'), 'a2', 'r2');
  });

  it('does not put its renewed token over the session of the other, and is nobody from then on', async () => {
    expect(await one.renewAccess(held(one), 'a1-new')).toBe(false);
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
    expect(await one.renewAccess(old, 'a1-new')).toBe(false);
    expect(await stored()).toBeNull();
  });

  it('of an earlier sign-in of the same user takes over the later one', async () => {
    const old = held(one);
    await two.startSession(person('grid1'), 'b1', 's1');
    expect(await one.renewAccess(old, 'a1-new')).toBe(false);
    expect(one.tokens()).toMatchObject({ access: 'b1', refresh: 's1' });
  });

  it('in both tabs at once succeeds in both', async () => {
    const both = await Promise.all([one.renewAccess(held(one), 'x'), two.renewAccess(held(two), 'y')]);
    expect(both).toEqual([true, true]);
    expect(['x', 'y']).toContain((await stored())?.access);
  });
});

describe('a tab that follows the others', () => {
  it('closes its forms under the old name, then is opened anew as nobody', async () => {
    const log = shell(one);
    await two.endSession();
    await vi.waitFor(() => expect(log).toEqual(['settle as grid1', 'reopen as nobody']));
    await two.startSession(person('grid2'), 'a2', 'r2');
    await one.reloadSession();
    expect(log).toHaveLength(2);
    expect(await stored()).toMatchObject({ user: { id: 'grid2' } });
  });

  it('takes a renewed token and a new login of the same user without leaving the page', async () => {
    const log = shell(one);
    one.markExpired(held(one));
    await two.renewAccess(held(two), 'a1-new');
    await vi.waitFor(() => expect(one.tokens()?.access).toBe('a1-new'));
    expect(one.loginNeeded.value).toBe(false);
    await two.startSession(person('grid1'), 'b1', 's1');
    await vi.waitFor(() => expect(one.tokens()?.refresh).toBe('s1'));
    expect(log).toEqual([]);
  });

  it('looks again when it is shown, for what it missed while frozen', async () => {
    const log = shell(one);
    await one.reloadSession();
    vi.stubGlobal('BroadcastChannel', undefined);
    const unheard = await openTab();
    vi.unstubAllGlobals();
    await unheard.startSession(person('grid2'), 'a2', 'r2');
    expect(log).toEqual([]);
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() => expect(log).toEqual(['settle as grid1', 'reopen as nobody']));
  });

  it('at the sign-in page is opened anew when somebody signs in elsewhere', async () => {
    await one.endSession();
    const log = shell(one);
    await one.reloadSession();
    await two.startSession(person('grid2'), 'a2', 'r2');
    await vi.waitFor(() => expect(log).toEqual(['reopen as nobody']));
  });
});
