/** The worklist on screen: complete before it is shown, readable without a network, gone after signing out. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Household, User } from './api/types';
import {
  download,
  downloadAlongside,
  forgetHouseholds,
  households,
  incomeLine,
  loadHouseholds,
  noteLoaded,
  refreshedAt,
  refreshHouseholds,
} from './assignments';
import { storageOf } from './outbox/store';
import { signedIn } from './vault/testVault';

const pull = vi.hoisted(() => vi.fn());
vi.mock('./outbox', () => ({ pullNow: pull }));

const ME = {
  id: 'grid1',
  username: 'grid1',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region: { code: '45032110020101', name: '', level: 'grid', path: [] },
} as User;

const row = (id: string, region_code = '4501', number = id) => ({ id, region_code, number }) as Household;

/** Writes rows as the engine does. */
async function put(...rows: Household[]): Promise<void> {
  const storage = storageOf(ME.id);
  const { cursor } = await storage.state();
  const state = { cursor: `${cursor}+`, pulledAt: 7, incomeLine: '8700' };
  const nothing = { clearAside: false, aside: [], swap: true, drop: [], hide: new Set<string>() };
  await storage.applyPull({ ...nothing, expect: cursor, aside: rows, put: [], state });
}

const ids = () => households.value.map((household) => household.id);

beforeEach(async () => {
  await signedIn(ME, 'a', 'r');
  await forgetHouseholds();
  pull.mockReset();
});

afterEach(() => downloadAlongside(async () => undefined));

it('the list waits for what a visit needs besides', async () => {
  let arrive: () => void = () => undefined;
  downloadAlongside(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  pull.mockImplementation(async () => {
    await put(row('h1'));
    await noteLoaded(1);
    return { ok: true };
  });
  const done = refreshHouseholds();
  await vi.waitFor(() => expect(download.value).toMatchObject({ phase: 'downloading', loaded: 1 }), 3000);
  expect(ids()).toEqual([]);
  arrive();
  await done;
  expect(ids()).toEqual(['h1']);
  expect([refreshedAt.value, incomeLine.value]).toEqual([7, '8700']);
});

it('a refresh that fails says why and leaves the list', async () => {
  await put(row('h1'));
  await loadHouseholds();
  pull.mockResolvedValue({ ok: false, code: 'no_network' });
  await refreshHouseholds();
  expect(download.value).toMatchObject({ phase: 'failed', error: { problem: { code: 'no_network' } } });
  expect(ids()).toEqual(['h1']);
});

it('what the engine brings by itself is shown in the order of the register', async () => {
  await put(row('h3', '4502', '1'), row('h2', '4501', '2'), row('h1', '4501', '1'));
  await noteLoaded(3);
  expect(ids()).toEqual(['h1', 'h2', 'h3']);
});

it('nothing of it stays after signing out, and the next pull begins anew', async () => {
  await put(row('h1'));
  await forgetHouseholds();
  await loadHouseholds();
  expect(ids()).toEqual([]);
  expect(await storageOf(ME.id).state()).toMatchObject({ cursor: null, pulledAt: null });
});
