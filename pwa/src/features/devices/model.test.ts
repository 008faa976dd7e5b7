// @vitest-environment happy-dom
/** What is wrong with a phone, and what may be ordered of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { registerTexts, setLocale } from '../../core/i18n';
import { texts as en } from '../../i18n/en/devices';
import { texts as zh } from '../../i18n/zh-CN/devices';
import { AT, hoursAgo, makePage, makeRow } from './fixtures';
import {
  choicesFor,
  clockOf,
  isSilent,
  listHref,
  mayOrder,
  modelName,
  NO_FILTER,
  readQuery,
  span,
  stageOf,
  toFilter,
  urgency,
  withRow,
} from './model';
import { agoText, clockText, lossText, storageText, unsentText } from './words';

beforeAll(() => {
  registerTexts({ zh, en });
  setLocale('zh-CN');
});

describe('filters', () => {
  it('are kept in the address, and only as codes', () => {
    const query = { township: '450321100', state: 'unsent' } as const;
    expect(listHref(query)).toBe('#/devices?township=450321100&state=unsent');
    expect(readQuery({ township: '450321100', state: 'unsent' })).toEqual(query);
    expect(listHref(NO_FILTER)).toBe('#/devices');
  });

  it.each([{ township: '45' }, { state: 'lost' }, { state: 'all' }])('ignore %o', (query) => {
    expect(readQuery(query)).toEqual(NO_FILTER);
  });

  it('go to the server without what restricts nothing', () => {
    expect(toFilter(NO_FILTER, '  ')).toEqual({});
    expect(toFilter({ township: '450321100', state: 'old' }, ' 韦 ')).toEqual({
      township: '450321100',
      state: 'old',
      q: '韦',
    });
  });
});

describe('ages', () => {
  it.each([
    [0, { unit: 'minutes', n: 0 }],
    [59.9 / 60, { unit: 'minutes', n: 59 }],
    [1, { unit: 'hours', n: 1 }],
    [47.9, { unit: 'hours', n: 47 }],
    [48, { unit: 'days', n: 2 }],
    [-5, { unit: 'minutes', n: 0 }],
  ])('of %d hours are %o', (hours, expected) => {
    expect(span(hours * 3_600_000)).toEqual(expected);
  });

  it('count from the moment the server answered, whatever the clock here', () => {
    expect(agoText(AT, hoursAgo(2))).toBe('2 小时前');
    expect(agoText(AT, hoursAgo(0.01))).toBe('刚刚');
  });
});

describe('unsent work', () => {
  it.each([
    [23.9, 'none'],
    [24, 'day'],
    [71.9, 'day'],
    [72, 'long'],
  ])('that is %d hours old is %s', (hours, level) => {
    expect(urgency(makeRow({ oldest_unsent_at: hoursAgo(hours) }), AT)).toBe(level);
  });

  it('of a wiped phone worries nobody any more', () => {
    expect(urgency(makeRow({ oldest_unsent_at: hoursAgo(99), wiped_at: AT }), AT)).toBe('none');
  });

  it.each([
    [{ outbox_count: 3, photos_unsent: 7 }, '3 条记录、7 张照片'],
    [{ outbox_count: 0, photos_unsent: 2 }, '2 张照片'],
    [{ outbox_count: 0, photos_unsent: 0, dead_count: 1 }, '1 条被退、没改'],
    [{ outbox_count: 0 }, '都传完了'],
    [{ outbox_count: null }, '没有报告过'],
    [{ outbox_count: 2, wiped_at: AT }, '清除前没传：2 条记录'],
    [{ outbox_count: null, role: 'county' as const }, '—'],
  ])('%o reads "%s"', (changes, words) => {
    expect(unsentText(makeRow(changes))).toBe(words);
  });

  it('is what a wipe at once destroys, as far as anybody knows', () => {
    expect(lossText(makeRow({ outbox_count: 1, photos_unsent: 2 }))).toContain(
      '1 条记录、2 张照片会永远丢失',
    );
    expect(lossText(makeRow())).toContain('在那之后新填的会丢失');
    expect(lossText(makeRow({ outbox_count: null }))).toContain('如果有没传的记录');
  });
});

describe('silence', () => {
  it.each([
    [71.9, 'grid_member', false],
    [72, 'grid_member', true],
    [500, 'township', false],
  ] as const)('of %d hours of a %s is trouble: %s', (hours, role, silent) => {
    expect(isSilent(makeRow({ last_contact_at: hoursAgo(hours), role }), AT)).toBe(silent);
  });
});

describe('the clock', () => {
  it.each([
    [600_000, '准'],
    [-600_000, '准'],
    [600_001, '慢 10 分钟'],
    [-7_200_000, '快 2 小时'],
    [null, '没有报告'],
  ])('with an offset of %d reads "%s"', (clock_offset_ms, words) => {
    expect(clockText(makeRow({ clock_offset_ms }))).toBe(words);
  });

  it('that was never told is not right', () => {
    expect(clockOf(makeRow({ clock_offset_ms: null }))).toBeNull();
  });
});

describe('a device', () => {
  it.each([
    ['Mozilla/5.0 (Linux; Android 9; Redmi 7A) AppleWebKit/537.36', 'Redmi 7A'],
    ['Mozilla/5.0 (Linux; Android 9; Redmi 7A Build/PKQ1.190319.001; wv) AppleWebK', 'Redmi 7A'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chro', 'Android 10'],
    ['Mozilla/5.0 (Linux; Android 12; HarmonyOS; ELS-AN00) AppleWebKit/537.36', 'HarmonyOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15', 'iPhone'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36', 'Windows'],
    ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', ''],
    ['test', 'test'],
    ['', ''],
  ])('that calls itself %s is called "%s"', (name, expected) => {
    expect(modelName(name)).toBe(expected);
  });

  it.each([
    [true, '长期保存'],
    [false, '系统可能清理'],
    [null, '存储没有报告'],
  ])('whose storage is persisted: %s says "%s"', (storage_persisted, words) => {
    expect(storageText(makeRow({ storage_persisted }))).toBe(words);
  });
});

describe('orders', () => {
  it.each([
    [{}, ['drain', 'kill'], 'none'],
    [{ order: 'drain' as const }, ['active', 'kill'], 'draining'],
    [{ order: 'kill' as const }, ['active', 'drain'], 'killing'],
    [{ role: 'township' as const }, ['kill'], 'none'],
    [{ order: 'kill' as const, wiped_at: AT }, ['active'], 'wiped'],
    [{ order: 'active' as const, wiped_at: AT }, [], 'wiped'],
  ])('for %o may be %o', (changes, choices, stage) => {
    expect(choicesFor(makeRow(changes))).toEqual(choices);
    expect(stageOf(makeRow(changes))).toBe(stage);
  });

  it.each([
    ['county', 'township', true],
    ['county', 'grid_member', true],
    ['township', 'grid_member', true],
    ['township', 'first_secretary', false],
    ['first_secretary', 'grid_member', false],
    [undefined, 'grid_member', false],
  ] as const)('of a %s to a %s: %s', (role, owner, allowed) => {
    expect(mayOrder(makeRow({ role: owner }), role)).toBe(allowed);
  });

  it('change their row and the number of those ordered', () => {
    const page = makePage([makeRow(), makeRow({ id: 'd2', order: 'drain' })]);
    const killed = withRow(page, makeRow({ order: 'kill' }));
    expect(killed.items.map((row) => row.order)).toEqual(['kill', 'drain']);
    expect(killed.counts.ordered).toBe(2);
    expect(withRow(killed, makeRow({ id: 'd2', order: 'kill' })).counts.ordered).toBe(2);
    expect(withRow(killed, makeRow()).counts.ordered).toBe(1);
  });
});
