/** Light, sharpness and likeness of pictures drawn by rule. */
import { describe, expect, it } from 'vitest';
import { dHash, type Grey, greyOf, luminance, measure, sharpness } from './measures';
import { BLURRED_BELOW, DARK_BELOW, distance, hintsOf, madeOf, SAME_WITHIN, tells } from './photoHints';
import { linesOf } from './picture';
import { letterPx, wrapped } from './watermark';

type Paint = (x: number, y: number) => number;

function drawn(paint: Paint, width = 360, height = 270): Grey {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) pixels[y * width + x] = Math.min(255, Math.max(0, paint(x, y)));
  return { width, height, pixels };
}

/** Mean over a square around each pixel: what a lens out of focus does. */
function blurred({ width, height, pixels }: Grey, radius: number): Grey {
  return drawn(
    (x, y) => {
      let sum = 0;
      let count = 0;
      for (let dy = -radius; dy <= radius; dy += 1)
        for (let dx = -radius; dx <= radius; dx += 1) {
          const [cx, cy] = [x + dx, y + dy];
          if (cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
          sum += pixels[cy * width + cx] as number;
          count += 1;
        }
      return sum / count;
    },
    width,
    height,
  );
}

/** A wall with windows, a roof and some grain: the same for the same seed. */
const house =
  (seed: number, light = 1): Paint =>
  (x, y) => {
    const grain = ((x * 7919 + y * 104_729 + seed * 31) % 17) - 8;
    const window = (x * (seed + 3)) % 97 < 30 && (y * (seed + 2)) % 83 < 34 ? 70 : 175;
    return (y < 60 + seed * 7 ? 215 - ((x * seed) % 120) : window) * light + grain * light;
  };

/** Light and shade as large as a yard, another for each seed, with some grain. */
const yard =
  (seed: number): Paint =>
  (x, y) =>
    128 +
    55 * Math.sin((x * (1 + (seed % 3)) + seed * 97) / 55) +
    45 * Math.cos((y * (1 + (seed % 2)) - x * 0.4 + seed * 61) / 60) +
    (((x * 7919 + y * 104_729) % 17) - 8);

describe('what is measured', () => {
  it('grey weighs green most, as the eye does', () => {
    const rgba = new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
    expect([...greyOf(rgba, 2, 2).pixels]).toEqual([76, 149, 29, 255]);
  });

  it('light is the mean, darkness is small', () => {
    expect(luminance(drawn(() => 0))).toBe(0);
    expect(luminance(drawn(() => 255))).toBe(255);
    expect(luminance(drawn((x) => (x % 2 ? 255 : 0)))).toBe(128);
    expect(luminance(drawn(house(1, 0.1)))).toBeLessThan(DARK_BELOW);
    expect(luminance(drawn(house(1)))).toBeGreaterThan(DARK_BELOW * 2);
  });

  it('a flat picture has no edges, a chessboard has the most that fit the wire', () => {
    expect(sharpness(drawn(() => 90))).toBe(0);
    const board = sharpness(drawn((x, y) => ((x + y) % 2 ? 255 : 0)));
    expect(board).toBeGreaterThan(1_000_000);
    expect(board).toBeLessThanOrEqual(1_100_000);
    expect(sharpness(drawn(() => 1, 2, 2))).toBe(0); // nothing inside the rim
  });

  it('falls with every bit of blur, and below the limit when letters are lost', () => {
    const sharp = drawn(house(2));
    const [one, two, four] = [1, 3, 6].map((radius) => sharpness(blurred(sharp, radius)));
    expect(sharpness(sharp)).toBeGreaterThan(BLURRED_BELOW * 4);
    expect(one).toBeLessThan(sharpness(sharp));
    expect(two).toBeLessThan(one as number);
    expect(four).toBeLessThan(two as number);
    expect(four).toBeLessThan(BLURRED_BELOW);
  });
});

describe('likeness', () => {
  it('hashes say which place is lighter than its neighbour', () => {
    expect(dHash(drawn((x) => 255 - x / 2))).toBe('f'.repeat(16));
    expect(dHash(drawn((x) => x / 2))).toBe('0'.repeat(16));
    expect(dHash(drawn((_x, y) => (y < 135 ? 255 - _x / 2 : _x / 2)))).toBe(
      `${'ff'.repeat(4)}${'00'.repeat(4)}`,
    );
    expect(dHash(drawn(() => 3, 1, 1))).toMatch(/^[0-9a-f]{16}$/);
  });

  it('distances count bits', () => {
    expect(distance('0000000000000000', 'ffffffffffffffff')).toBe(64);
    expect(distance('00ff00ff00ff00ff', '00ff00ff00ff00fe')).toBe(1);
    expect(distance('8000000000000001', '0000000000000000')).toBe(2);
    expect(distance('0123456789abcdef', '0123456789abcdef')).toBe(0);
  });

  it('the same picture smaller, lighter and coarser stays alike; another yard does not', () => {
    const hash = dHash(drawn(yard(2)));
    const half = dHash(drawn((x, y) => yard(2)(x * 2, y * 2), 180, 135));
    const light = dHash(drawn((x, y) => yard(2)(x, y) * 0.8 + 20));
    const coarse = dHash(drawn((x, y) => Math.round(yard(2)(x, y) / 16) * 16));
    for (const other of [half, light, coarse]) expect(distance(hash, other)).toBeLessThanOrEqual(SAME_WITHIN);
    for (const seed of [1, 3, 4, 5])
      expect(distance(hash, dHash(drawn(yard(seed))))).toBeGreaterThan(SAME_WITHIN);
  });

  it('a hash of one colour tells nothing', () => {
    expect([tells('0'.repeat(16)), tells('f'.repeat(16)), tells('00ff00ff00ff00ff')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('hints', () => {
  const good = { luminance: 120, sharpness: 400, dhash: '00ff00ff0f0f3355' };
  const known = (dhash: string, original_sha256 = 'o') => ({
    original_sha256,
    quality: { ...good, dhash, hints: [] },
  });

  it('are none for a good picture that is new', () => {
    expect(hintsOf(good, 'a', [])).toEqual([]);
    expect(hintsOf(good, 'a', [known('ff00ff00f0f0ccaa'), {}, { quality: null }])).toEqual([]);
  });

  it('say dark, and then not blurred as well', () => {
    expect(hintsOf({ ...good, luminance: DARK_BELOW - 1, sharpness: 0 }, 'a', [])).toEqual(['dark']);
    expect(hintsOf({ ...good, sharpness: BLURRED_BELOW - 1 }, 'a', [])).toEqual(['blurred']);
    expect(hintsOf({ ...good, luminance: DARK_BELOW, sharpness: BLURRED_BELOW }, 'a', [])).toEqual([]);
  });

  it('say repeated for the same file, and for a picture that differs by a few bits', () => {
    expect(hintsOf(good, 'o', [known('ff00ff00f0f0ccaa')])).toEqual(['repeated']);
    expect(hintsOf(good, 'a', [known('00ff00ff0f0f335a')])).toEqual(['repeated']);
    expect(hintsOf(good, 'a', [known('00ff00ff0f0fccaa')])).toEqual([]);
  });

  it('never take two black pictures for the same', () => {
    const black = { luminance: 2, sharpness: 0, dhash: '0'.repeat(16) };
    expect(hintsOf(black, 'a', [known('0'.repeat(16))])).toEqual(['dark']);
  });

  it('measure and hint of a picture drawn in the dark', () => {
    expect(hintsOf(measure(drawn(house(2, 0.15))), 'a', [])).toEqual(['dark']);
    expect(hintsOf(measure(blurred(drawn(house(2)), 6)), 'a', [])).toEqual(['blurred']);
    expect(hintsOf(measure(drawn(house(2))), 'a', [])).toEqual([]);
  });

  it('find the photo that was made of the same file', () => {
    const photo = { sha256: 's', length: 1, kind: 'house' as const, taken_at: '', original_sha256: 'o' };
    expect([madeOf('o', [photo]), madeOf('p', [photo]), madeOf('o', [])]).toEqual([
      photo,
      undefined,
      undefined,
    ]);
  });
});

describe('the watermark', () => {
  it('breaks lines that are too wide, and loses nothing but spaces', () => {
    const width = (text: string) => text.length * 10;
    expect(wrapped(['一二三四五六七', 'ab'], 30, width)).toEqual(['一二三', '四五六', '七', 'ab']);
    expect(wrapped(['ab cd'], 20, width)).toEqual(['ab', 'cd']);
    expect(wrapped(['宽'], 5, width)).toEqual(['宽']); // narrower than a letter: no endless loop
    expect(wrapped(['', 'a'], 50, width)).toEqual(['a']);
  });

  it('is as large on an upright picture as on a lying one, and never too small to be read', () => {
    expect(letterPx({ width: 1600, height: 1200 })).toBe(36);
    expect(letterPx({ width: 1200, height: 1600 })).toBe(36);
    expect(letterPx({ width: 200, height: 100 })).toBe(11);
  });

  it('says when the camera was at another time than the phone', () => {
    const stamp = { lines: ['a'], now: Date.parse('2026-11-29T02:00:00Z'), older: 'taken {time}' };
    expect(linesOf(stamp, null)).toEqual(['a']);
    expect(linesOf(stamp, '2026-11-29T09:55:00')).toEqual(['a']);
    expect(linesOf(stamp, '2026-11-20T08:11:07')).toEqual(['a', 'taken 2026-11-20 08:11']);
    expect(linesOf(stamp, '2026-11-29T11:00:00')).toEqual(['a', 'taken 2026-11-29 11:00']);
  });
});
