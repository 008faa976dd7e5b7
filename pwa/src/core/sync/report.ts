/** What each push tells the server of this phone, so that a phone that is stuck is seen. Pure. */
import type { OpRecord } from '../outbox/storage';
import type { Report } from './wire';

/** Not signed for and not put right: queued, or refused. */
export function unsentOf(records: readonly OpRecord[]): OpRecord[] {
  return records.filter(({ entry, corrected_by }) =>
    entry.state === 'rejected' ? corrected_by === null : entry.state === 'queued',
  );
}

export type Counts = Pick<Report, 'outbox_count' | 'photos_unsent' | 'oldest_unsent' | 'dead'>;

/**
 * Counts of what is here only. A refused record counts as unsent as well: a phone that is being emptied must not be
 * wiped while it holds one.
 */
export function countsOf(records: readonly OpRecord[]): Counts {
  const unsent = unsentOf(records);
  const oldest = Math.min(...unsent.map((record) => record.saved_at));
  const photos = records
    .filter(({ entry }) => entry.state !== 'rejected')
    .flatMap(({ entry }) => entry.photos.filter((photo) => photo.state === 'waiting'));
  return {
    outbox_count: unsent.length,
    photos_unsent: photos.length,
    oldest_unsent: unsent.length === 0 ? null : new Date(oldest).toISOString(),
    dead: unsent.filter(({ entry }) => entry.state === 'rejected').length,
  };
}
