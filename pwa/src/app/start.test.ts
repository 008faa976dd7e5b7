// @vitest-environment happy-dom
/** Another tab changed the user: the page leaves the form, keeps the draft under its owner and opens at home. */
import { expect, it, vi } from 'vitest';
import type { User } from '../core/api/types';
import { loadDraft, saveDraft } from '../core/drafts';
import { endSession, restoreSession, user } from '../core/session';
import { openCurrent, signedIn } from '../core/vault/testVault';
import { ready, start } from './start';

const ME: User = {
  id: 'grid1',
  username: 'grid1',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region: { code: '45032110020101', name: '', level: 'grid', path: [] },
};

it('a user changed elsewhere', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
  // The simulated browser has none, and says so with null.
  Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true });
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
  await signedIn(ME);
  await start();
  location.hash = '#/visit/h1';
  vi.resetModules();
  const other = await import('../core/vault/testVault');
  await other.signedIn({ ...ME, id: 'grid2' }, 'a2', 'r2');
  await vi.waitFor(() => expect(ready.value).toBe(false));
  await saveDraft('h1', { last: 'words' });
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), 3000);
  expect(user.value).toBeNull();
  expect(location.hash).toBe('#/');
  await expect(saveDraft('h1', { late: true })).rejects.toThrow('nobody is signed in');
  await openCurrent();
  await restoreSession();
  expect(user.value?.id).toBe('grid2');
  expect(await loadDraft('h1')).toBeNull();
  await endSession();
  await signedIn(ME);
  expect(await loadDraft('h1')).toEqual({ last: 'words' });
});
