/** Where a curve's points lie. */
import { describe, expect, it } from 'vitest';
import { ceilingOf, heightAt, pathOf, type Surface, xOf, yOf } from './curveModel';

const ON: Surface = { width: 230, height: 120, side: 15, top: 10, bottom: 10 };
const RANGE = { from: 2000, to: 4000, step: 100, points: 3 };
const point = (value: string, households: number) => ({ value, households, persons: 0, red: 0 });

describe('the curve', () => {
  it.each([
    [0, 4],
    [4, 4],
    [5, 5],
    [214, 250],
    [251, 500],
    [1001, 2000],
  ])('of at most %i ends at the round number %i', (highest, ceiling) => {
    expect(ceilingOf(highest)).toBe(ceiling);
  });

  it('puts the ends of the range half a thumb inside, and nothing beyond them', () => {
    expect([2000, 3000, 4000, 9000].map((value) => xOf(value, RANGE, ON))).toEqual([15, 115, 215, 215]);
    expect([0, 50, 100].map((value) => yOf(value, 100, ON))).toEqual([110, 60, 10]);
  });

  it('is one line through the points', () => {
    expect(pathOf([])).toBe('');
    expect(
      pathOf([
        { x: 1, y: 2 },
        { x: 3.04, y: 4 },
      ]),
    ).toBe('M1.0 2.0L3.0 4.0');
  });

  it('is read between two points and never beyond them', () => {
    const points = [point('2000.00', 10), point('3000.00', 30)];
    const at = (value: number) => heightAt(points, value, (one) => one.households);
    expect([2000, 2500, 3000, 1999, 3001].map(at)).toEqual([10, 20, 30, null, null]);
    expect(heightAt([], 2000, (one) => one.households)).toBeNull();
  });
});
