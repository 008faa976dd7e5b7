/// <reference lib="webworker" />
/** Service worker: the app opens without a network. It keeps the app's own files only, never an answer of the API. */
import {
  addPlugins,
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;

/** A rehearsal that nobody ends, ends by itself. */
const REHEARSAL_MS = 60_000;
const files = self.__WB_MANIFEST;
let offlineUntil = 0;

async function fromCache(request: Request): Promise<Response> {
  const kept = await matchPrecache(request.mode === 'navigate' ? 'index.html' : request.url);
  return kept ?? Response.error();
}

// Before all other listeners: while somebody rehearses a day without a network, nothing reaches it.
self.addEventListener('fetch', (event) => {
  if (Date.now() >= offlineUntil) return;
  event.stopImmediatePropagation();
  event.respondWith(fromCache(event.request));
});

/** How many of the app's files are kept, and how many are not. */
async function countFiles(): Promise<{ files: number; missing: number }> {
  const kept = await Promise.all(
    files.map((file) => matchPrecache(typeof file === 'string' ? file : file.url)),
  );
  return { files: kept.length, missing: kept.filter((one) => one === undefined).length };
}

self.addEventListener('message', (event) => {
  const { type, on } = (event.data ?? {}) as { type?: unknown; on?: unknown };
  if (type !== 'REHEARSE') return;
  offlineUntil = on === true ? Date.now() + REHEARSAL_MS : 0;
  event.waitUntil(countFiles().then((counted) => event.ports[0]?.postMessage(counted)));
});

/** Files that did not come whole: a cut one may lie in the browser's own cache, which is passed by the next time. */
const FAILED = 'liangdeng-failed';

addPlugins([
  {
    requestWillFetch: async ({ request }) => {
      const failed = await caches.match(request.url, { cacheName: FAILED });
      return failed ? new Request(request, { cache: 'reload' }) : request;
    },
    fetchDidFail: async ({ request }) => {
      const cache = await caches.open(FAILED);
      await cache.put(request.url, new Response());
    },
  },
]);
self.addEventListener('activate', (event) => event.waitUntil(caches.delete(FAILED)));

cleanupOutdatedCaches();
precacheAndRoute(files);
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: [/^\/api(\/|$)/, /^\/healthz$/] }),
);

// A new version waits until the page says so: a reload in the middle of a form would be a broken promise.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: unknown } | null)?.type === 'SKIP_WAITING') void self.skipWaiting();
});
