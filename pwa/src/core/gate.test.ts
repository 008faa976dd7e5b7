// @vitest-environment happy-dom
/** The way in: password online, PIN anywhere; nobody's data is touched by anybody else. */
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from './api/types';

const PIN = '204173';
const NEXT = '806294';
const WRONG = '731402';

async function start() {
  vi.resetModules();
  const [gate, drafts, session, accounts, vault] = await Promise.all([
    import('./gate'),
    import('./drafts'),
    import('./session'),
    import('./vault/accounts'),
    import('./vault'),
  ]);
  await gate.enter();
  return { ...gate, ...drafts, ...session, ...accounts, ...vault };
}

function arrival(id: string, token = 'a') {
  const region = { code: '4503', name: '', level: 'grid', path: [] };
  const user: User = {
    id,
    username: id,
    display_name: id,
    role: 'grid_member',
    department: null,
    locale: '',
    region,
  };
  return { user, access: token, refresh: `r${token}`, recovery: (id === 'a' ? 'ab' : 'cd').repeat(32) };
}

type App = Awaited<ReturnType<typeof start>>;
let app: App;

async function signIn(id: string, pin = PIN): Promise<void> {
  await app.arrive(arrival(id), false);
  if (app.gate.value.at === 'choose') await app.choosePin(pin);
}

async function fail(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await app.unlock(WRONG);
}

beforeEach(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  app = await start();
});
afterEach(() => vi.unstubAllGlobals());

describe('a phone', () => {
  it('that is new asks for the password, then for a first PIN, and opens', async () => {
    expect(app.gate.value).toEqual({ at: 'login', forgot: false, hint: '' });
    await app.arrive(arrival('a'), false);
    expect(app.gate.value).toEqual({ at: 'choose', why: 'first', username: 'a' });
    expect(app.tokens()).toBeNull();
    await app.choosePin(PIN);
    expect(app.gate.value).toEqual({ at: 'open' });
    expect(app.user.value?.id).toBe('a');
  });

  it('opened again wants the PIN, whatever became of the sign-in, and gives back what lies there', async () => {
    await signIn('a');
    await app.saveDraft('h1', { note: '屋顶漏雨' });
    app = await start();
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 10, wrong: false });
    expect(app.user.value).toBeNull();
    await app.unlock(WRONG);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 9, wrong: true });
    await app.unlock(PIN);
    expect(app.gate.value).toEqual({ at: 'open' });
    expect(await app.loadDraft('h1')).toEqual({ note: '屋顶漏雨' });
    expect(app.tokens()).toMatchObject({ access: 'a', refresh: 'ra' });
  });

  it('ended while its first PIN was being stored asks for the password again', async () => {
    await app.arrive(arrival('a'), false);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const real = IDBObjectStore.prototype.put;
    put.mockRestore();
    let writes = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
      writes += 1;
      if (writes > 3) throw new DOMException('the phone died', 'AbortError');
      return real.apply(this, given);
    });
    await app.choosePin(PIN).catch(() => undefined);
    vi.restoreAllMocks();
    app = await start();
    if (app.gate.value.at === 'locked') await app.unlock(PIN);
    expect(app.gate.value.at).toBe('login');
    await signIn('a');
    expect(app.gate.value).toEqual({ at: 'open' });
  });
});

describe('an app that ended in the middle of a form', () => {
  /** Opens it anew at an address, on a phone that knows every household; where it is then. */
  async function reopen(hash: string): Promise<string> {
    vi.doMock('./assignments', () => ({ householdById: () => ({}), loadHouseholds: async () => undefined }));
    history.replaceState(null, '', hash);
    app = await start();
    await app.unlock(PIN);
    vi.doUnmock('./assignments');
    return location.hash;
  }
  afterEach(() => history.replaceState(null, '', '#/'));

  it('goes on there after the PIN, with the form that was worked at last', async () => {
    await signIn('a');
    await app.saveDraft('h1', {});
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_000);
    await app.saveDraft('h2', {});
    vi.restoreAllMocks();
    expect(await reopen('#/')).toBe('#/visit/h2');
  });

  it('shows another place that was asked for, and the list once the form was left', async () => {
    await signIn('a');
    await app.saveDraft('h1', {});
    expect(await reopen('#/me')).toBe('#/me');
    await app.leaveDraft('h1');
    expect(await app.loadDraft('h1')).toEqual({});
    expect(await reopen('#/')).toBe('#/');
  });
});

