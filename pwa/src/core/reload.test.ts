/** A form holds a reload back, also one that another tab would cause. */
import { afterEach, expect, it, vi } from 'vitest';
import { heldInAnyTab, holdReload, reloadHeld } from './reload';

afterEach(() => vi.unstubAllGlobals());

/** Locks as browsers have them, as far as a shared one goes. */
function locks() {
  const held: { name: string }[] = [];
  return {
    async request(name: string, _options: object, work: () => Promise<void>) {
      const mine = { name };
      held.push(mine);
      await work();
      held.splice(held.indexOf(mine), 1);
    },
    async query() {
      return { held: [...held] };
    },
  };
}

it('is known in this tab at once, and in others until the form is left', async () => {
  const shared = locks();
  vi.stubGlobal('navigator', { locks: shared });
  expect(await heldInAnyTab()).toBe(false);
  const first = holdReload();
  const second = holdReload();
  expect([reloadHeld.value, await heldInAnyTab()]).toEqual([true, true]);
  first();
  first();
  expect(reloadHeld.value).toBe(true);
  second();
  expect(reloadHeld.value).toBe(false);
  await vi.waitFor(async () => expect(await heldInAnyTab()).toBe(false));
  await shared.request('liangdeng-form', {}, async () => {
    expect(await heldInAnyTab()).toBe(true);
  });
});

it('without locks is known in this tab', async () => {
  vi.stubGlobal('navigator', {});
  const release = holdReload();
  expect(await heldInAnyTab()).toBe(true);
  release();
  expect(await heldInAnyTab()).toBe(false);
});
