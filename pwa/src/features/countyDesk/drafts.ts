/** Opinions that were begun, sealed on this device, one a case: a closed tab loses none. */
import type { CountyChoice } from '../../core/api/deskTypes';
import { readMeta, writeStrict } from '../../core/localDb';
import { user } from '../../core/session';
import { open, type Sealed, seal } from '../../core/vault';

export interface Draft {
  readonly choice: CountyChoice | null;
  readonly opinion: string;
  /** Number of the decision; it changes with what it says, so that the same sent again is one decision. */
  readonly id: string;
}

/** What is on its way to the disk: whoever comes back meanwhile finds it here. */
const underWay = new Map<string, Draft | null>();

const placeOf = (userId: string, visitId: string): string => `case/${userId}/${visitId}`;

/** What this user had begun on a case; null when there is nothing or it cannot be opened. */
export async function loadDraft(visitId: string): Promise<Draft | null> {
  const id = user.value?.id;
  if (!id) return null;
  const place = placeOf(id, visitId);
  const newest = underWay.get(place);
  if (newest !== undefined) return newest;
  const sealed = await readMeta<Sealed>(place).catch(() => undefined);
  return sealed ? open<Draft>('meta', place, sealed).catch(() => null) : null;
}

/** Keeps a draft, or takes it away with null; on disk when the promise resolves. */
export async function saveDraft(visitId: string, draft: Draft | null): Promise<void> {
  const id = user.value?.id;
  if (!id) return;
  const place = placeOf(id, visitId);
  underWay.set(place, draft);
  try {
    const row = draft === null ? null : await seal('meta', place, draft);
    await writeStrict(['meta'], async (tx) => {
      if (underWay.get(place) !== draft) return;
      const meta = tx.objectStore('meta');
      await (row === null ? meta.delete(place) : meta.put(row, place));
    });
  } finally {
    if (underWay.get(place) === draft) underWay.delete(place);
  }
}
