// @vitest-environment happy-dom
/** The sentences a reviewer reads about a visit that deserves a second look. */
import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceHint } from '../core/api/types';
import { setLocale } from '../core/i18n';
import { makeDetail } from './fixtures';
import { Hints, hintWords } from './hints';
import './index';

beforeEach(() => setLocale('zh-CN'));
afterEach(cleanup);

const hint = (kind: EvidenceHint['kind'], details: EvidenceHint['details'] = {}): EvidenceHint => ({
  kind,
  details,
  of_revision: 'v1',
  compared: false,
  other: null,
});

describe('a hint', () => {
  it.each([
    [hint('quick', { seconds: 9, steps: 21 }), '9 秒内填了 21 项'],
    [hint('close', { seconds: 40 }), '与另一户的走访只隔 40 秒'],
    [hint('close', { seconds: 150, metres: 2300 }), '与另一户的走访只隔 3 分钟，两家相距 2.3 公里'],
    [hint('alike', { households: 3 }), '全部答案和金额与另外 3 户一模一样'],
    [hint('far', { metres: 800 }), '定位离住房 800 米'],
    [hint('far', { metres: 800, reason: 'moved' }), '定位离住房 800 米（填写的原因：已经搬家）'],
    [hint('clock', { offset_seconds: 7200 }), '手机时间比服务器慢 2 小时'],
    [hint('clock', { offset_seconds: -660 }), '手机时间比服务器快 11 分钟'],
    [hint('clock', { jump_seconds: 300 }), '填表时手机时间被拨动了 5 分钟'],
    [hint('clock'), '手机时间不准'],
    [hint('photo_reused', { exact: true }), '照片与另一户的是同一张'],
    [hint('photo_reused', { exact: false }), '照片与另一户的看起来是同一张'],
    [hint('photo_reused', { exact: true, same_household: true }), '照片是这一户以前走访用过的那张'],
    [hint('photo_reused', { exact: false, same_household: true }), '照片看起来是这一户以前走访用过的那张'],
  ])('%o says what was seen', (given, words) => {
    expect(hintWords(given)).toBe(words);
  });

  it('leads to the other visit where one may look, and says so where not', () => {
    const other = {
      visit_id: 'v0',
      household_id: 'h0',
      head_name: '莫家宝',
      visited_at: '2026-11-02T02:00:00Z',
    };
    const hints = [
      { ...hint('photo_reused', { exact: true }), compared: true, other },
      { ...hint('close', { seconds: 5 }), compared: true },
    ];
    render(<Hints visit={makeDetail('v1', { hints })} />);
    expect(screen.getByRole('link').getAttribute('href')).toBe('#/household/h0');
    expect(screen.getByRole('link').textContent).toContain('莫家宝');
    expect(screen.getByText(/不在您管的范围/)).toBeTruthy();
    expect(screen.getByText(/提示不是结论/)).toBeTruthy();
  });

  it('says when it belongs to what a correction replaced', () => {
    render(<Hints visit={makeDetail('v2', { hints: [hint('quick', { seconds: 1, steps: 12 })] })} />);
    expect(screen.getByText('更正前的那一版')).toBeTruthy();
  });
});
