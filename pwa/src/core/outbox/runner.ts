/** The one loop that carries saved visits to the server: texts first, then photos one by one. */
import {
  NO_REPLY,
  type Reply,
  readBatch,
  readPhoto,
  readPhotoStates,
  retryAfterMs,
  type Sent,
} from './answers';
import { type Entry, nextTouch, type OutboxEvent, photosUnsure, step, type WaitReason } from './machine';
import type { OutboxRecord } from './store';

export const BATCH_VISITS = 20;
export const BATCH_CHARS = 256 * 1024;
/** Another tab sends; look again after this. */
const OTHER_TAB_MS = 30_000;
/** So many lone failures of the server in a row and the rest waits too. */
const FAILURES_TO_PAUSE = 3;
/** After these the next record would fare the same. */
const PAUSING: readonly WaitReason[] = [
  'no_network',
  'not_our_server',
  'login',
  'busy',
  'storage_full',
  'forbidden',
];

export interface RunnerDeps {
  load(): Promise<OutboxRecord[]>;
  update(ids: readonly string[], change: (entry: Entry) => Entry): Promise<void>;
  body(visitId: string): Promise<object | null>;
  photo(visitId: string, sha256: string): Promise<ArrayBuffer | null>;
  /** Sends as the signed-in user; rejects when nobody answers. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** Runs `work` alone among all tabs, or not at all; tells whether it ran. */
  alone(work: () => Promise<void>): Promise<boolean>;
  now(): number;
  random(): number;
  /** Calls back once after so many milliseconds, replacing an earlier wish. */
  wakeIn(ms: number): void;
  /** After every change, so that the screen and other tabs can follow. */
  changed(): Promise<void>;
  /** Whether the last request found our server. */
  contact(answered: boolean): void;
}

/** Whether the visit that a record replaces is still to go: the server would not know what is replaced. */
function early(record: OutboxRecord, records: readonly OutboxRecord[], batch: readonly OutboxRecord[]) {
  if (record.revises === null || batch.some((one) => one.visit_id === record.revises)) return false;
  return records.some((one) => one.visit_id === record.revises && one.entry.state === 'queued');
}

/** Records for one request: due, in order, at most so many and so long (a single long one goes alone). */
export function pickBatch(records: readonly OutboxRecord[], now: number, limit: number): OutboxRecord[] {
  const batch: OutboxRecord[] = [];
  let chars = 0;
  for (const record of records) {
    if (record.entry.state !== 'queued' || record.entry.notBefore > now) continue;
    if (early(record, records, batch)) continue;
    const fits = batch.length < limit && (batch.length === 0 || chars + record.size <= BATCH_CHARS);
    if (!fits) break;
    batch.push(record);
    chars += record.size;
  }
  return batch;
}

export class Runner {
  private readonly deps: RunnerDeps;
  private pauseUntil = 0;
  private failures = 0;
  private running: Promise<void> | null = null;
  private again = false;

  constructor(deps: RunnerDeps) {
    this.deps = deps;
  }

