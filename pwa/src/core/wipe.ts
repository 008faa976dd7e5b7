/** The end of this app on this device, ordered by the county: nothing of anybody stays, and a page says so. */
import { texts as en } from '../i18n/en/wiped';
import { texts as zh } from '../i18n/zh-CN/wiped';
import { registerTexts, t } from './i18n';

const ATTEMPTS = 5;
const PAUSE_MS = 100;

/** The browser may be busy throwing the same database away: then it takes more than one try. */
async function insist(empty: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await empty();
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function emptyCaches(): Promise<void> {
  if (typeof caches === 'undefined') return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

async function dismissWorkers(): Promise<void> {
  const found = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(found.map((registration) => registration.unregister()));
}

function emptyStorage(): void {
  for (const kept of [localStorage, sessionStorage]) kept.clear();
}

/** Plain elements, not the app: nothing of it may draw anything any more. */
function showEnd(done: boolean): void {
  const text = (tag: 'h1' | 'p', words: string) =>
    Object.assign(document.createElement(tag), { textContent: words });
  const page = Object.assign(document.createElement('main'), { className: 'page-main' });
  const box = Object.assign(document.createElement('div'), { className: 'state wiped' });
  box.append(text('h1', t('wiped.title')), text('p', t(done ? 'wiped.done' : 'wiped.failed')));
  box.append(text('p', t('wiped.ask')));
  page.append(box);
  document.body.replaceChildren(page);
  document.title = t('wiped.title');
  history.replaceState(null, '', '/');
}

let begun: Promise<void> | null = null;

/**
 * Forgets everything, once: what `emptyDatabase` empties, then caches and settings; the other tabs do the same.
 * It is handed in, not imported: what a phone loads first must not be cut into more files for this.
 */
export function wipe(emptyDatabase: () => Promise<void>): Promise<void> {
  begun ??= forgetAll(emptyDatabase);
  return begun;
}

/** The channel on which `session.ts` listens. */
function tellOtherTabs(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel('liangdeng-session');
  channel.postMessage('kill');
  channel.close();
}

async function forgetAll(emptyDatabase: () => Promise<void>): Promise<void> {
  registerTexts({ zh, en });
  tellOtherTabs();
  const done = await insist(emptyDatabase).then(
    () => true,
    () => false,
  );
  await Promise.allSettled([emptyCaches(), dismissWorkers(), Promise.resolve().then(emptyStorage)]);
  showEnd(done);
}
