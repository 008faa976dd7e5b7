/** The arithmetic of enlarging. */
import { expect, it } from 'vitest';
import { isDouble, pinched, scrolledTo, stepped, tapped, zoomed } from './zoom';

it('steps from any scale, staying inside', () => {
  expect([1, 1.5, 1.7, 3, 4].map((scale) => zoomed(scale, 1))).toEqual([1.5, 2, 2, 4, 4]);
  expect([4, 3, 2.4, 1.5, 1].map((scale) => zoomed(scale, -1))).toEqual([3, 2, 2, 1, 1]);
});

it('two fingers twice as far apart double the scale, never beyond its limits', () => {
  expect([pinched(1, 100, 200), pinched(2, 100, 50), pinched(2, 100, 10), pinched(3, 10, 900)]).toEqual([
    2, 1, 1, 4,
  ]);
  expect(pinched(2, 0, 50)).toBe(2); // both fingers in one place
});

it('two quick taps in one place are a double tap, and take turns', () => {
  const first = { x: 10, y: 10, at: 0 };
  expect(isDouble(first, { x: 20, y: 12, at: 300 })).toBe(true);
  expect(isDouble(first, { x: 20, y: 12, at: 400 })).toBe(false);
  expect(isDouble(first, { x: 90, y: 12, at: 100 })).toBe(false);
  expect(isDouble(null, first)).toBe(false);
  expect([tapped(1), tapped(2), tapped(3.3)]).toEqual([2, 1, 1]);
});

it('what is under the fingers stays there', () => {
  expect(scrolledTo(0, 100, 1, 2)).toBe(100);
  expect(scrolledTo(100, 100, 2, 1)).toBe(0);
  expect(scrolledTo(100, 50, 2, 4)).toBe(250);
  expect(scrolledTo(0, 100, 2, 1)).toBe(0);
});

it('turning pictures stops at both ends', () => {
  expect([stepped(0, -1, 3), stepped(1, 1, 3), stepped(2, 1, 3)]).toEqual([0, 2, 2]);
});
