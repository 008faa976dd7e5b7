/** Where the points of a curve lie on a surface, as plain numbers. */
import type { CurvePoint } from '../../../core/api/policyTypes';
import type { Range } from './model';

export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Room left and right, so that the slider's thumb stands below its place. */
  readonly side: number;
  readonly top: number;
  readonly bottom: number;
}

/** The highest tick: 1, 2, 2.5 or 5 times a power of ten above the value, at least 4. */
export function ceilingOf(highest: number): number {
  if (highest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= highest) ?? 10;
  return factor * power;
}

export function xOf(value: number, range: Range, on: Surface): number {
  const share = range.to > range.from ? (value - range.from) / (range.to - range.from) : 0;
  return on.side + Math.min(1, Math.max(0, share)) * (on.width - 2 * on.side);
}

export function yOf(value: number, ceiling: number, on: Surface): number {
  return on.height - on.bottom - (value / ceiling) * (on.height - on.top - on.bottom);
}

/** "M0 10L5 8": the line through the points. */
export function pathOf(points: readonly { x: number; y: number }[]): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}

/** The curve's height at a value between two points; null without points around it. */
export function heightAt(
  points: readonly CurvePoint[],
  value: number,
  of: (point: CurvePoint) => number,
): number | null {
  const right = points.findIndex((point) => Number(point.value) >= value);
  const after = points[right];
  if (!after) return null;
  const before = points[right - 1];
  const there = Number(after.value);
  if (there === value) return of(after);
  if (!before) return null;
  const share = (value - Number(before.value)) / (there - Number(before.value));
  return of(before) + share * (of(after) - of(before));
}
