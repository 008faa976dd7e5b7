// @vitest-environment happy-dom
/** The list of changes: read out of the changelog, unread until it is opened, no news to whom the app is new. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { changesIn } from '../../scripts/changes.mjs';
import { lookForNews, newsUnread, noteNewsRead } from './news';

beforeEach(() => localStorage.clear());

describe('the changelog', () => {
  const list = changesIn(readFileSync(resolve('../CHANGELOG.md'), 'utf8'));

  it('says for every version what is new, in both languages', () => {
    expect(list.at(-1)).toMatchObject({ version: '0.1.0', day: '2026-11-22' });
    expect(list.length).toBeGreaterThan(1);
    for (const { lines } of list)
      for (const { zh, en } of lines) {
        expect(zh).toMatch(/[\u4e00-\u9fff]/);
        expect(en).not.toMatch(/[\u4e00-\u9fff]/);
      }
  });

  it('is read only where it speaks to whoever uses the app', () => {
    const text =
      '# C\n## 2.0.0 (2027-01-02)\n### Server\n- a | b\n### On the phone\n- 一 | One\nno line\n### More\n- c | d\n## 1.0.0 (2026-01-01)\n- x | y';
    expect(changesIn(text)).toEqual([
      { version: '2.0.0', day: '2027-01-02', lines: [{ zh: '一', en: 'One' }] },
    ]);
  });
});

describe('news', () => {
  it('is unread until the list was opened, also after the next start', () => {
    lookForNews(false);
    expect(newsUnread.value).toBe(true);
    noteNewsRead();
    expect(newsUnread.value).toBe(false);
    lookForNews(false);
    expect(newsUnread.value).toBe(false);
    localStorage.setItem('liangdeng.changesRead', 'an older one');
    lookForNews(false);
    expect(newsUnread.value).toBe(true);
  });

  it('is none to whom the app is new', () => {
    lookForNews(true);
    expect(newsUnread.value).toBe(false);
    lookForNews(false);
    expect(newsUnread.value).toBe(false);
  });
});
