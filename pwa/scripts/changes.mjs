/**
 * What is new for whoever uses the app: the lines of CHANGELOG.md under "### On the phone", each in both languages,
 * "- 中文 | English". A module of its own in the build, and a short name of the newest ones in the entry.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MODULE = 'virtual:changes';
const FILE = new URL('../../CHANGELOG.md', import.meta.url);
const HEADING = /^## (\S+)(?: \((\d{4}-\d{2}-\d{2})\))?/;

/** The lists of a changelog, newest first: version, day (null while unreleased), lines. */
export function changesIn(text) {
  const versions = [];
  let here = false;
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line);
    if (heading) versions.push({ version: heading[1], day: heading[2] ?? null, lines: [] });
    if (line.startsWith('#')) here = line === '### On the phone';
    const told = here && /^- (.+) \| (.+)$/.exec(line);
    if (told) versions.at(-1)?.lines.push({ zh: told[1], en: told[2] });
  }
  return versions.filter(({ lines }) => lines.length > 0);
}

/** The lists as they are now, and the name that changes with them. */
export function changes() {
  const list = changesIn(readFileSync(FILE, 'utf8'));
  return { list, id: createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 8) };
}

/** Vite's part: the lists as a module. */
export function changesModule() {
  return {
    name: 'changes',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) =>
      id === `\0${MODULE}` ? `export const changes = ${JSON.stringify(changes().list)};` : undefined,
  };
}
