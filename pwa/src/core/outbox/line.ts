/** One run's conversation with the server: every request goes through here, and here it is decided when to stop. */

import type { Order } from '../sync/wire';
import { NO_REPLY, orderIn, type Reply, retryAfterMs, type Wait } from './answers';
import type { HttpAnswer, HttpRequest, RunnerDeps } from './deps';
import type { OutboxEvent, WaitReason } from './entry';
import { step } from './machine';

/** So many lone failures of the server in a row and the rest waits too. */
const FAILURES_TO_HALT = 3;
/** After these the next request would fare the same. */
const HALTING: readonly WaitReason[] = ['no_network', 'not_our_server', 'login', 'busy', 'forbidden'];
/** What may be one record's fault, unless it happens again and again. */
const LONE: readonly WaitReason[] = ['server_error', 'damaged'];
/** A measured offset is believed when request and answer took no longer. */
const FAIR_TRIP_MS = 30_000;

export class Line {
  readonly deps: RunnerDeps;
  /** Why nothing more is tried in this run; null while all is well. */
  halted: Wait | null = null;
  /** Requests of this run. */
  asked = 0;
  /** Whether the run moved any work. */
  fruitful = false;
  /** Whether the server signed for something new: the worklist has changed. */
  signed = false;
  private offsetMs: number | null;
  private failures = 0;

  constructor(deps: RunnerDeps, offsetMs: number | null) {
    this.deps = deps;
    this.offsetMs = offsetMs;
  }

  now(): number {
    return this.deps.now();
  }

  /** The server's time as far as it is known. */
  serverNow(): number {
    return this.now() + (this.offsetMs ?? 0);
  }

  /** The server's time minus this phone's; null before the first contact. */
  offset(): number | null {
    return this.offsetMs;
  }

  /** Sends; null when nobody answers. */
  async ask(path: string, request: HttpRequest): Promise<Reply | null> {
    this.asked += 1;
    const begun = this.now();
    const reply = await this.exchange(path, request, begun).catch(() => null);
    this.deps.contact(reply?.sync ?? false);
    const order = reply && orderIn(reply);
    if (order) await this.obey(order);
    return reply;
  }

  private async exchange(path: string, request: HttpRequest, begun: number): Promise<Reply> {
    const answer = await this.deps.send(path, request);
    const sync = answer.headers.get('X-Sync') === '1';
    if (sync) this.measure(answer.headers.get('X-Server-Time'), begun);
    return { ...heads(answer, this.now()), status: answer.status, sync, text: await answer.text() };
  }

  private measure(serverTime: string | null, begun: number): void {
    const at = Date.parse(serverTime ?? '');
    const now = this.now();
    if (Number.isNaN(at) || now < begun || now - begun > FAIR_TRIP_MS) return;
    this.offsetMs = Math.round(at - (begun + now) / 2);
    this.deps.clockOffset(this.offsetMs);
  }

  /** One event for several entries. With `epoch`, only if that is still the server's. */
  async apply(ids: readonly string[], event: OutboxEvent, epoch?: string | null): Promise<void> {
    if (ids.length === 0) return;
    const jitter = this.deps.random();
    await this.deps.storage.update(ids, (entry) => step(entry, event, jitter), epoch);
    await this.deps.changed();
  }

  /** Does what the server wants of this phone. */
  async obey(order: Order): Promise<void> {
    const { order: before } = await this.deps.storage.state();
    if (order !== before) await this.deps.storage.note({ order });
    if (order === 'kill') this.halt({ ...NO_REPLY, reason: 'forbidden' });
    if (order !== before || order === 'kill') await this.deps.order(order);
  }

  /** Holds everything back when the next request would fare the same. */
  judge(waits: readonly Wait[]): void {
    this.failures = waits.some((wait) => LONE.includes(wait.reason)) ? this.failures + 1 : 0;
    const halting = waits.find((wait) => HALTING.includes(wait.reason));
    const failing = this.failures >= FAILURES_TO_HALT ? waits[0] : undefined;
    const wait = halting ?? failing;
    if (wait) this.halt(wait);
  }

  halt(wait: Wait): void {
    this.halted ??= wait;
  }
}

function heads(answer: HttpAnswer, now: number) {
  const offset = answer.headers.get('Upload-Offset');
  return {
    retryAfterMs: retryAfterMs(answer.headers.get('Retry-After'), now),
    offset: offset !== null && /^\d+$/.test(offset) ? Number(offset) : null,
    photoState: answer.headers.get('X-Photo-State'),
  };
}
