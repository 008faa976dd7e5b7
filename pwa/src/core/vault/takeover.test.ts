// @vitest-environment happy-dom
/** A phone in the field gets the vault: nothing of it is lost, wherever the app is ended in the middle. */
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Runner } from '../outbox/runner';
import { TestPhone } from '../outbox/testPhone';
import { FakeServer } from '../outbox/testServer';
import { FIFTY, OWNER, oldPhone, photoBytes, photoHash } from './oldPhone';

const PIN = '204173';

/** The app, started anew. */
async function start() {
  vi.resetModules();
  const [gate, store, photos, drafts, session, localDb, assignments, accounts, checklists] =
    await Promise.all([
      import('../gate'),
      import('../outbox/store'),
      import('../photos'),
      import('../drafts'),
      import('../session'),
      import('../localDb'),
      import('../assignments'),
      import('./accounts'),
      import('../checklists'),
    ]);
  await gate.enter();
  return {
    ...gate,
    ...store,
    ...photos,
    ...drafts,
    ...session,
    ...localDb,
    ...assignments,
    ...accounts,
    ...checklists,
  };
}

type App = Awaited<ReturnType<typeof start>>;

/** The person does what the app asks for. */
async function open(app: App): Promise<void> {
  if (app.gate.value.at === 'choose') await app.choosePin(PIN);
  else await app.unlock(PIN);
}

/** Every row of every old and new database of a name, unopened. */
async function raw(name: string): Promise<string> {
  const database = await openDB(name);
  const rows: unknown[] = [];
  for (const store of database.objectStoreNames) {
    rows.push(...(await database.getAllKeys(store)), ...(await database.getAll(store)));
  }
  database.close();
  return JSON.stringify(rows);
}

async function isWhole(app: App): Promise<void> {
  expect(app.gate.value).toEqual({ at: 'open' });
  const storage = app.storageOf(OWNER.id);
  const records = await storage.load();
  expect(records.map((one) => one.op_id)).toEqual(FIFTY.map((i) => `${OWNER.id}-${i}`));
  for (const i of FIFTY) {
    expect(await storage.body(`${OWNER.id}-${i}`)).toMatchObject({ id: `${OWNER.id}-${i}` });
    expect(new Uint8Array((await storage.photo(`${OWNER.id}-${i}`, await photoHash(i))) ?? [])).toEqual(
      photoBytes(i),
    );
  }
  expect(app.draftHouseholds.value.size).toBe(5);
  expect(await app.loadDraft('h3')).toEqual({ note: 'draft 3' });
  expect(app.households.value).toHaveLength(230);
  expect([app.refreshedAt.value, app.incomeLine.value]).toEqual([expect.any(Number), '8700']);
  expect(app.tokens()).toMatchObject({ access: 'a', refresh: 'r' });
  expect(await app.deviceId()).toBe('phone-1');
  expect(await app.checklist()).toMatchObject({ version: '2026-1' });
  expect(await app.readMeta('outbox.n')).toBe(50);
}

afterEach(() => vi.unstubAllGlobals());

describe.each([true, false])('a phone of before the vault (of 0.1.0: %s)', (first) => {
  it('is asked for a PIN, offline, and has everything afterwards', async () => {
    await oldPhone(first);
    const app = await start();
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'update' });
    await open(app);
    await isWhole(app);
    const again = await start();
    expect(again.gate.value).toMatchObject({ at: 'locked', left: 10 });
    await open(again);
    await isWhole(again);
  });

  it('sends all fifty afterwards, texts and photos', async () => {
    await oldPhone(first, 'queued');
    const app = await start();
    await open(app);
    await isWhole(app);
    const server = new FakeServer();
    const storage = app.storageOf(OWNER.id);
    await new Runner({ ...new TestPhone(server).deps, storage }).kick('all');
    expect([...server.ledger.keys()].sort()).toEqual(FIFTY.map((i) => `${OWNER.id}-${i}`).sort());
    expect(server.photos.size).toBe(50);
    const states = (await storage.load()).map(({ entry }) => entry.state);
    expect(new Set(states)).toEqual(new Set(['complete']));
    expect(server.reports.at(-1)).toMatchObject({ outbox_count: 0, photos_unsent: 0, dead: 0 });
  });

  it('holds what is somebody else’s until that person signs in', async () => {
    await oldPhone(first);
    await open(await start());
    const left = await raw('liangdeng');
    expect(left).toContain('somebody-49');
    expect(left).not.toContain('owner');
    const app = await start();
    const arrival = {
      user: { ...OWNER, id: 'somebody', username: 'x' },
      access: 'b',
      refresh: 's',
      recovery: 'ef'.repeat(32),
    };
    await app.arrive(arrival, false);
    expect(app.gate.value).toMatchObject({ at: 'choose', why: 'first' });
    await app.choosePin(PIN);
    expect(await app.storageOf('somebody').load()).toHaveLength(50);
    expect(app.households.value).toHaveLength(230);
    const nothing = await raw('liangdeng');
    expect(nothing).not.toContain('somebody');
    expect(await (await openDB('liangdeng')).get('meta', 'vault.key')).toBeUndefined();
  });

  it('goes on where it was ended, after any number of writes', async () => {
    let ended = 0;
    for (let left = 0; left < 400; left += left < 5 ? 1 : 53) {
      await oldPhone(first);
      ended += Number(await endAfter(left));
      vi.restoreAllMocks();
      const app = await start();
      await open(app);
      await isWhole(app);
    }
    expect(ended).toBeGreaterThan(6);
  }, 120_000);
});

/** Lets the browser die after so many writes; tells whether it came to that. */
async function endAfter(writes: number): Promise<boolean> {
  const app = await start();
  let left = writes;
  let died = false;
  for (const method of ['put', 'delete'] as const) {
    const real = IDBObjectStore.prototype[method] as (...given: unknown[]) => IDBRequest;
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...given: unknown[]
    ) {
      left -= 1;
      if (left < 0) died = true;
      if (died) throw new DOMException('the phone died', 'AbortError');
      return real.apply(this, given) as never;
    });
  }
  await open(app).catch(() => undefined);
  await app.close();
  return died;
}
