// @vitest-environment happy-dom
/** Ordered to forget: the key first, then every row, cache and setting, whatever else is under way. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from './api/types';

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
const URL_ = 'http://localhost:3000/api/v1/x';

/** A tab: the modules anew, on the same database. */
async function openTab() {
  vi.resetModules();
  const [session, auth, localDb, vault, device, wiping] = await Promise.all([
    import('./session'),
    import('./api/auth'),
    import('./localDb'),
    import('./vault/testVault'),
    import('./device'),
    import('./wipe'),
  ]);
  return { session, ...auth, localDb, ...vault, device, ...wiping };
}

type Tab = Awaited<ReturnType<typeof openTab>>;

function refusal(code: string, headers: Record<string, string> = { 'X-Sync': '1' }): Response {
  return Response.json({ code }, { status: 403, headers });
}

/** Every row of every database, read past all modules. */
async function rows(): Promise<unknown[]> {
  const { openDB } = await import('idb');
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
  expect(names).toContain('liangdeng-phone');
  expect(names.filter((name) => name.startsWith('liangdeng-user-'))).toHaveLength(2);
  const found: unknown[] = [];
  for (const name of names) {
    const database = await openDB(name);
    for (const store of database.objectStoreNames) found.push(...(await database.getAll(store)));
    database.close();
  }
  return found;
}

let tab: Tab;
const deleted: string[] = [];
const gone = vi.fn(async () => true);

afterEach(() => vi.unstubAllGlobals());
beforeEach(async () => {
  deleted.length = 0;
  gone.mockClear();
  tab = await openTab();
  await tab.openTestVault('somebody');
  await tab.signedIn(ME);
  await tab.session.deviceId();
  await tab.localDb.writeStrict(['drafts'], async (tx) => {
    const sealed = await Promise.resolve({ v: 1 as const, iv: new Uint8Array(12), data: new ArrayBuffer(4) });
    await tx.objectStore('drafts').put({ user_id: 'u1', sealed, household_id: 'h', saved_at: 1 }, 'u1/h');
  });
  localStorage.setItem('liangdeng.used', '1');
  sessionStorage.setItem('x', '1');
  vi.stubGlobal('caches', {
    keys: async () => ['precache'],
    delete: async (name: string) => deleted.push(name),
  });
  const serviceWorker = { getRegistrations: async () => [{ unregister: gone }] };
  vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { serviceWorker }));
  document.body.innerHTML = '<div id="app">韦永福 450321</div>';
});

function answer(reply: () => Response): void {
  vi.stubGlobal('fetch', async () => reply());
}

describe('a phone that is told to wipe', () => {
  it('keeps nothing of anybody and says so', async () => {
    answer(() => refusal('device_wiped'));
    expect((await tab.authFetch(new Request(URL_))).status).toBe(403);
    expect(await rows()).toEqual([]);
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
    expect(deleted).toEqual(['precache']);
    expect(gone).toHaveBeenCalledTimes(1);
    expect(document.body.textContent).not.toContain('韦永福');
    expect(document.querySelector('h1')?.textContent).toBe('这台设备上的数据已清除');
    expect(document.body.textContent).toContain('请联系乡镇');
  });

  it('does so when its tokens are refused and only the renewal says why', async () => {
    answer(() => Response.json({ code: 'token_expired' }, { status: 401 }));
    vi.stubGlobal('fetch', async (input: Request | string) =>
      new Request(input).url.endsWith('/auth/refresh')
        ? refusal('device_wiped')
        : Response.json({ code: 'token_expired' }, { status: 401 }),
    );
    await tab.authFetch(new Request(URL_));
    expect(await rows()).toEqual([]);
  });

  it('throws the key away before the first row, each in a transaction that is flushed', async () => {
    const log: string[] = [];
    const { clear } = IDBObjectStore.prototype;
    vi.spyOn(IDBObjectStore.prototype, 'clear').mockImplementation(function (this: IDBObjectStore) {
      const what = this.transaction.db.name === 'liangdeng-phone' ? this.name : 'rows';
      if (log.at(-1) !== `clear ${what}`) log.push(`clear ${what}`);
      return clear.call(this);
    });
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await tab.device.noteOrder('kill');
    expect(log).toEqual(['clear meta', 'clear accounts', 'clear rows']);
    const writing = transaction.mock.calls.filter(([, mode]) => mode === 'readwrite');
    expect(writing.map(([, , options]) => options)).toEqual(Array(3).fill({ durability: 'strict' }));
  });

  it('lets nothing be written afterwards, not even what was under way', async () => {
    const form = tab.localDb.writeStrict(['drafts'], async (tx) => {
      await new Promise<void>((resolve) => {
        const probe = tx.objectStore('drafts').get('u1/h');
        probe.then(() => resolve());
      });
    });
    await Promise.all([tab.device.noteOrder('kill'), form.catch(() => undefined)]);
    await expect(tab.localDb.writeMeta('late', '韦永福')).rejects.toThrow('wiped');
    await expect(tab.signedIn(ME)).rejects.toThrow('wiped');
    expect(await rows()).toEqual([]);
  });

  it('does so once, whoever hears it', async () => {
    answer(() => refusal('device_wiped'));
    await Promise.all([1, 2, 3].map(() => tab.authFetch(new Request(URL_))));
    await tab.device.noteOrder('kill');
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it('takes the other tabs along', async () => {
    const other = await openTab();
    await other.openCurrent();
    await other.session.restoreSession();
    const nothing = () => undefined;
    other.session.followSession({ settle: async () => undefined, reopen: nothing, lock: nothing });
    await other.localDb.readMeta('session');
    await tab.wipe(tab.localDb.emptyForGood);
    await vi.waitFor(() => expect(other.device.order.value).toBe('kill'));
    await vi.waitFor(() => expect(other.localDb.readMeta('session')).rejects.toThrow('wiped'));
    expect(await rows()).toEqual([]);
  });

  it('tries again while the browser is busy with the same database', async () => {
    const real = IDBDatabase.prototype.transaction;
    let failures = 2;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
      if (failures > 0) {
        failures -= 1;
        throw new DOMException('closing', 'InvalidStateError');
      }
      return real.apply(this, given);
    });
    await tab.device.noteOrder('kill');
    expect(await rows()).toEqual([]);
  });

  it('says what it could not delete', async () => {
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('broken', 'UnknownError');
    });
    await tab.device.noteOrder('kill');
    expect(document.body.textContent).toContain('没能删掉');
    expect(document.body.textContent).not.toContain('韦永福');
  });
});

describe('a refusal that is no order', () => {
  it.each([
    ['another code', () => refusal('role_not_allowed')],
    ['a page of a captive portal', () => refusal('device_wiped', {})],
    ['a page without JSON', () => new Response('<html>', { status: 403, headers: { 'X-Sync': '1' } })],
    [
      'another status',
      () => Response.json({ code: 'device_wiped' }, { status: 401, headers: { 'X-Sync': '1' } }),
    ],
  ])('(%s) changes nothing', async (_name, reply) => {
    answer(reply);
    await tab.authFetch(new Request(URL_));
    expect(tab.device.order.value).toBe('active');
    expect((await rows()).length).toBeGreaterThan(2);
  });
});

describe('a phone that is told to hand over', () => {
  it('remembers it and keeps everything', async () => {
    answer(() => refusal('device_draining'));
    await tab.authFetch(new Request(URL_));
    expect(tab.device.order.value).toBe('drain');
    expect((await rows()).length).toBeGreaterThan(2);
    await tab.device.noteOrder('active');
    expect(tab.device.order.value).toBe('active');
  });
});
