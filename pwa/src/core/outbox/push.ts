/** Carries texts: those that are due, in the order of saving, parents first, as many as fit in one request. */
import { heed } from '../sync/hello';
import { type Counts, countsOf } from '../sync/report';
import type { Op, PushRequest, Report, SelfCheck } from '../sync/wire';
import { allAlike, NO_REPLY, readPush, type Wait } from './answers';
import type { Outcome } from './entry';
import type { Line } from './line';
import { isPast, step, textTravels } from './machine';
import { toOp } from './records';
import type { OpRecord } from './storage';

export const BATCH_OPS = 50;
export const BATCH_BYTES = 256 * 1024;
/** Bytes of an operation beside its body, and of a request beside its operations, at most. */
const OP_BYTES = 900;
const ENVELOPE_BYTES = 2_000;
/** So long and so often is a record sent whose parent no one here has. */
const PATIENT_MS = 24 * 3_600_000;
const PATIENT_TIMES = 3;

const NOT_NOW: Outcome = { kind: 'wait', reason: 'busy', retryAfterMs: null };

function parentsOf(record: OpRecord): readonly string[] {
  return record.revises === null ? record.needs : [...record.needs, record.revises];
}

/** Whether something that has to be with the server before this record is still to go. */
export function early(record: OpRecord, records: readonly OpRecord[], batch: readonly OpRecord[]): boolean {
  return parentsOf(record).some((id) => {
    if (batch.some((one) => one.op_id === id)) return false;
    return records.some((one) => one.op_id === id && one.entry.state === 'queued');
  });
}

/** Records for one request: due, in order, at most so many and so long (a single long one goes alone). */
export function pickBatch(records: readonly OpRecord[], now: number, limit: number): OpRecord[] {
  const batch: OpRecord[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const record of records) {
    if (!textTravels(record.entry) || !isPast(record.entry.text.notBefore, now)) continue;
    if (early(record, records, batch)) continue;
    const long = record.size + OP_BYTES;
    const fits = batch.length < limit && (batch.length === 0 || bytes + long <= BATCH_BYTES);
    if (!fits) break;
    batch.push(record);
    bytes += long;
  }
  return batch;
}

/** The operations whose bodies can be read here, and what becomes of the others: they keep none of these from going. */
async function opsOf(
  line: Line,
  batch: readonly OpRecord[],
): Promise<[Map<string, Op>, Map<string, Outcome>]> {
  const ops = new Map<string, Op>();
  const unread = new Map<string, Outcome>();
  for (const record of batch) {
    try {
      const body = await line.deps.storage.body(record.op_id);
      if (body) ops.set(record.op_id, toOp(record, body));
      else unread.set(record.op_id, refusal('record_unreadable'));
    } catch (error) {
      // Only what does not decrypt is lost; what a busy disk kept back is read the next time.
      const lost = (error as Error).name === 'OperationError';
      unread.set(record.op_id, lost ? refusal('record_unreadable') : NOT_NOW);
    }
  }
  return [ops, unread];
}

function refusal(code: string): Outcome {
  return { kind: 'rejected', problem: { type: '', title: '', title_zh: '', status: 0, code } };
}

/** Whether a record waited long enough for one that another phone of its author may still bring. */
function patient({ entry }: OpRecord, serverNow: number): boolean {
  const { lacking } = entry.text;
  return lacking !== undefined && lacking.times >= PATIENT_TIMES && serverNow - lacking.since >= PATIENT_MS;
}

/**
 * What needs a record that was refused would wait for ever, and its author would never hear of it: it is to be put
 * right as well. So is what needs one that this phone never had, and that the server does not get: a restored server
 * may have forgotten under which number it took a text in.
 */
function withOrphans(
  outcomes: Map<string, Outcome>,
  batch: readonly OpRecord[],
  records: readonly OpRecord[],
  serverNow: number,
): Map<string, Outcome> {
  const gone = (id: string) =>
    outcomes.get(id)?.kind === 'rejected' ||
    records.some((one) => one.op_id === id && one.entry.state === 'rejected' && !outcomes.has(id));
  const strange = (id: string) => !records.some((one) => one.op_id === id);
  const orphans = batch.filter((record) => {
    const outcome = outcomes.get(record.op_id);
    if (outcome?.kind !== 'wait' || outcome.reason !== 'parent_missing') return false;
    return parentsOf(record).some((id) => gone(id) || (strange(id) && patient(record, serverNow)));
  });
  return new Map([...outcomes, ...orphans.map(({ op_id }) => [op_id, refusal('revision_unknown')] as const)]);
}

