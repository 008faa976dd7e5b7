/**
 * What the reviewer wrote and decided and the server does not have yet, sealed on this device, a row for each visit: a
 * closed tab loses nothing, a retry keeps its id, and two tabs do not overwrite each other's.
 */
import { read, readMeta, writeStrict } from '../../core/localDb';
import { user } from '../../core/session';
import { open, type Sealed, seal } from '../../core/vault';
import { type Decision, hasWords, revived } from './decision';

export type Decisions = Readonly<Record<string, Decision>>;

const prefixFor = (userId: string): string => `review/${userId}/`;
/** Where earlier versions kept all in one row. */
const oldPlace = (userId: string): string => `review/${userId}`;

async function opened(place: string, sealed: Sealed | undefined): Promise<Decision | null> {
  return sealed ? open<Decision>('meta', place, sealed).catch(() => null) : null;
}

async function loadOld(userId: string): Promise<Decisions> {
  const place = oldPlace(userId);
  const sealed = await readMeta<Sealed>(place).catch(() => undefined);
  if (!sealed) return {};
  const all = await open<Decisions>('meta', place, sealed).catch(() => ({}));
  await saveDecisions(all, Object.keys(all));
  await writeStrict(['meta'], (tx) => tx.objectStore('meta').delete(place));
  return all;
}

/** What this user had written, or nothing when it cannot be opened. */
export async function loadDecisions(): Promise<Decisions> {
  const id = user.value?.id;
  if (!id) return {};
  const prefix = prefixFor(id);
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const places = await read((database) => database.getAllKeys('meta', range));
  const found: Record<string, Decision> = { ...(await loadOld(id)) };
  for (const place of places) {
    const decision = await opened(place, await readMeta<Sealed>(place));
    if (decision) found[place.slice(prefix.length)] = decision;
  }
  return Object.fromEntries(Object.entries(found).map(([visit, one]) => [visit, revived(one)]));
}

/** Keeps the decisions on some visits, or takes away what has no words left; on disk when the promise resolves. */
export async function saveDecisions(decisions: Decisions, visits: Iterable<string>): Promise<void> {
  const id = user.value?.id;
  if (!id) return;
  const rows: [string, Sealed | null][] = [];
  for (const visit of visits) {
    const decision = decisions[visit];
    const place = `${prefixFor(id)}${visit}`;
    rows.push([place, decision && hasWords(decision) ? await seal('meta', place, decision) : null]);
  }
  await writeStrict(['meta'], async (tx) => {
    const meta = tx.objectStore('meta');
    for (const [place, row] of rows) await (row === null ? meta.delete(place) : meta.put(row, place));
  });
}
