/** A server with another epoch was restored from a backup: it may lack what it signed for since. */
import type { Line } from '../outbox/line';
import { step } from '../outbox/machine';
import type { OpRecord } from '../outbox/storage';

/**
 * The one place where a new epoch takes hold, in one transaction: the pull begins anew, every text that the old server
 * signed for, held or refused is offered again, and so are all photos.
 */
export async function resetTo(line: Line, epoch: string): Promise<void> {
  const event = { type: 'reset', now: line.now() } as const;
  await line.deps.storage.reset((entry, record) => (replaced(record) ? entry : step(entry, event, 0)), {
    epoch,
    cursor: null,
    building: false,
    durable: [0, 0],
  });
  await line.deps.changed();
}

/** A refused record that its author put right lives on in the one that took its place. */
function replaced(record: OpRecord): boolean {
  return record.corrected_by !== null && record.entry.state === 'rejected';
}
