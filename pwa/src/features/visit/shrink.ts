/** Makes a camera picture small enough for a weak network. Re-encoding also drops every EXIF tag. */

export const LONGEST_PX = 1600;
export const LARGEST_BYTES = 400_000;
const QUALITIES = [0.8, 0.7, 0.6, 0.5, 0.4] as const;
/** When even the lowest quality is too heavy, the picture is drawn smaller. */
const SMALLER = 0.75;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A drawing surface and how to get a JPEG of a quality from it: in a worker, or in the page. */
export interface Surface {
  readonly context: Context;
  readonly encode: (quality: number) => Promise<Blob>;
}

export type SurfaceOf = (size: Size) => Surface;

/** A surface that can draw the picture at a size and give it back as JPEG of a quality. */
export type Encoder = (size: Size) => (quality: number) => Promise<Blob>;

/** The size that fits `longest`, never larger than the original. */
export function fitInto({ width, height }: Size, longest: number): Size {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The best JPEG within the limits: full size first, then lower quality, then smaller. */
export async function encodeWithin(original: Size, encoder: Encoder, largest = LARGEST_BYTES): Promise<Blob> {
  for (let longest = LONGEST_PX; longest >= 400; longest *= SMALLER) {
    const encode = encoder(fitInto(original, longest));
    for (const quality of QUALITIES) {
      const blob = await encode(quality);
      if (blob.size <= largest) return blob;
    }
  }
  throw new Error('the picture stays too large');
}

function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): Context {
  const context = canvas.getContext('2d', { alpha: false }) as Context | null;
  if (!context) throw new Error('no canvas');
  return context;
}

/** A canvas that lives in a worker. */
export function offscreenSurface(size: Size): Surface {
  const canvas = new OffscreenCanvas(size.width, size.height);
  return {
    context: contextOf(canvas),
    encode: (quality) => canvas.convertToBlob({ type: 'image/jpeg', quality }),
  };
}

/** A canvas of the page, for browsers without the other one. */
export function pageSurface(size: Size): Surface {
  const canvas = Object.assign(document.createElement('canvas'), size);
  const encode = (quality: number) =>
    new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('not encoded'))), 'image/jpeg', quality);
    });
  return { context: contextOf(canvas), encode };
}

/** Draws a picture over the whole surface. */
export function draw(context: Context, bitmap: ImageBitmap, size: Size): void {
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, size.width, size.height);
}
