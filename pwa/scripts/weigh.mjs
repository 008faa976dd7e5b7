/**
 * Weighs what a grid member's phone loads before the worklist: entry, sign-in, lock and list, JavaScript and CSS, gzipped.
 * Prints one JSON object a line; exit code 1 when it is over the budget. Run after the build.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { FIRST_PAGES } from './first.mjs';

const BUDGET_KB = 52;
const DIST = new URL('../dist/', import.meta.url);

const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', DIST), 'utf8'));

/** Files of a chunk and of everything it imports statically. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`no chunk ${key} in the build`);
  if (seen.has(key)) return [];
  seen.add(key);
  const imported = (chunk.imports ?? []).flatMap((other) => filesOf(other, seen));
  return [chunk.file, ...(chunk.css ?? []), ...imported];
}

// The build knows the page by the chunk that it became, and the page says which.
const [, start] =
  /<script type="module"[^>]* src="\/([^"]+)"/.exec(readFileSync(new URL('index.html', DIST), 'utf8')) ?? [];
const entries = Object.keys(manifest).filter((key) => manifest[key].file === start);
if (entries.length !== 1) throw new Error(`the page starts with ${start}, which is no chunk`);

const files = [...new Set([...entries, ...FIRST_PAGES].flatMap((page) => filesOf(page)))];
const bytes = files.map((file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length);
const value = Math.round((bytes.reduce((sum, size) => sum + size, 0) / 1024) * 10) / 10;

console.log(
  JSON.stringify({
    name: 'grid_member_gz',
    value,
    unit: 'KB',
    n: files.length,
    note: `entry, sign-in, lock and worklist, JS and CSS; budget ${BUDGET_KB} KB`,
  }),
);
process.exit(value > BUDGET_KB ? 1 : 0);
