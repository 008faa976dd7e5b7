/** Gives up bodies and photos that are safe in the server's backups, and nothing else. */
import type { Line } from '../outbox/line';
import { step } from '../outbox/machine';

/** Marks what the server's verified backups hold, and gives up what they have held for long enough. */
export async function tidy(line: Line): Promise<void> {
  const { storage } = line.deps;
  const { durable, epoch } = await storage.state();
  const reached = { type: 'durable', now: line.now(), durable } as const;
  const old = { type: 'prune', now: line.now(), serverNow: line.serverNow(), durable } as const;
  const records = await storage.load();
  const touched = (event: typeof reached | typeof old) =>
    records.filter(({ entry }) => step(entry, event, 0) !== entry).map((record) => record.op_id);
  await line.apply(touched(reached), reached, epoch);
  const ids = touched(old);
  if (ids.length === 0) return;
  await storage.prune(ids, (entry) => step(entry, old, 0), epoch);
  await line.deps.changed();
}
