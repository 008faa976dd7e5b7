// @vitest-environment happy-dom
/** A new version never interrupts a form: it waits for the page, and the page for the person. */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { holdReload } from '../core/reload';

const apply = vi.fn(async () => undefined);
vi.mock('virtual:pwa-register', () => ({
  registerSW({ onNeedRefresh }: { onNeedRefresh(): void }) {
    setTimeout(onNeedRefresh);
    return apply;
  },
}));
vi.mock('workbox-precaching', () => ({
  addPlugins() {},
  cleanupOutdatedCaches() {},
  createHandlerBoundToURL() {},
  matchPrecache: async () => undefined,
  precacheAndRoute() {},
}));
vi.mock('workbox-routing', () => ({ NavigationRoute: class {}, registerRoute() {} }));

const root = document.body.appendChild(document.createElement('div'));

beforeEach(() => {
  vi.stubEnv('PROD', true);
  apply.mockClear();
});

afterEach(() => {
  render(null, root);
  vi.unstubAllEnvs();
});

async function newVersionWaits() {
  const { UpdateNotice, watchUpdates } = await import('./update');
  Object.defineProperty(navigator, 'serviceWorker', { value: {}, configurable: true });
  watchUpdates();
  (await import('./start')).ready.value = true;
  await act(() => render(<UpdateNotice />, root));
  await vi.waitFor(() => expect(root.querySelector('[role=status]')).not.toBeNull());
}

it('an open form keeps a new version waiting', async () => {
  const release = holdReload();
  await newVersionWaits();
  expect(root.querySelector('button')).toBeNull();
  await act(release);
  root.querySelector('button')?.click();
  await vi.waitFor(() => expect(apply).toHaveBeenCalledTimes(1));
});

it('a new version waits until the page says so', async () => {
  const skipWaiting = vi.fn(async () => undefined);
  vi.stubGlobal('skipWaiting', skipWaiting);
  const worker = '../sw/sw.ts'; // not by its name: it is checked as a worker's code, and this is a page's
  await import(/* @vite-ignore */ worker);
  expect(skipWaiting).not.toHaveBeenCalled();
  dispatchEvent(new MessageEvent('message', { data: { type: 'SOMETHING' } }));
  expect(skipWaiting).not.toHaveBeenCalled();
  dispatchEvent(new MessageEvent('message', { data: { type: 'SKIP_WAITING' } }));
  expect(skipWaiting).toHaveBeenCalledTimes(1);
});
