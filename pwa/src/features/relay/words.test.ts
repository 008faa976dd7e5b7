// @vitest-environment happy-dom
/** Sentences about carried files: one for each reason and fate, in both languages. */
import { afterEach, describe, expect, it } from 'vitest';
import { registerTexts, setLocale } from '../../core/i18n';
import type { Fates } from '../../core/relay/returned';
import { texts as en } from '../../i18n/en/relay';
import { texts as zh } from '../../i18n/zh-CN/relay';
import { carryNotes, fateLines, sizeText, stopText } from './words';

registerTexts({ zh, en });
afterEach(() => setLocale('zh-CN'));

const STOPS = [
  'no_network',
  'not_our_server',
  'cancelled',
  'storage',
  'relay_key_unknown',
  'relay_version',
  'relay_unreadable',
  'role_not_allowed',
  'token_expired',
  'busy',
];

describe.each(['zh-CN', 'en'] as const)('in %s', (locale) => {
  it.each(STOPS)('%s is said with what to do', (code) => {
    setLocale(locale);
    expect(stopText(code).length).toBeGreaterThan(8);
    expect(stopText(code)).not.toMatch(/relay\.|\{/);
  });

  it('each fate of answers has a line, and what there is none of has none', () => {
    setLocale(locale);
    const fates: Fates = { taken: 3, waits: 1, stale: 1, damaged: 2, unknown: 1 };
    expect(fateLines(fates)).toHaveLength(5);
    expect(fateLines({ taken: 1, waits: 0, stale: 0, damaged: 0, unknown: 0 })).toHaveLength(1);
    expect(fateLines(fates).join()).not.toMatch(/relay\.|\{/);
  });
});

it('a cut file is called so once all of it was seen, not while a line is broken', () => {
  const state = { all: 9, done: 3, later: 0, damaged: 1, missing: 5, stopped: null };
  expect(carryNotes(state)).toHaveLength(2);
  expect(carryNotes({ ...state, stopped: 'no_network' })).toHaveLength(1);
});

it('sizes are those of people', () => {
  expect([sizeText(10), sizeText(700 * 1024), sizeText(40 * 1024 * 1024)]).toEqual([
    '1 KB',
    '700 KB',
    '40.0 MB',
  ]);
});