describe('a new sign-in', () => {
  it('of the same user keeps the PIN', async () => {
    await signIn('a');
    await app.arrive(arrival('a', 'b'), false);
    expect([app.gate.value, app.tokens()?.access]).toEqual([{ at: 'open' }, 'b']);
    app = await start();
    await app.arrive(arrival('a', 'c'), false);
    expect([app.gate.value, app.tokens()?.access]).toEqual([{ at: 'open' }, 'c']);
    app = await start();
    await app.unlock(PIN);
    expect(app.tokens()?.access).toBe('c');
  });

  it('of who forgot the PIN gives another one, and the data stays', async () => {
    await signIn('a');
    await app.saveDraft('h1', { note: 1 });
    app = await start();
    app.askPassword(true);
    await app.arrive(arrival('a', 'b'), true);
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'again' });
    await app.choosePin(NEXT);
    expect(await app.loadDraft('h1')).toEqual({ note: 1 });
    app = await start();
    await app.unlock(PIN);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 9 });
    await app.unlock(NEXT);
    expect(app.gate.value).toEqual({ at: 'open' });
  });

  it('after ten wrong PINs as well', async () => {
    await signIn('a');
    await app.saveDraft('h1', { note: 1 });
    app = await start();
    await fail(10);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 0 });
    await app.unlock(PIN);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 0 });
    app = await start();
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 0 });
    await app.arrive(arrival('a', 'b'), false);
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'again' });
    await app.choosePin(NEXT);
    expect(await app.loadDraft('h1')).toEqual({ note: 1 });
  });

  it('at a server with another secret asks for the PIN, and takes the new secret', async () => {
    await signIn('a');
    app = await start();
    const other = { ...arrival('a', 'b'), recovery: '12'.repeat(32) };
    await app.arrive(other, false);
    expect(app.gate.value).toMatchObject({ at: 'locked', proof: other });
    await app.unlock(PIN);
    expect([app.gate.value, app.tokens()?.access]).toEqual([{ at: 'open' }, 'b']);
    app = await start();
    await fail(10);
    await app.arrive(other, false);
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'again' });
  });

  it('where neither PIN nor server open the vault begins another, and the old one stays sealed', async () => {
    await signIn('a');
    app = await start();
    await fail(10);
    await app.arrive({ ...arrival('a'), recovery: '12'.repeat(32) }, false);
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'lost' });
    await app.choosePin(PIN);
    expect(app.gate.value).toEqual({ at: 'open' });
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names.filter((name) => name?.startsWith('liangdeng-user-'))).toHaveLength(2);
  });
});

describe('another user of the phone', () => {
  beforeEach(async () => {
    await signIn('a');
    await app.saveDraft('h1', { note: 'of a' });
    app = await start();
  });

  it('signs in beside, sees nothing and destroys nothing', async () => {
    app.askPassword(false);
    await signIn('b', NEXT);
    expect(app.user.value?.id).toBe('b');
    expect(app.draftHouseholds.value.size).toBe(0);
    expect(await app.loadDraft('h1')).toBeNull();
    app = await start();
    await app.unlock(NEXT);
    expect(app.user.value?.id).toBe('b');
    app = await start();
    await app.otherUser(' a ');
    await app.unlock(NEXT);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 9 });
    await app.unlock(PIN);
    expect(app.user.value?.id).toBe('a');
    expect(await app.loadDraft('h1')).toEqual({ note: 'of a' });
  });

  it('who is not known here is asked for the password', async () => {
    await app.otherUser('c');
    expect(app.gate.value).toEqual({ at: 'login', forgot: false, hint: 'c' });
    expect(await app.backToLock()).toBe(true);
    await app.unlock(PIN);
    expect(app.user.value?.id).toBe('a');
  });

  it('may type ten wrong PINs at the own lock: the first one’s stays', async () => {
    await signIn('b', NEXT);
    app = await start();
    await fail(10);
    await app.otherUser('a');
    await app.unlock(PIN);
    expect(app.user.value?.id).toBe('a');
  });
});

