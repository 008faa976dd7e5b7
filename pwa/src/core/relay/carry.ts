/** Carries a colleague's file to the server, record by record; what was answered is kept, so a cut line loses nothing. */
import { sha256Hex } from '../canonical';
import type { HttpAnswer, HttpRequest } from '../outbox/deps';
import {
  base64url,
  beginning,
  framed,
  fromBase64,
  headerBytes,
  type RelayFile,
  recordsOf,
  type WorkHeader,
} from './format';

export interface CarryDeps {
  /** Sends below /api/v1 as the carrier; rejects when nobody answers. */
  send(path: string, request: HttpRequest): Promise<HttpAnswer>;
  /** Answers of this file that came before, by place; base64. */
  kept(): Promise<Map<number, string>>;
  /** Keeps an answer on disk. */
  keep(place: number, answer: string): Promise<void>;
}

export interface CarryState {
  /** Records in the file. */
  all: number;
  /** Answered for good. */
  done: number;
  /** To be brought again later. */
  later: number;
  /** Changed on their way. */
  damaged: number;
  /** Not in the file any more: it was cut. */
  missing: number;
  /** Why it stopped; null at the end. */
  stopped: string | null;
}

/** Where a record waits for another one, the second round finds that one there. */
const ROUNDS = 3;
/** About this record alone; every other refusal would meet the next one too. */
const OF_ONE_RECORD = ['relay_damaged', 'too_large'];
/** One may trip a bug of the server: the others go on, unless it fails at so many in a row. */
const MOST_FAILURES = 3;

type Answer = { done: boolean; answer: string } | { code: string };

async function read(reply: HttpAnswer): Promise<Answer> {
  if (reply.headers.get('X-Sync') !== '1') return { code: 'not_our_server' };
  const body: unknown = JSON.parse(await reply.text());
  const told = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (reply.status === 200 && typeof told['answer'] === 'string')
    return { done: told['done'] === true, answer: told['answer'] };
  return { code: typeof told['code'] === 'string' ? told['code'] : 'not_our_server' };
}

async function bring(
  deps: CarryDeps,
  file: RelayFile,
  place: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const headers = {
    'Content-Type': 'application/octet-stream',
    'X-Relay-Header': base64url(file.raw),
    'X-Relay-Record': String(place),
    'X-Content-SHA256': await sha256Hex(bytes.buffer),
  };
  try {
    return await read(await deps.send('/s1/relay', { method: 'POST', headers, body: bytes.buffer }));
  } catch {
    return { code: 'no_network' };
  }
}

class Carrying {
  private readonly deps: CarryDeps;
  private readonly file: RelayFile;
  private readonly signal: AbortSignal;
  private readonly tell: (state: CarryState) => void;
  private readonly done: Map<number, string>;
  private readonly damaged = new Set<number>();
  private later = new Set<number>();
  private seen = 0;
  private failures = 0;

  constructor(
    deps: CarryDeps,
    file: RelayFile,
    kept: Map<number, string>,
    signal: AbortSignal,
    tell: (state: CarryState) => void,
  ) {
    this.deps = deps;
    this.file = file;
    this.done = kept;
    this.signal = signal;
    this.tell = tell;
  }

  state(stopped: string | null): CarryState {
    const all = this.file.header.count;
    const missing = Math.max(0, all - this.seen);
    return {
      all,
      done: this.done.size,
      later: this.later.size,
      damaged: this.damaged.size,
      missing,
      stopped,
    };
  }

  /** All records that are not answered yet; resolves with why it stopped. */
  async round(): Promise<string | null> {
    this.later = new Set();
    let seen = 0;
    for await (const { place, bytes } of recordsOf(this.file)) {
      seen += 1;
      this.seen = Math.max(this.seen, seen);
      if (this.signal.aborted) return 'cancelled';
      if (this.done.has(place) || this.damaged.has(place)) continue;
      const code = await this.one(place, bytes);
      if (code !== null) return code;
      this.tell(this.state(null));
    }
    return null;
  }

  private async one(place: number, bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
    const answer = await bring(this.deps, this.file, place, bytes);
    if ('code' in answer && answer.code === 'internal') {
      this.failures += 1;
      this.later.add(place);
      return this.failures < MOST_FAILURES ? null : answer.code;
    }
    this.failures = 0;
    if ('code' in answer) {
      if (!OF_ONE_RECORD.includes(answer.code)) return answer.code;
      this.damaged.add(place);
    } else if (answer.done) {
      await this.deps.keep(place, answer.answer);
      this.done.set(place, answer.answer);
    } else this.later.add(place);
    return null;
  }

  get waiting(): number {
    return this.later.size;
  }
}

/** Carries what of a file was not answered yet. Never rejects for what the network or the server does. */
export async function carry(
  deps: CarryDeps,
  file: RelayFile<WorkHeader>,
  signal: AbortSignal,
  tell: (state: CarryState) => void = () => undefined,
): Promise<CarryState> {
  const carrying = new Carrying(deps, file, await deps.kept(), signal, tell);
  let before = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stopped = await carrying.round();
    if (stopped !== null) return carrying.state(stopped);
    if (carrying.waiting === 0 || carrying.waiting >= before) break;
    before = carrying.waiting;
  }
  return carrying.state(null);
}

/** The file that takes the answers back; null when there are none. */
export function answerFile(file: RelayFile<WorkHeader>, answers: ReadonlyMap<number, string>): Blob | null {
  if (answers.size === 0) return null;
  const header = headerBytes({ v: 1, what: 'answers', of: base64url(file.raw), count: answers.size });
  const records = [...answers].map(([place, answer]) => framed(fromBase64(answer), place));
  return new Blob([beginning(header), ...records], { type: 'application/octet-stream' });
}