  /** Works off what is due. `wake`: 'all' when the person asked, 'connection' when the network came back. */
  kick(wake?: 'all' | 'connection'): Promise<void> {
    if (wake) this.pauseUntil = 0;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run(wake).finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        void this.kick();
      }
    });
    return this.running;
  }

  private async run(wake: 'all' | 'connection' | undefined): Promise<void> {
    const ran = await this.deps.alone(async () => {
      const ids = (await this.deps.load()).map((record) => record.visit_id);
      // Nobody else sends while we hold the lock, so an entry that says "sending" was interrupted.
      await this.apply(ids, { type: 'restarted', now: this.deps.now() });
      if (wake) await this.apply(ids, { type: 'wake', now: this.deps.now(), all: wake === 'all' });
      await this.drain();
    });
    if (ran) await this.schedule();
    else this.deps.wakeIn(OTHER_TAB_MS);
  }

  private async drain(): Promise<void> {
    let limit = BATCH_VISITS;
    while (this.deps.now() >= this.pauseUntil) {
      const records = await this.deps.load();
      const now = this.deps.now();
      const batch = pickBatch(records, now, limit);
      if (batch.length > 0) {
        limit = await this.sendBatch(batch, limit);
        continue;
      }
      const due = records.filter(({ entry }) => (nextTouch(entry) ?? Number.POSITIVE_INFINITY) <= now);
      const withPhoto = due.find(({ entry }) => entry.state === 'photos');
      const unsure = due.find(({ entry }) => photosUnsure(entry));
      if (withPhoto) await this.sendPhoto(withPhoto);
      else if (unsure) await this.askPhotos(unsure);
      else return;
    }
  }

  /** Sends texts together; returns how many may go in the next request. */
  private async sendBatch(batch: readonly OutboxRecord[], limit: number): Promise<number> {
    const ids = batch.map((record) => record.visit_id);
    await this.apply(ids, { type: 'send' });
    const sent: Sent[] = batch.map(({ visit_id: id, sha256 }) => ({ id, sha256 }));
    const bodies = await Promise.all(ids.map((id) => this.deps.body(id)));
    const visits = bodies.map((body, i) => ({ sha256: sent[i]?.sha256, body }));
    const reply = await this.ask('/visits/batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ visits }),
    });
    const outcomes = reply ? readBatch(reply, sent) : new Map(ids.map((id) => [id, NO_REPLY] as const));
    for (const [id, outcome] of outcomes)
      await this.apply([id], { type: 'answer', now: this.deps.now(), outcome }, false);
    await this.deps.changed();
    const reasons = [...outcomes.values()].flatMap((outcome) =>
      outcome.kind === 'wait' ? [outcome.reason] : [],
    );
    if (reasons.includes('split')) return Math.max(1, Math.floor(batch.length / 2));
    await this.afterReasons(reasons, ids);
    return limit;
  }

  private async sendPhoto(record: OutboxRecord): Promise<void> {
    const sha256 = record.entry.photos.find((photo) => photo.state === 'waiting')?.sha256;
    if (sha256 === undefined) return;
    const bytes = await this.deps.photo(record.visit_id, sha256);
    const reply =
      bytes && (await this.ask(`/visits/${record.visit_id}/photos/${sha256}`, photoRequest(bytes)));
    const outcome = !bytes
      ? ({ kind: 'refused', reason: 'photo_missing' } as const)
      : reply
        ? readPhoto(reply, sha256)
        : NO_REPLY;
    await this.apply([record.visit_id], { type: 'photoAnswer', now: this.deps.now(), sha256, outcome });
    await this.afterReasons(outcome.kind === 'wait' ? [outcome.reason] : [], [record.visit_id]);
  }

  private async askPhotos(record: OutboxRecord): Promise<void> {
    const reply = await this.ask(`/visits/${record.visit_id}/photos`, { method: 'GET' });
    const states = reply && readPhotoStates(reply);
    await this.apply([record.visit_id], { type: 'photoStates', now: this.deps.now(), states });
    if (!reply) await this.afterReasons(['no_network'], [record.visit_id]);
  }

  /** Holds everything back when the next record would fare the same. */
  private async afterReasons(reasons: readonly WaitReason[], ids: readonly string[]): Promise<void> {
    this.failures = reasons.includes('server_error') ? this.failures + 1 : 0;
    const pausing = reasons.some((reason) => PAUSING.includes(reason)) || this.failures >= FAILURES_TO_PAUSE;
    if (!pausing) return;
    this.failures = 0;
    const records = await this.deps.load();
    const until = records
      .filter(({ visit_id }) => ids.includes(visit_id))
      .map(({ entry }) => entry.notBefore);
    this.pauseUntil = Math.max(...until, this.deps.now() + 1000);
  }

  private async ask(path: string, init: RequestInit): Promise<Reply | null> {
    try {
      const response = await this.deps.send(path, init);
      const reply: Reply = {
        status: response.status,
        sync: response.headers.get('X-Sync') === '1',
        retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), this.deps.now()),
        text: await response.text(),
      };
      this.deps.contact(reply.sync);
      return reply;
    } catch {
      this.deps.contact(false);
      return null;
    }
  }

  private async apply(ids: readonly string[], event: OutboxEvent, tell = true): Promise<void> {
    const jitter = this.deps.random();
    await this.deps.update(ids, (entry) => step(entry, event, jitter));
    if (tell) await this.deps.changed();
  }

  private async schedule(): Promise<void> {
    const records = await this.deps.load();
    // A record that waits for the one it replaces goes when that one goes.
    const touches = records.flatMap((record) =>
      early(record, records, []) && record.entry.state === 'queued' ? [] : (nextTouch(record.entry) ?? []),
    );
    if (touches.length === 0) return;
    const at = Math.max(Math.min(...touches), this.pauseUntil);
    this.deps.wakeIn(Math.max(1000, at - this.deps.now()));
  }
}

function photoRequest(bytes: ArrayBuffer): RequestInit {
  return { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: bytes };
}
