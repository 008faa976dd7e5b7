/**
 * Visits a first secretary may read without a network: sealed in the vault like a grid member's households, the newest
 * text of each. Nobody else's role keeps any: a township has thousands, a county has none to decide.
 */
import type { VisitDetail } from '../core/api/types';
import { read, writeStrict } from '../core/localDb';
import { user } from '../core/session';
import { open, type Sealed, seal } from '../core/vault';

const PREFIX = 'review-visit/';
const placeOf = (id: string): string => `${PREFIX}${id}`;

/** Whether this user's visits are kept on this device. */
export const keepsVisits = (): boolean => user.value?.role === 'first_secretary';

/** Keeps a visit as it was just read; one that is decided needs no keeping and is taken away. */
export async function keepVisit(visit: VisitDetail): Promise<void> {
  if (!keepsVisits()) return;
  const place = placeOf(visit.id);
  const sealed = visit.state === 'submitted' ? await seal('meta', place, visit) : null;
  await writeStrict(['meta'], async (tx) => {
    const meta = tx.objectStore('meta');
    await (sealed === null ? meta.delete(place) : meta.put(sealed, place));
  });
}

/** The visit as it was kept; null without one. */
export async function keptVisit(id: string): Promise<VisitDetail | null> {
  if (!keepsVisits()) return null;
  const sealed = (await read((database) => database.get('meta', placeOf(id)))) as Sealed | undefined;
  return sealed === undefined ? null : open<VisitDetail>('meta', placeOf(id), sealed);
}

/** Ids of all visits that are kept. */
export async function keptVisits(): Promise<string[]> {
  const range = IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`);
  const keys = await read((database) => database.getAllKeys('meta', range));
  return keys.map((key) => key.slice(PREFIX.length));
}

/** Takes visits away again. */
export async function dropVisits(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await writeStrict(['meta'], async (tx) => {
    await Promise.all(ids.map((id) => tx.objectStore('meta').delete(placeOf(id))));
  });
}
