/** What can be measured in a picture: light, sharpness, and 64 bits that stay alike when it is copied. Pure. */
import type { PhotoQuality } from './types';

export type Measures = Omit<PhotoQuality, 'hints'>;

/** One byte a pixel, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Longest side of the grey copy that everything is measured on. */
export const GREY_PX = 512;
const HASH_WIDTH = 9;
const HASH_HEIGHT = 8;
/** A sky or a wall has no lighter side: what JPEG makes of it must not become bits. */
const LIGHTER_BY = 2;

/** Grey copy of RGBA pixels, as the eye weighs the colours. */
export function greyOf(rgba: Uint8ClampedArray, width: number, height: number): Grey {
  const pixels = new Uint8Array(width * height);
  for (let n = 0; n < pixels.length; n += 1) {
    const at = 4 * n;
    pixels[n] =
      ((rgba[at] as number) * 299 + (rgba[at + 1] as number) * 587 + (rgba[at + 2] as number) * 114) / 1000;
  }
  return { width, height, pixels };
}

/** Mean of 0 (black) to 255 (white), whole. */
export function luminance({ pixels }: Grey): number {
  let sum = 0;
  for (const pixel of pixels) sum += pixel;
  return pixels.length > 0 ? Math.round(sum / pixels.length) : 0;
}

/** Variance of the Laplacian, whole: small where nothing in the picture has an edge. */
export function sharpness({ width, height, pixels }: Grey): number {
  let sum = 0;
  let squares = 0;
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const around =
        (pixels[at - 1] as number) +
        (pixels[at + 1] as number) +
        (pixels[at - width] as number) +
        (pixels[at + width] as number);
      const edge = around - 4 * (pixels[at] as number);
      sum += edge;
      squares += edge * edge;
    }
  return count > 0 ? Math.round(squares / count - (sum / count) ** 2) : 0;
}

/** Difference hash: whether each of 8 × 8 places is plainly lighter than the one to its right; 16 hex digits. */
export function dHash(grey: Grey): string {
  const small = Array.from({ length: HASH_HEIGHT }, (_, y) =>
    Array.from({ length: HASH_WIDTH }, (_, x) => meanOf(grey, x, y)),
  );
  return small
    .map((row) => {
      let bits = 0;
      for (let x = 0; x < 8; x += 1)
        bits = bits * 2 + ((row[x] as number) - (row[x + 1] as number) > LIGHTER_BY ? 1 : 0);
      return bits.toString(16).padStart(2, '0');
    })
    .join('');
}

/** Mean of one cell of the 9 × 8 grid; a cell is at least a pixel. */
function meanOf({ width, height, pixels }: Grey, column: number, row: number): number {
  const left = Math.floor((column * width) / HASH_WIDTH);
  const right = Math.max(left + 1, Math.floor(((column + 1) * width) / HASH_WIDTH));
  const top = Math.floor((row * height) / HASH_HEIGHT);
  const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / HASH_HEIGHT));
  let sum = 0;
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) sum += pixels[y * width + x] as number;
  return sum / ((right - left) * (bottom - top));
}

export function measure(grey: Grey): Measures {
  return { luminance: luminance(grey), sharpness: sharpness(grey), dhash: dHash(grey) };
}
