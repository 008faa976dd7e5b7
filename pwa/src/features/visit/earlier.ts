/** What this phone knows of a household's earlier photos: of visits saved here whose text it still holds. */
import { outboxItems, reopen } from '../../core/outbox';
import type { PhotoFacts } from './types';

/** Opening a visit takes a few milliseconds; a picture from half a year ago is no repetition. */
const LAST_VISITS = 3;

export async function earlierPhotos(householdId: string, but: string): Promise<PhotoFacts[]> {
  const mine = outboxItems.value.filter(
    (item) => item.kind === 'visit' && item.householdId === householdId && item.visitId !== but,
  );
  const last = [...mine].sort((a, b) => b.savedAt - a.savedAt).slice(0, LAST_VISITS);
  const opened = await Promise.all(last.map((item) => reopen(item.visitId)));
  return opened.flatMap((one) => one?.body.photos ?? []);
}
