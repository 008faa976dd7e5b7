/** The reader of EXIF against cameras of both byte orders, and against bytes that no camera wrote. */
import { describe, expect, it } from 'vitest';
import { readExif, wallClock } from './exif';

type Value = string | number | readonly (readonly [number, number])[];
type Tags = Readonly<Record<number, Value>>;

/** A file as a camera writes it: SOI, APP0, APP1 with its directories, scan. */
function jpeg(exif: Tags, gps: Tags, little = true): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(2_048));
  let free = 600;
  const put = (at: number, tags: Tags) => {
    const entries = Object.entries(tags);
    view.setUint16(at, entries.length, little);
    entries.forEach(([tag, value], n) => {
      const entry = at + 2 + 12 * n;
      view.setUint16(entry, Number(tag), little);
      free = write(entry, value);
    });
  };
  const write = (entry: number, value: Value): number => {
    const head = (type: number, count: number) => {
      view.setUint16(entry + 2, type, little);
      view.setUint32(entry + 4, count, little);
    };
    if (typeof value === 'number') {
      head(4, 1);
      view.setUint32(entry + 8, value, little);
      return free;
    }
    const long = typeof value === 'string' ? value.length + 1 > 4 : true;
    const at = long ? free : entry + 8;
    if (long) view.setUint32(entry + 8, free, little);
    if (typeof value === 'string') {
      head(2, value.length + 1);
      [...value].forEach((sign, n) => {
        view.setUint8(at + n, sign.charCodeAt(0));
      });
      return long ? free + value.length + 1 : free;
    }
    head(5, value.length);
    value.forEach(([over, under], n) => {
      view.setUint32(at + 8 * n, over, little);
      view.setUint32(at + 8 * n + 4, under, little);
    });
    return free + 8 * value.length;
  };
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  put(8, { 34665: 100, 34853: 300 });
  put(100, exif);
  put(300, gps);
  const tiff = new Uint8Array(view.buffer).slice(0, free);
  const app1 = [0xff, 0xe1, (tiff.length + 8) >> 8, (tiff.length + 8) & 255, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, ...app1, ...tiff, 0xff, 0xda, 0, 2]).buffer;
}

const TIME = { 36867: '2026:11:20 08:11:07' };
const NORTH_EAST: Tags = {
  1: 'N',
  2: [
    [24, 1],
    [46, 1],
    [4101, 100],
  ],
  3: 'E',
  4: [
    [110, 1],
    [29, 1],
    [48, 1],
  ],
};
const NOTHING = { exif_time: null, exif_position: null };

describe('what a camera wrote', () => {
  it.each([true, false])('is read in both byte orders (little: %s)', (little) => {
    expect(readExif(jpeg(TIME, { ...NORTH_EAST, 18: 'WGS-84' }, little))).toEqual({
      exif_time: '2026-11-20T08:11:07',
      exif_position: { lat: '24.778058', lon: '110.496667', datum: 'WGS-84' },
    });
  });

  it('keeps the southern and western sides apart, and does not guess a datum', () => {
    const { exif_position } = readExif(jpeg({}, { ...NORTH_EAST, 1: 'S', 3: 'W' }));
    expect(exif_position).toEqual({ lat: '-24.778058', lon: '-110.496667', datum: null });
    const gcj = readExif(jpeg({}, { ...NORTH_EAST, 18: 'GCJ-02' })).exif_position;
    expect(gcj?.datum).toBeNull();
  });

  it('takes the time of digitising where none of taking is given', () => {
    expect(readExif(jpeg({ 36868: '2025:01:02 03:04:05' }, {})).exif_time).toBe('2025-01-02T03:04:05');
    expect(readExif(jpeg({ 36867: '0000:00:00 00:00:00', 36868: '2025:01:02 03:04:05' }, {})).exif_time).toBe(
      '2025-01-02T03:04:05',
    );
  });

  it.each([
    ['no side', { ...NORTH_EAST, 1: '' }],
    [
      'beyond the pole',
      {
        ...NORTH_EAST,
        2: [
          [91, 1],
          [0, 1],
          [0, 1],
        ] as const,
      },
    ],
    [
      'a division by zero',
      {
        ...NORTH_EAST,
        2: [
          [24, 0],
          [0, 1],
          [0, 1],
        ] as const,
      },
    ],
    [
      '0 / 0',
      {
        ...NORTH_EAST,
        4: [
          [110, 1],
          [0, 0],
          [0, 1],
        ] as const,
      },
    ],
    [
      'ninety minutes',
      {
        ...NORTH_EAST,
        2: [
          [24, 1],
          [90, 1],
          [0, 1],
        ] as const,
      },
    ],
    [
      'only two numbers',
      {
        ...NORTH_EAST,
        2: [
          [24, 1],
          [46, 1],
        ] as const,
      },
    ],
    [
      'the null island',
      {
        1: 'N',
        2: [
          [0, 1],
          [0, 1],
          [0, 1],
        ] as const,
        3: 'E',
        4: [
          [0, 1],
          [0, 1],
          [0, 1],
        ] as const,
      },
    ],
    ['half a place', { 1: 'N', 2: NORTH_EAST[2] as Value }],
  ])('is no place with %s', (_why, gps) => {
    expect(readExif(jpeg(TIME, gps as Tags))).toEqual({
      exif_time: '2026-11-20T08:11:07',
      exif_position: null,
    });
  });

  it('is no time when there is no such moment', () => {
    for (const text of ['2026:02:30 08:00:00', '2026:11:20 24:01:00', '2026-11-20 08:11:07', '', null])
      expect(wallClock(text)).toBeNull();
    expect(wallClock('2024:02:29 23:59:59')).toBe('2024-02-29T23:59:59');
  });
});