/** What the server knows after a report, to tell whether there is anything new to say. */
function wordsOf(counts: Counts, check: SelfCheck | null): string {
  return JSON.stringify(check ? { ...counts, check: check.at } : counts);
}

async function reportOf(line: Line, counts: Counts): Promise<Report> {
  const storage_persisted = await line.deps.storagePersisted();
  const { check } = await line.deps.storage.state();
  return {
    ...counts,
    storage_persisted,
    app_version: line.deps.appVersion,
    offset_ms: line.offset(),
    check,
  };
}

async function post(line: Line, ops: readonly Op[], counts: Counts) {
  const request: PushRequest = {
    v: 1,
    device: line.deps.device,
    client_time: new Date(line.now()).toISOString(),
    report: await reportOf(line, counts),
    ops: [...ops],
  };
  const body = JSON.stringify(request);
  const headers = { 'Content-Type': 'application/json', 'X-Content-SHA256': await line.deps.sha256(body) };
  line.deps.sending(ops.map((op) => op.op_id));
  const reply = await line.ask('/s1/push', { method: 'POST', headers, body });
  line.deps.sending([]);
  return reply ? readPush(reply, ops) : { envelope: null, outcomes: allAlike(ops, NO_REPLY) };
}

/** Writes the outcomes in one transaction; those of an earlier epoch of the server no longer count. */
export async function takeOutcomes(
  line: Line,
  outcomes: Map<string, Outcome>,
  epoch?: string,
): Promise<void> {
  const moment = { now: line.now(), serverNow: line.serverNow() };
  const jitter = line.deps.random();
  await line.deps.storage.update(
    [...outcomes.keys()],
    (entry, record) => {
      const outcome = outcomes.get(record.op_id);
      return outcome ? step(entry, { type: 'answer', ...moment, outcome }, jitter) : entry;
    },
    epoch,
  );
  await line.deps.changed();
}

/** Sends operations together; returns how many may go in the next request. */
export async function sendBatch(
  line: Line,
  batch: readonly OpRecord[],
  records: readonly OpRecord[],
  limit: number,
): Promise<number> {
  const [ops, unread] = await opsOf(line, batch);
  if (unread.size > 0) await takeOutcomes(line, unread);
  if (ops.size === 0) return limit;
  const counts = countsOf(records);
  const { check } = await line.deps.storage.state();
  const { envelope, outcomes: answered } = await post(line, [...ops.values()], counts);
  const outcomes = withOrphans(answered, batch, records, line.serverNow());
  // The epoch first: what a restored server signs for now must not be taken back by the reset.
  if (envelope) await heed(line, envelope);
  await takeOutcomes(line, outcomes, envelope?.epoch);
  if (envelope) await line.deps.storage.note({ reported: wordsOf(counts, check) });
  if (envelope) await line.obey(envelope.order);
  return judged(line, [...outcomes.values()], batch.length, limit);
}

function judged(line: Line, outcomes: readonly Outcome[], sent: number, limit: number): number {
  const waits = outcomes.filter((outcome): outcome is Wait => outcome.kind === 'wait');
  if (waits.length < outcomes.length) line.fruitful = true;
  if (outcomes.some((outcome) => outcome.kind === 'accepted')) line.signed = true;
  if (waits.some((wait) => wait.reason === 'split')) return Math.max(1, Math.floor(sent / 2));
  // Where some were answered, the line and the server work: the others wait by themselves.
  line.judge(waits.length === outcomes.length ? waits : []);
  return limit;
}

/** Tells the server the counts when they are not those it knows: a push without operations. */
export async function sendReport(line: Line): Promise<void> {
  const { storage } = line.deps;
  const counts = countsOf(await storage.load());
  const { check, reported } = await storage.state();
  const words = wordsOf(counts, check);
  if (reported === words) return;
  const { envelope } = await post(line, [], counts);
  if (!envelope) return;
  await heed(line, envelope);
  await storage.note({ reported: words });
  await line.obey(envelope.order);
}
