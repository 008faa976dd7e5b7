/** Carries photos, one after the other, in chunks that the line can bear, and goes on where a cut left off. */
import { type ChunkAnswer, NO_REPLY, readChunk, readHead, type Wait, wait } from './answers';
import { afterChunk, afterCut, chunkSize, type LineMemory, UNKNOWN_LINE } from './chunks';
import type { PhotoOutcome } from './entry';
import type { Line } from './line';
import { waitingPhoto } from './machine';
import type { OpRecord } from './storage';

/** So often may the server say that we are at the wrong place before we leave it for later. */
const MOST_MISPLACED = 3;
/** The server is left in peace with photos for so long when it has no room. */
const FULL_MS = 10 * 60_000;

/** A photo that is being sent. */
interface Job {
  opId: string;
  sha256: string;
  path: string;
  bytes: ArrayBuffer;
  /** Where to go on; null when the server has to be asked. */
  offset: number | null;
  misplaced: number;
  epoch: string | null;
}

export class Uploads {
  /** The server has no room for photos before this; texts it still takes. */
  fullUntil = 0;
  private memory: LineMemory = UNKNOWN_LINE;
  private readonly offsets = new Map<string, number>();

  /** Sends the next photo of a record until it is with the server, the line fails, or something else is to go first. */
  async send(line: Line, record: OpRecord, interrupted: () => boolean): Promise<void> {
    const photo = waitingPhoto(record.entry);
    if (!photo) return;
    const bytes = await line.deps.storage.photo(record.op_id, photo.sha256).catch(() => null);
    const { epoch } = await line.deps.storage.state();
    const event = { type: 'photo', now: line.now(), sha256: photo.sha256 } as const;
    if (!bytes)
      return line.apply([record.op_id], { ...event, outcome: { kind: 'refused', reason: 'photo_missing' } });
    const path = `/s1/visits/${record.op_id}/photos/${photo.sha256}`;
    const offset = this.offsets.get(path) ?? (photo.begun ? null : 0);
    const job = { opId: record.op_id, sha256: photo.sha256, path, bytes, offset, misplaced: 0, epoch };
    await this.carry(line, job, interrupted);
  }

  private async carry(line: Line, job: Job, interrupted: () => boolean): Promise<void> {
    for (;;) {
      const outcome = job.offset === null ? await this.askOffset(line, job) : await this.sendChunk(line, job);
      await this.take(line, job, outcome);
      if (outcome.kind !== 'part' || interrupted()) return;
    }
  }

  private async askOffset(line: Line, job: Job): Promise<PhotoOutcome> {
    const reply = await line.ask(job.path, { method: 'HEAD' });
    if (!reply) return NO_REPLY;
    const answer = readHead(reply);
    return answer ? this.place(job, answer) : wait('not_our_server');
  }

  private async sendChunk(line: Line, job: Job): Promise<PhotoOutcome> {
    const start = job.offset ?? 0;
    const chunk = job.bytes.slice(start, start + chunkSize(this.memory));
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Upload-Offset': String(start),
      'Upload-Length': String(job.bytes.byteLength),
      'X-Content-SHA256': await line.deps.sha256(chunk),
    };
    const reply = await line.ask(job.path, { method: 'PATCH', headers, body: chunk });
    if (!reply) return NO_REPLY;
    const answer = readChunk(reply, job.sha256);
    const arrived = answer.outcome.kind === 'part' || answer.outcome.kind === 'sent';
    if (arrived && !answer.misplaced) this.memory = afterChunk(this.memory, chunk.byteLength);
    return this.place(job, answer);
  }

  /** Goes on where the server says. An offset that makes no sense, or moves us again and again, is left for later. */
  private place(job: Job, answer: ChunkAnswer): PhotoOutcome {
    if (answer.outcome.kind !== 'part') return answer.outcome;
    const { offset } = answer.outcome;
    job.misplaced = answer.misplaced ? job.misplaced + 1 : 0;
    const sensible = Number.isInteger(offset) && offset >= 0 && offset <= job.bytes.byteLength;
    if (!sensible || job.misplaced >= MOST_MISPLACED) return wait('server_error');
    job.offset = offset;
    return answer.outcome;
  }

  private async take(line: Line, job: Job, outcome: PhotoOutcome): Promise<void> {
    this.remember(job, outcome);
    if (outcome.kind !== 'wait') line.fruitful = true;
    const event = { type: 'photo', now: line.now(), sha256: job.sha256, outcome } as const;
    await line.apply([job.opId], event, job.epoch);
    line.judge(outcome.kind === 'wait' ? [outcome] : []);
    if (outcome.kind === 'wait' && outcome.reason === 'storage_full') this.fullUntil = line.now() + FULL_MS;
  }

  private remember(job: Job, outcome: PhotoOutcome): void {
    if (outcome.kind === 'part') this.offsets.set(job.path, outcome.offset);
    else this.offsets.delete(job.path);
    if (outcome.kind === 'wait' && lostOnTheWay(outcome)) this.memory = afterCut(this.memory);
  }
}

function lostOnTheWay({ reason }: Wait): boolean {
  return reason === 'no_network' || reason === 'not_our_server' || reason === 'damaged';
}
