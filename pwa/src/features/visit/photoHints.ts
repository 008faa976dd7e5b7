/** Questions to the visitor about a picture just taken: too dark, blurred, seen before. They never block. Pure. */
import type { Measures } from './measures';
import type { PhotoFacts, PhotoHint, PhotoRef } from './types';

/** Mean light below which faces of houses cannot be told from the wall behind. */
export const DARK_BELOW = 45;
/** Sharpness below which writing cannot be read. */
export const BLURRED_BELOW = 25;
/** Bits of 64 by which two takes of one picture differ, at most. */
export const SAME_WITHIN = 5;
/** A picture of one colour says too little to be told from another such. */
const FEWEST_BITS = 6;

const BITS = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4] as const;

function bitsOf(nibble: number): number {
  return BITS[nibble] ?? 0;
}

/** In how many of 64 bits two hashes differ. */
export function distance(a: string, b: string): number {
  let differ = 0;
  for (let n = 0; n < 16; n += 1)
    differ += bitsOf(Number.parseInt(a[n] ?? '0', 16) ^ Number.parseInt(b[n] ?? '0', 16));
  return differ;
}

/** Whether a hash has enough of both kinds of bits to know a picture by. */
export function tells(hash: string): boolean {
  const ones = distance(hash, '0'.repeat(16));
  return ones >= FEWEST_BITS && ones <= 64 - FEWEST_BITS;
}

function isSame(hash: string, original: string, known: PhotoFacts): boolean {
  if (known.original_sha256 === original) return true;
  const other = known.quality?.dhash;
  return other !== undefined && tells(hash) && tells(other) && distance(hash, other) <= SAME_WITHIN;
}

/** What to ask about a picture, beside those known of this visit and of the household's earlier ones. */
export function hintsOf(measures: Measures, original: string, known: readonly PhotoFacts[]): PhotoHint[] {
  const dark = measures.luminance < DARK_BELOW;
  const blurred = !dark && measures.sharpness < BLURRED_BELOW; // in the dark nothing has edges
  const repeated = known.some((one) => isSame(measures.dhash, original, one));
  return [
    ...(dark ? ['dark' as const] : []),
    ...(blurred ? ['blurred' as const] : []),
    ...(repeated ? ['repeated' as const] : []),
  ];
}

/** The photo of a form that was made of the very same file. */
export function madeOf(original: string, photos: readonly PhotoRef[]): PhotoRef | undefined {
  return photos.find((photo) => photo.original_sha256 === original);
}
