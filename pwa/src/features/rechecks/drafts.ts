/** What a township officer wrote and the server does not have yet, sealed on this device, a row for each visit. */
import { readMeta, writeStrict } from '../../core/localDb';
import { user } from '../../core/session';
import { open, type Sealed, seal } from '../../core/vault';
import { type Draft, hasWords, revived } from './form';

const placeOf = (visitId: string): string => `recheck/${user.value?.id ?? ''}/${visitId}`;

/** What this user had written about a visit; null when nothing, or when it cannot be opened. */
export async function loadDraft(visitId: string): Promise<Draft | null> {
  const place = placeOf(visitId);
  const sealed = await readMeta<Sealed>(place);
  const draft = sealed ? await open<Draft>('meta', place, sealed).catch(() => null) : null;
  return draft && revived(draft);
}

/** Keeps a draft, or takes away one without words; on disk when the promise resolves. */
export async function saveDraft(visitId: string, draft: Draft): Promise<void> {
  const place = placeOf(visitId);
  const sealed = hasWords(draft) ? await seal('meta', place, draft) : null;
  await writeStrict(['meta'], async (tx) => {
    const meta = tx.objectStore('meta');
    await (sealed === null ? meta.delete(place) : meta.put(sealed, place));
  });
}
