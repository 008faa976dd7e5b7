// @vitest-environment happy-dom
/** Five minutes without a sign of anybody, by either clock. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_MS, isIdle, watchIdle } from './idle';

describe('two moments', () => {
  it.each([
    ['five minutes by both', IDLE_MS, IDLE_MS, true],
    ['less', IDLE_MS - 1, IDLE_MS - 1, false],
    ['a phone that slept: only the wall clock went on', IDLE_MS, 10, true],
    ['a clock set back: only the steady one counts', -86_400_000, IDLE_MS, true],
    ['a clock set back a moment ago', -86_400_000, 10, false],
  ])('%s', (_name, wall, steady, idle) => {
    expect(isIdle({ wall: 0, steady: 0 }, { wall, steady })).toBe(idle);
  });
});

describe('the watch', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('calls after five minutes, not while somebody touches, and before a late touch does anything', () => {
    const idle = vi.fn();
    watchIdle(idle);
    for (let minute = 0; minute < 20; minute += 1) {
      vi.advanceTimersByTime(60_000);
      window.dispatchEvent(new Event('pointerdown'));
    }
    expect(idle).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + IDLE_MS);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(idle).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event('keydown'));
    expect(idle).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(60_000);
    expect(idle).toHaveBeenCalledTimes(2);
  });
});
