/** Takes in the answers that a carrier brought back: each counts exactly as if it had come over the network. */
import { type Reply, readChunk, readPush } from '../outbox/answers';
import type { Line } from '../outbox/line';
import { takeOutcomes } from '../outbox/push';
import { resetTo } from '../sync/reset';
import {
  type AnswerHeader,
  Binding,
  fromBase64,
  NoRelayFile,
  type RelayFile,
  recordsOf,
  relayKey,
} from './format';

/**
 * What became of one answer. taken: the record moved, or had moved before; waits: the server could not take it yet;
 * damaged: changed on its way; stale: of a life of the server before it was restored; unknown: of no record here.
 */
export type Fate = 'taken' | 'waits' | 'damaged' | 'stale' | 'unknown';
export type Fates = Record<Fate, number>;

/** The file answers another phone's, or another person's. */
export class NotOurs extends Error {}

interface Told {
  of: { op_id?: string | null; sha256?: string | null; visit_id?: string | null };
  epoch: string;
  server_time: string;
  status: number;
  body: Record<string, unknown>;
}

function readTold(plain: Uint8Array): Told | null {
  try {
    const told = JSON.parse(new TextDecoder().decode(plain)) as Told;
    const whole =
      typeof told.epoch === 'string' && typeof told.status === 'number' && typeof told.of === 'object';
    return whole && told.of !== null && typeof told.body === 'object' ? told : null;
  } catch {
    return null;
  }
}

function replyOf({ status, body }: Told): Reply {
  return {
    status,
    sync: true,
    retryAfterMs: null,
    text: JSON.stringify(body),
    offset: null,
    photoState: null,
  };
}

/**
 * Whether an answer is of the server as we know it. A file may be old, or be shown twice: another life of the server
 * is believed only when it spoke later than the last word we heard.
 */
async function isOfThisLife(line: Line, { epoch, server_time }: Told): Promise<boolean> {
  const known = await line.deps.storage.state();
  if (known.epoch === epoch) return true;
  const heardAt = Date.parse(server_time);
  const isNewer = known.epoch === null || (known.heardAt !== null && heardAt > known.heardAt);
  if (!isNewer) return false;
  await resetTo(line, epoch);
  await line.deps.storage.note({ heardAt });
  return true;
}

async function takeText(line: Line, told: Told, opId: string): Promise<Fate> {
  const record = (await line.deps.storage.load()).find((one) => one.op_id === opId);
  if (!record || record.sha256 !== told.of.sha256) return 'unknown';
  const { outcomes } = readPush(replyOf(told), [{ op_id: opId, sha256: record.sha256 }]);
  await takeOutcomes(line, outcomes, told.epoch);
  return outcomes.get(opId)?.kind === 'wait' ? 'waits' : 'taken';
}

async function takePhoto(line: Line, told: Told, visitId: string, sha256: string): Promise<Fate> {
  const record = (await line.deps.storage.load()).find((one) => one.op_id === visitId);
  if (!record?.entry.photos.some((photo) => photo.sha256 === sha256)) return 'unknown';
  const { outcome } = readChunk(replyOf(told), sha256);
  const event = { type: 'photo', now: line.now(), sha256, outcome } as const;
  await line.apply([visitId], event, told.epoch);
  return outcome.kind === 'wait' ? 'waits' : 'taken';
}

/** Takes in one answer. */
async function take(line: Line, told: Told): Promise<Fate> {
  const { op_id, visit_id, sha256 } = told.of;
  if (typeof sha256 !== 'string') return 'unknown';
  if (!(await isOfThisLife(line, told))) return 'stale';
  if (typeof visit_id === 'string') return takePhoto(line, told, visit_id, sha256);
  return typeof op_id === 'string' ? takeText(line, told, op_id) : 'unknown';
}

/**
 * Takes in a file of answers. Each answer by itself: a changed one harms no other, and one that was taken before
 * changes nothing. `key`: as the server handed it over. Rejects with NotOurs or NoRelayFile.
 */
export async function takeReturned(line: Line, key: string, file: RelayFile<AnswerHeader>): Promise<Fates> {
  const { binding } = await bindingOf(key, file, line.deps.device);
  const fates: Fates = { taken: 0, waits: 0, damaged: 0, stale: 0, unknown: 0 };
  let seen = 0;
  for await (const { place, bytes } of recordsOf(file)) {
    seen += 1;
    const plain = await binding.open(place, bytes, 'answer');
    const told = plain && readTold(plain);
    fates[told ? await take(line, told) : 'damaged'] += 1;
  }
  fates.damaged += Math.max(0, file.header.count - seen);
  return fates;
}

async function bindingOf(key: string, file: RelayFile<AnswerHeader>, device: string) {
  const own = await relayKey(key);
  let raw: Uint8Array<ArrayBuffer>;
  let of: { device?: unknown; key?: unknown };
  try {
    raw = fromBase64(file.header.of);
    of = JSON.parse(new TextDecoder().decode(raw));
  } catch {
    throw new NoRelayFile('relay_unreadable');
  }
  if (of?.device !== device || of?.key !== own.id) throw new NotOurs();
  return { binding: await Binding.of(own.key, raw) };
}
