// @vitest-environment happy-dom
/** What makes a phone ready, what does not, and the sentence for each; the rehearsal on a phone that works and on others. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hasText, registerTexts, t } from '../../core/i18n';
import { readMeta } from '../../core/localDb';
import { online, rehearsing } from '../../core/network';
import { signedIn } from '../../core/vault/testVault';
import { texts as en } from '../../i18n/en/check';
import { texts as zh } from '../../i18n/zh-CN/check';
import { type Facts, inAppBrowser, LINES, lineOf, type Step, summary } from './model';
import { rehearse } from './rehearsal';

registerTexts({ zh, en });
const MB = 1024 * 1024;

const GOOD: Facts = {
  browser: null,
  installed: true,
  worker: 'active',
  persisted: true,
  free: 900 * MB,
  camera: 'there',
  place: { accuracy: 12 },
  offset: 4_000,
  rehearsal: [{ id: 'app', ok: true, n: 80 }],
};

describe('a line', () => {
  it('is good on a good phone, for everything that is looked at', () => {
    expect(LINES.map((id) => lineOf(id, GOOD)?.grade)).toEqual(LINES.map(() => 'ok'));
    expect(summary(GOOD)).toEqual({ warn: [], bad: [] });
    expect(LINES.map((id) => lineOf(id, {}))).toEqual(LINES.map(() => null));
  });

  const table: [Facts, string, string, string][] = [
    [{ browser: 'wechat' }, 'browser', 'bad', 'wechat'],
    [{ installed: false }, 'installed', 'warn', 'no'],
    [{ worker: 'none' }, 'worker', 'bad', 'none'],
    [{ worker: 'coming' }, 'worker', 'warn', 'coming'],
    [{ persisted: false }, 'persisted', 'warn', 'no'],
    [{ persisted: null }, 'persisted', 'warn', 'unknown'],
    [{ free: null }, 'space', 'warn', 'unknown'],
    [{ free: 299 * MB }, 'space', 'warn', 'little'],
    [{ free: 49 * MB }, 'space', 'bad', 'little'],
    [{ camera: 'none' }, 'camera', 'warn', 'none'],
    [{ camera: 'denied' }, 'camera', 'warn', 'denied'],
    [{ place: { accuracy: 51 } }, 'place', 'warn', 'rough'],
    [{ place: 'slow' }, 'place', 'warn', 'slow'],
    [{ place: 'denied' }, 'place', 'bad', 'denied'],
    [{ place: 'none' }, 'place', 'bad', 'none'],
    [{ offset: null }, 'clock', 'warn', 'unknown'],
    [{ offset: -61_000 }, 'clock', 'warn', 'fast'],
    [{ offset: 601_000 }, 'clock', 'bad', 'slow'],
    [{ rehearsal: null }, 'rehearsal', 'warn', 'never'],
    [
      {
        rehearsal: [
          { id: 'app', ok: true, n: 1 },
          { id: 'record', ok: false, n: 0 },
        ],
      },
      'rehearsal',
      'bad',
      'record',
    ],
  ];
  it.each(table)('%o: %s is %s', (facts, id, grade, word) => {
    const line = lineOf(id as never, { ...GOOD, ...facts });
    expect(line).toMatchObject({ grade, word });
    const key = `check.${id}.${word}`;
    for (const each of [key, `${key}.do`]) {
      expect(hasText(each)).toBe(true);
      expect(t(each, line?.params)).not.toMatch(/\{/);
    }
    expect(summary({ ...GOOD, ...facts })).toEqual({
      warn: grade === 'warn' ? [id] : [],
      bad: grade === 'bad' ? [id] : [],
    });
  });
});

describe('a browser inside another app', () => {
  const android = 'Mozilla/5.0 (Linux; Android 10; ELS-AN00';
  it.each([
    [`${android}; wv) AppleWebKit/537.36 Chrome/107 Mobile MMWEBID/7 MicroMessenger/8.0.40`, 'wechat'],
    [`${android}) AppleWebKit/537.36 Chrome/99 Mobile wxwork/4.1 MicroMessenger/7.0.1`, 'wecom'],
    [`${android}) AppleWebKit/537.36 Chrome/89 Mobile AliApp(DingTalk/7.0)`, 'dingtalk'],
    [`${android}) AppleWebKit/537.36 Chrome/99 MQQBrowser/6.2 QQ/8.9.1 V1_AND_SQ`, 'qq'],
    [`${android}; wv) AppleWebKit/537.36 Version/4.0 Chrome/99`, 'app'],
    [`${android}) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36`, null],
    [`${android}) AppleWebKit/537.36 Chrome/99 MQQBrowser/13.1 Mobile Safari`, null],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 16_0) AppleWebKit/605 MicroMessenger/8.0', 'wechat'],
  ])('%s', (agent, expected) => {
    expect(inAppBrowser(agent)).toBe(expected);
    if (expected !== null) expect(hasText(`check.browser.${expected}.do`)).toBe(true);
  });
});

const person = (role: string) =>
  ({
    id: `u-${role}`,
    username: role,
    display_name: '李梅',
    role,
    department: null,
    locale: 'zh-CN',
    region: { code: '45', name: '', level: 'grid', path: [] },
  }) as never;

/** A service worker that has this many files, some of them missing. */
function worker(missing: number) {
  const told: boolean[] = [];
  const controller = {
    postMessage(data: { on: boolean }, [port]: MessagePort[]) {
      told.push(data.on);
      port?.postMessage({ files: 80, missing });
    },
  };
  Object.defineProperty(navigator, 'serviceWorker', { value: { controller }, configurable: true });
  vi.stubGlobal('fetch', async (path: string) => {
    if (path === '/index.html') return new Response('<html>');
    throw new TypeError('off');
  });
  return told;
}

describe('a rehearsal', () => {
  beforeEach(() => vi.unstubAllGlobals());

  it('goes through the day with the network off, and leaves nothing behind', async () => {
    const told = worker(0);
    await signedIn(person('township'));
    const heard: [readonly Step[], boolean, boolean][] = [];
    const steps = await rehearse((so) => heard.push([so, rehearsing.value, online.value]));
    expect(steps).toEqual([
      { id: 'app', ok: true, n: 80 },
      { id: 'record', ok: true, n: 300 * 1024 },
    ]);
    expect(heard.map(([, off, on]) => [off, on])).toEqual([
      [true, false],
      [true, false],
    ]);
    expect([told, rehearsing.value]).toEqual([[true, false], false]);
    expect(await readMeta('rehearsal')).toBeUndefined();
  });

  it('of a phone with nothing on it says what is missing', async () => {
    worker(3);
    await signedIn(person('grid_member'));
    const steps = await rehearse(() => undefined);
    expect(steps.map(({ id, ok }) => [id, ok])).toEqual([
      ['app', false],
      ['list', false],
      ['form', false],
      ['record', true],
    ]);
  });

  it('notices a network that is not off, and a record that cannot be written', async () => {
    worker(0);
    vi.stubGlobal('fetch', async () => new Response('ok'));
    await signedIn(person('township'));
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const steps = await rehearse(() => undefined);
    expect(steps.map(({ ok }) => ok)).toEqual([false, false]);
  });
});
