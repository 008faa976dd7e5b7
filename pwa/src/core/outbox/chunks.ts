/**
 * How many bytes of a photo go in one request. What is on its way when a line is cut is lost, so a chunk is at most
 * half of what the line has carried since the last cut, and near the place of the last cut chunks are small: of a
 * line that breaks again and again, little is sent twice. Pure.
 */

const KB = 1024;
export const SMALLEST_CHUNK = 4 * KB;
export const FIRST_CHUNK = 12 * KB;
export const LARGEST_CHUNK = 256 * KB;
/** Carried so many times what it did before the last cut, a line counts as good again. */
const RECOVERED = 4;

/** What is known of the line: bytes carried since the last cut, and those carried before it (null: never cut). */
export interface LineMemory {
  carried: number;
  steady: number | null;
}

export const UNKNOWN_LINE: LineMemory = { carried: 0, steady: null };

/** Bytes of the next chunk. */
export function chunkSize({ carried, steady }: LineMemory): number {
  if (steady === null) return clamp(carried / 2, FIRST_CHUNK);
  const left = steady - carried;
  if (left > 0) return clamp(Math.min(left, Math.max(FIRST_CHUNK, steady / 2)), SMALLEST_CHUNK);
  return clamp(-left / 2, SMALLEST_CHUNK);
}

function clamp(bytes: number, least: number): number {
  return Math.floor(Math.min(Math.max(bytes, least), LARGEST_CHUNK));
}

/** A chunk arrived. */
export function afterChunk({ carried, steady }: LineMemory, bytes: number): LineMemory {
  const sum = carried + bytes;
  return { carried: sum, steady: steady !== null && sum > steady * RECOVERED ? null : steady };
}

/** A chunk was lost: what got through before it is what this line carries; if nothing did, half of the chunk. */
export function afterCut(line: LineMemory): LineMemory {
  const steady = line.carried > 0 ? line.carried : chunkSize(line) / 2;
  return { carried: 0, steady: Math.max(SMALLEST_CHUNK, steady) };
}
