/** From a camera's file to what is kept of it: upright, small, with its watermark, and what was found out before. */
import { sha256Hex } from '../../core/canonical';
import { type Exif, readExif } from './exif';
import { GREY_PX, greyOf, type Measures, measure } from './measures';
import { draw, type Encoder, encodeWithin, fitInto, type SurfaceOf } from './shrink';
import { drawWatermark } from './watermark';

/** What is written on a picture, in the visitor's language. */
export interface Stamp {
  readonly lines: readonly string[];
  /** When it was chosen, milliseconds by this device. */
  readonly now: number;
  /** Line for a picture that is older than now, `{time}` in it: the watermark must not pass it off as fresh. */
  readonly older: string;
}

export interface Picture extends Exif {
  readonly bytes: ArrayBuffer;
  readonly original_sha256: string;
  readonly measures: Measures;
}

/** Cameras' clocks differ from the phone's by less. */
const FRESH_MS = 10 * 60_000;
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** The lines of a stamp, with the camera's own time where it is another than now. */
export function linesOf(stamp: Stamp, exifTime: string | null): readonly string[] {
  if (exifTime === null) return stamp.lines;
  const age = stamp.now - (Date.parse(`${exifTime}Z`) - CHINA_OFFSET_MS);
  if (Math.abs(age) <= FRESH_MS) return stamp.lines;
  return [...stamp.lines, stamp.older.replace('{time}', exifTime.replace('T', ' ').slice(0, 16))];
}

function measuresOf(bitmap: ImageBitmap, surfaceOf: SurfaceOf): Measures {
  const size = fitInto(bitmap, GREY_PX);
  const { context } = surfaceOf(size);
  draw(context, bitmap, size);
  return measure(greyOf(context.getImageData(0, 0, size.width, size.height).data, size.width, size.height));
}

/** Rejects when the file is no picture this phone can read, or stays too large. */
export async function makePicture(file: Blob, stamp: Stamp, surfaceOf: SurfaceOf): Promise<Picture> {
  const original = await file.arrayBuffer();
  const exif = readExif(original);
  const original_sha256 = await sha256Hex(original);
  // By the file's orientation: the browser turns it upright.
  const bitmap = await createImageBitmap(file);
  try {
    const lines = linesOf(stamp, exif.exif_time);
    const encoder: Encoder = (size) => {
      const { context, encode } = surfaceOf(size);
      draw(context, bitmap, size);
      drawWatermark(context, size, lines);
      return encode;
    };
    const measures = measuresOf(bitmap, surfaceOf);
    const small = await encodeWithin(bitmap, encoder);
    return { bytes: await small.arrayBuffer(), original_sha256, ...exif, measures };
  } finally {
    bitmap.close();
  }
}