describe('locking', () => {
  beforeEach(() => signIn('a'));

  it('shows the lock at once, waits for the last words of a form, then forgets the key', async () => {
    const locking = app.lock();
    await vi.waitFor(() => expect(app.gate.value.at).toBe('locked'));
    await app.saveDraft('h1', { last: 'words' });
    await locking;
    expect([app.user.value, app.openAccount()]).toEqual([null, null]);
    await expect(app.saveDraft('h1', { late: 1 })).rejects.toThrow('nobody is signed in');
    await app.unlock(PIN);
    expect(await app.loadDraft('h1')).toEqual({ last: 'words' });
  });

  it('is undone by a PIN that comes before the key went', async () => {
    const locking = app.lock();
    await vi.waitFor(() => expect(app.gate.value.at).toBe('locked'));
    await app.unlock(PIN);
    await locking;
    expect([app.gate.value, app.user.value?.id]).toEqual([{ at: 'open' }, 'a']);
  });

  it('leaves nothing of the last user in the next one’s vault, though an upload still ends behind the lock', async () => {
    app.askPassword(false);
    await app.arrive(arrival('b'), false);
    await app.choosePin(NEXT);
    const { storageOf } = await import('./outbox/store');
    const late = storageOf('b');
    const { noteSending } = await import('./outbox/signals');
    noteSending(['an upload']);
    const locking = app.lock();
    await vi.waitFor(() => expect(app.gate.value.at).toBe('locked'));
    await app.otherUser('a');
    await app.unlock(PIN);
    expect(app.user.value?.id).toBe('a');
    await expect(late.note({ epoch: 'of b' })).rejects.toThrow('locked');
    noteSending([]);
    await locking;
    expect([app.gate.value, app.user.value?.id]).toEqual([{ at: 'open' }, 'a']);
  });

  it('in the middle of a sign-in forgets the proof', async () => {
    app = await start();
    await app.arrive(arrival('b'), false);
    await app.lock();
    expect(app.gate.value).toMatchObject({ at: 'locked', proof: null });
    await expect(app.choosePin(NEXT)).rejects.toThrow('nobody');
  });

  it('of another tab is followed', async () => {
    const { followSession } = app;
    const followed = vi.fn();
    followSession({ settle: async () => undefined, reopen: () => undefined, lock: followed });
    const two = await start();
    await two.unlock(PIN);
    await two.lock(true);
    await vi.waitFor(() => expect(followed).toHaveBeenCalledTimes(1));
  });
});

describe('another PIN', () => {
  beforeEach(() => signIn('a'));

  it('is taken for the right one of before, which counts as a try', async () => {
    expect(await app.provePin(WRONG)).toBe(9);
    await expect(app.changePin(NEXT)).rejects.toThrow('proven');
    expect(await app.provePin(PIN)).toBeNull();
    await app.changePin(NEXT);
    await expect(app.changePin(PIN)).rejects.toThrow('proven');
    app = await start();
    await app.unlock(PIN);
    expect(app.gate.value).toMatchObject({ at: 'locked', left: 9 });
    await app.unlock(NEXT);
    expect(app.gate.value).toEqual({ at: 'open' });
  });
});
