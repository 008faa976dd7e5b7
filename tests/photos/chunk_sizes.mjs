/**
 * The phone's rule for the size of a chunk: `node chunk_sizes.mjs RULE`. A line `arrived N` or `cut` on standard input
 * tells what became of the last one; after each line, and at the start, the size of the next one is written.
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { UNKNOWN_LINE, afterChunk, afterCut, chunkSize } = await import(pathToFileURL(process.argv[2]).href);
let memory = UNKNOWN_LINE;
console.log(chunkSize(memory));
for await (const line of createInterface({ input: process.stdin })) {
  const [what, bytes] = line.split(' ');
  memory = what === 'cut' ? afterCut(memory) : afterChunk(memory, Number(bytes));
  console.log(chunkSize(memory));
}