describe('what no camera wrote', () => {
  it('is nothing found', () => {
    const texts = ['', 'ÿØ', 'PNG', 'RIFF....WEBP', '\0'.repeat(64)];
    for (const text of texts) expect(readExif(new TextEncoder().encode(text).buffer)).toEqual(NOTHING);
    expect(readExif(new Uint8Array([0xff, 0xd8]).buffer)).toEqual(NOTHING);
    expect(readExif(new Uint8Array([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0x45, 0x78]).buffer)).toEqual(
      NOTHING,
    );
  });

  it('a directory that points at itself ends', () => {
    expect(readExif(jpeg({ 34665: 100 }, { 34853: 300 }))).toEqual(NOTHING);
  });

  it('a text that claims four thousand million letters is not read', () => {
    const bytes = new Uint8Array(jpeg(TIME, NORTH_EAST));
    const at = bytes.findIndex((_, n) => bytes[n] === 0x03 && bytes[n + 1] === 0x90);
    bytes.fill(0xff, at + 4, at + 8);
    expect(readExif(bytes.buffer).exif_time).toBeNull();
  });

  /** Numbers that are the same in every run. */
  function dice(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  it('never throws, never hangs, and never gives a place off the globe', { timeout: 30_000 }, () => {
    const roll = dice(20_261_129);
    const whole = new Uint8Array(jpeg(TIME, NORTH_EAST, true));
    const big = new Uint8Array(jpeg(TIME, NORTH_EAST, false));
    const started = performance.now();
    let found = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = (round % 2 ? whole : big).slice(0, roll(4) ? whole.length : roll(whole.length));
      for (let n = roll(12); n > 0 && bytes.length > 0; n -= 1) bytes[roll(bytes.length)] = roll(256);
      const { exif_time, exif_position } = readExif(bytes.buffer);
      if (exif_time !== null) expect(exif_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      if (exif_position === null) continue;
      found += 1;
      expect(Math.abs(Number(exif_position.lat))).toBeLessThanOrEqual(90);
      expect(Math.abs(Number(exif_position.lon))).toBeLessThanOrEqual(180);
      expect(exif_position.lat).toMatch(/^-?\d{1,2}\.\d{6}$/);
    }
    expect(found).toBeGreaterThan(1_000); // the loop does reach the end of the reader
    expect(performance.now() - started).toBeLessThan(25_000);
  });

  it('random bytes behind a good head are nothing found', () => {
    const roll = dice(7);
    for (let round = 0; round < 5_000; round += 1) {
      const tail = Array.from({ length: roll(200) }, () => roll(256));
      const head = [0xff, 0xd8, 0xff, 0xe1, 0, tail.length + 8, 0x45, 0x78, 0x69, 0x66, 0, 0];
      expect(() => readExif(new Uint8Array([...head, ...tail]).buffer)).not.toThrow();
    }
  });
});
