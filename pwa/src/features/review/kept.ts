/** The first secretary's queue on the device: its newest lines, and the whole of the visits behind them. */
import type { VisitPage, VisitSummary } from '../../core/api/types';
import { readMeta, writeMeta } from '../../core/localDb';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { open, type Sealed, seal } from '../../core/vault';
import { dropVisits, keepsVisits, keptVisit, keptVisits, storeRecord } from '../../record';

/** So many of the queue can be decided without a network. */
export const KEPT_VISITS = 200;

export interface KeptQueue {
  readonly items: readonly VisitSummary[];
  readonly counts: VisitPage['counts'];
}

const placeFor = (userId: string): string => `review-queue/${userId}`;

/** Keeps the lines of the queue as they were last read. */
export async function keepQueue({ items, counts }: KeptQueue): Promise<void> {
  const id = user.value?.id;
  if (!id || !keepsVisits()) return;
  const kept: KeptQueue = { items: items.slice(0, KEPT_VISITS), counts };
  await writeMeta(placeFor(id), await seal('meta', placeFor(id), kept));
}

/** The queue as it was last read; null where none is kept. */
export async function keptQueue(): Promise<KeptQueue | null> {
  const id = user.value?.id;
  if (!id || !keepsVisits()) return null;
  const sealed = await readMeta<Sealed>(placeFor(id));
  return sealed ? open<KeptQueue>('meta', placeFor(id), sealed) : null;
}

let round = 0;
/** What was found on the device, so that it is not opened again for each decision. */
const seen = new Map<string, string>();

/** What would make a kept visit an old one. */
function mark(one: Pick<VisitSummary, 'severity' | 'photos_ready' | 'changed_count' | 'spot_check'>): string {
  return [one.severity, one.photos_ready, one.changed_count, one.spot_check].join();
}

/** Whether what is kept of a visit is still what its line in the queue says. */
async function isKept(line: VisitSummary): Promise<boolean> {
  if (seen.get(line.id) === mark(line)) return true;
  const kept = await keptVisit(line.id).catch(() => null);
  if (kept === null || mark(kept) !== mark(line)) return false;
  seen.set(line.id, mark(line));
  return true;
}

/** Reads in turn what is not kept yet, and takes away what left the queue; stops where the network ends. */
export async function keepVisits(
  items: readonly VisitSummary[],
  besides: ReadonlySet<string>,
): Promise<void> {
  if (!keepsVisits()) return;
  round += 1;
  const mine = round;
  const wanted = items.slice(0, KEPT_VISITS);
  const stays = new Set([...wanted.map((one) => one.id), ...besides]);
  await dropVisits((await keptVisits()).filter((id) => !stays.has(id)));
  for (const line of wanted) {
    if (mine !== round || !online.value) return;
    if (!(await isKept(line)) && !(await fetched(line.id))) return;
  }
}

async function fetched(id: string): Promise<boolean> {
  return storeRecord(id).then(
    () => true,
    () => online.value,
  );
}

/** Ends what is under way; for sign-out. */
export function stopKeeping(): void {
  round += 1;
  seen.clear();
}
