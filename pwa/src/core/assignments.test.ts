/** A list of households only counts as new when everything a visit needs offline has come with it. */
import { afterEach, expect, it, vi } from 'vitest';
import type { User } from './api/types';
import { downloadAlongside, households, refreshHouseholds } from './assignments';
import { startSession } from './session';

vi.mock('./api/client', () => ({
  api: { GET: () => null },
  call: async () => ({ items: [{ id: 'h1' }], next: null, income_line: null }),
}));

const ME = {
  id: 'grid1',
  username: 'grid1',
  display_name: '李梅',
  role: 'grid_member',
  department: null,
  locale: 'zh-CN',
  region: { code: '45032110020101', name: '', level: 'grid', path: [] },
} as User;

afterEach(() => downloadAlongside(async () => undefined));

it('the list waits for what a visit needs besides', async () => {
  await startSession(ME, 'a', 'r');
  let arrive: () => void = () => undefined;
  downloadAlongside(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  const done = refreshHouseholds();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(households.value).toEqual([]);
  arrive();
  await done;
  expect(households.value).toEqual([{ id: 'h1' }]);
});
