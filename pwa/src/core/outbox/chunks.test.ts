/** How much of a photo is on its way when a line breaks: what is sent twice stays little. */
import { describe, expect, it } from 'vitest';
import {
  afterChunk,
  afterCut,
  chunkSize,
  FIRST_CHUNK,
  LARGEST_CHUNK,
  type LineMemory,
  SMALLEST_CHUNK,
  UNKNOWN_LINE,
} from './chunks';
import { generator } from './testRecords';

const KB = 1024;
/** Headers of a request that is not the photo's bytes. */
const HEADERS = 700;

interface Sent {
  bytes: number;
  requests: number;
  memory: LineMemory;
}

/** Sends a photo over a line that breaks after so many bytes each time; counts the photo's bytes that travelled. */
function send(length: number, cutAfter: () => number, from: LineMemory = UNKNOWN_LINE): Sent {
  let memory = from;
  let [offset, bytes, requests, left] = [0, 0, 0, cutAfter()];
  while (offset < length) {
    const chunk = Math.min(chunkSize(memory), length - offset);
    requests += 1;
    if (chunk + HEADERS <= left) {
      memory = afterChunk(memory, chunk);
      offset += chunk;
      bytes += chunk;
      left -= chunk + HEADERS;
      continue;
    }
    bytes += Math.max(0, left - HEADERS);
    memory = afterCut(memory);
    // The connection is new, and the first question on it is how far the photo is.
    left = cutAfter() - HEADERS;
    requests += 1;
  }
  return { bytes, requests, memory };
}

describe('chunks', () => {
  it('grow on a good line up to the largest, and the next photo starts there', () => {
    const first = send(300 * KB, () => Number.POSITIVE_INFINITY);
    expect(first.requests).toBeLessThanOrEqual(9);
    const second = send(300 * KB, () => Number.POSITIVE_INFINITY, first.memory);
    expect(second.requests).toBeLessThanOrEqual(2);
    expect(chunkSize(second.memory)).toBe(LARGEST_CHUNK);
  });

  it.each([15, 20, 25, 30, 35, 40, 50, 60, 80, 100, 150])(
    'of 300 KB over a line cut every %i KB send at most 15 percent twice',
    (every) => {
      const { bytes } = send(300 * KB, () => every * KB);
      expect(bytes / (300 * KB)).toBeLessThanOrEqual(1.15);
    },
  );

  it('arrive over any line that carries the smallest one', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const random = generator(seed);
      const { bytes } = send(300 * KB, () => 6 * KB + random() * 60 * KB);
      expect(bytes).toBeLessThan(2 * 300 * KB);
    }
  });

  it('are never smaller or larger than they may be, and never larger than what the line has carried', () => {
    const random = generator(7);
    let memory = UNKNOWN_LINE;
    for (let i = 0; i < 2000; i += 1) {
      const size = chunkSize(memory);
      expect(size).toBeGreaterThanOrEqual(SMALLEST_CHUNK);
      expect(size).toBeLessThanOrEqual(LARGEST_CHUNK);
      expect(size).toBeLessThanOrEqual(Math.max(FIRST_CHUNK, memory.carried, memory.steady ?? 0));
      memory = random() < 0.8 ? afterChunk(memory, size) : afterCut(memory);
    }
  });
});
