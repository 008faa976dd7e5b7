/**
 * Reads two things from a camera's JPEG before drawing it anew drops them: when and where it was taken. The bytes may
 * be anything: whatever does not fit is nothing found, and no loop is longer than the file. Pure.
 */
import type { PhotoFacts } from './types';

export type Exif = Pick<Required<PhotoFacts>, 'exif_time' | 'exif_position'>;

const NOTHING: Exif = { exif_time: null, exif_position: null };
const EXIF_SIGN = [0x45, 0x78, 0x69, 0x66, 0, 0];
const APP1 = 0xe1;
const SCAN = 0xda;
const END = 0xd9;
const GPS_DIRECTORY = 0x8825;
const EXIF_DIRECTORY = 0x8769;
const TAKEN = 0x9003;
const DIGITISED = 0x9004;
const LATITUDE_REF = 1;
const LATITUDE = 2;
const LONGITUDE_REF = 3;
const LONGITUDE = 4;
const DATUM = 0x12;
const ASCII = 2;
const LONG = 4;
const RATIONAL = 5;
const ENTRY_BYTES = 12;
/** Cameras write some sixty; a file that claims thousands is no camera's. */
const MOST_ENTRIES = 1_000;
const LONGEST_TEXT = 64;

/** Time (the camera's own clock, no zone) and place of a JPEG file; null for what it does not say. */
export function readExif(bytes: ArrayBuffer): Exif {
  try {
    const tiff = tiffOf(new DataView(bytes));
    return tiff ? factsOf(tiff) : NOTHING;
  } catch (error) {
    // A directory that points beyond the file; everything else would be our own mistake.
    if (error instanceof RangeError) return NOTHING;
    throw error;
  }
}

/** The EXIF block of a JPEG, or null. */
function tiffOf(file: DataView): Tiff | null {
  if (file.byteLength < 4 || file.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 4 <= file.byteLength && file.getUint8(at) === 0xff) {
    const marker = file.getUint8(at + 1);
    if (marker === SCAN || marker === END) return null;
    const size = file.getUint16(at + 2);
    if (marker === APP1 && size > 16 && EXIF_SIGN.every((byte, n) => file.getUint8(at + 4 + n) === byte))
      return new Tiff(new DataView(file.buffer, file.byteOffset + at + 10, size - 8));
    at += 2 + Math.max(2, size);
  }
  return null;
}

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where the entry's own four bytes of value (or its offset) begin. */
  readonly at: number;
}

type Directory = ReadonlyMap<number, Entry>;

/** The block inside: numbers of one byte order, directories of entries that point into it. */
class Tiff {
  private readonly little: boolean;

  constructor(private readonly view: DataView) {
    this.little = view.getUint16(0) === 0x4949;
  }

  private short(at: number): number {
    return this.view.getUint16(at, this.little);
  }

  private long(at: number): number {
    return this.view.getUint32(at, this.little);
  }

  directory(at: number): Directory {
    const count = Math.min(this.short(at), MOST_ENTRIES);
    const found = new Map<number, Entry>();
    for (let n = 0; n < count; n += 1) {
      const entry = at + 2 + n * ENTRY_BYTES;
      found.set(this.short(entry), {
        type: this.short(entry + 2),
        count: this.long(entry + 4),
        at: entry + 8,
      });
    }
    return found;
  }

  first(): Directory {
    return this.short(2) === 42 ? this.directory(this.long(4)) : new Map();
  }

  /** The directory that an entry of another one points to. */
  below(from: Directory, tag: number): Directory {
    const entry = from.get(tag);
    return entry?.type === LONG && entry.count === 1 ? this.directory(this.long(entry.at)) : new Map();
  }

  text(entry: Entry | undefined): string | null {
    if (entry?.type !== ASCII || entry.count > LONGEST_TEXT) return null;
    const start = entry.count <= 4 ? entry.at : this.long(entry.at);
    let text = '';
    for (let n = 0; n < entry.count; n += 1) text += String.fromCharCode(this.view.getUint8(start + n));
    return text.split('\0')[0]?.trim() ?? null;
  }

  /** Degrees, minutes and seconds as degrees; null unless all three are numbers of an angle. */
  angle(entry: Entry | undefined): number | null {
    if (entry?.type !== RATIONAL || entry.count !== 3) return null;
    const start = this.long(entry.at);
    const part = (n: number) => this.long(start + 8 * n) / this.long(start + 8 * n + 4);
    const [degrees, minutes, seconds] = [part(0), part(1), part(2)];
    const whole = degrees + minutes / 60 + seconds / 3600;
    return minutes <= 60 && seconds <= 60 && Number.isFinite(whole) ? whole : null;
  }
}

function factsOf(tiff: Tiff): Exif {
  const first = tiff.first();
  const exif = tiff.below(first, EXIF_DIRECTORY);
  const time = wallClock(tiff.text(exif.get(TAKEN))) ?? wallClock(tiff.text(exif.get(DIGITISED)));
  return { exif_time: time, exif_position: positionOf(tiff, tiff.below(first, GPS_DIRECTORY)) };
}

/** "2026:11:20 08:11:00" as "2026-11-20T08:11:00"; null for anything that is no moment ("0000:00:00 …" is common). */
export function wallClock(text: string | null): string | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text ?? '');
  if (!parts) return null;
  const iso = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}`;
  const moment = new Date(`${iso}Z`);
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 19) !== iso ? null : iso;
}

function positionOf(tiff: Tiff, gps: Directory): Exif['exif_position'] {
  const lat = signed(tiff.angle(gps.get(LATITUDE)), tiff.text(gps.get(LATITUDE_REF)), 'N', 'S', 90);
  const lon = signed(tiff.angle(gps.get(LONGITUDE)), tiff.text(gps.get(LONGITUDE_REF)), 'E', 'W', 180);
  // Cameras without a fix write zeros: nobody's house stands there.
  if (lat === null || lon === null || (lat === 0 && lon === 0)) return null;
  const datum = /^WGS-?84$/i.test(tiff.text(gps.get(DATUM)) ?? '') ? 'WGS-84' : null;
  return { lat: lat.toFixed(6), lon: lon.toFixed(6), datum };
}

function signed(
  angle: number | null,
  side: string | null,
  plus: string,
  minus: string,
  limit: number,
): number | null {
  if (angle === null || angle > limit || (side !== plus && side !== minus)) return null;
  return side === minus && angle > 0 ? -angle : angle;
}
