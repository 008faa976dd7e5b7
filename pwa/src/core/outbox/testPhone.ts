/** A phone for the tests of the engine: store, clock, timers and a network that fails as it is told. */
import type { PhotoRef, VisitBody } from '../api/types';
import { canonical, sha256Hex } from '../canonical';
import type { HttpAnswer, HttpRequest, RunnerDeps } from './deps';
import { visitRecord } from './records';
import { Runner } from './runner';
import type { OpRecord } from './storage';
import type { FakeServer } from './testServer';
import { MemoryStorage } from './testStorage';

export interface Call {
  path: string;
  request: HttpRequest;
  ops: string[];
}

/** How the network treats a request; calls `go` to let it reach the server. */
export type Network = (go: () => Promise<HttpAnswer>, call: Call) => Promise<HttpAnswer>;

export const GOOD: Network = (go) => go();
export const DEAD: Network = async () => {
  throw new TypeError('no network');
};
export const ANSWER_LOST: Network = async (go) => {
  await go();
  throw new TypeError('cut');
};

/** Lets the first requests with a path pass through `network`, the others as usual. */
export function once(path: RegExp, network: Network, times = 1): Network {
  let left = times;
  return (go, call) => {
    if (left === 0 || !path.test(call.path)) return go();
    left -= 1;
    return network(go, call);
  };
}

/** Bytes that differ from phone to phone and photo to photo. */
export function bytesOf(seed: string, length: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, i) => seed.charCodeAt(i % seed.length) + i).buffer;
}

export class TestPhone {
  storage = new MemoryStorage();
  calls: Call[] = [];
  network: Network = GOOD;
  time = Date.parse('2026-11-22T00:00:00Z');
  wakes: number[] = [];
  orders: string[] = [];
  mayTravel = true;
  random: () => number = () => 0.5;
  runner: Runner;
  readonly deps: RunnerDeps;
  private readonly server: FakeServer;
  private locked = false;
  private n = 0;

  constructor(server: FakeServer) {
    this.server = server;
    this.deps = this.makeDeps();
    this.runner = new Runner(this.deps);
  }

  private makeDeps(): RunnerDeps {
    return {
      storage: this.storage,
      device: 'device-1',
      appVersion: '0.2.0',
      send: (path, request) => this.send(path, request),
      alone: (work) => this.alone(work),
      now: () => this.time,
      random: () => this.random(),
      sha256: sha256Hex,
      wakeIn: (ms) => this.wakes.push(ms),
      photosMayTravel: () => this.mayTravel,
      storagePersisted: async () => true,
      changed: async () => undefined,
      pulled: async () => undefined,
      sending: () => undefined,
      contact: () => undefined,
      clockOffset: () => undefined,
      order: async (order) => {
        this.orders.push(order);
      },
    };
  }

  private async alone(work: () => Promise<void>): Promise<boolean> {
    if (this.locked) return false;
    this.locked = true;
    await work().finally(() => {
      this.locked = false;
    });
    return true;
  }

  private send(path: string, request: HttpRequest): Promise<HttpAnswer> {
    const ops =
      typeof request.body === 'string' ? (JSON.parse(request.body) as { ops: { op_id: string }[] }).ops : [];
    const call = { path, request, ops: ops.map((op) => op.op_id) };
    this.calls.push(call);
    return this.network(() => this.server.handle(path, request), call);
  }

  /** Saves a visit with photos of so many bytes. */
  async save(
    id: string,
    photoBytes: readonly number[] = [],
    over: Partial<VisitBody> = {},
  ): Promise<OpRecord> {
    this.n += 1;
    const photos = new Map<string, ArrayBuffer>();
    const refs: PhotoRef[] = [];
    for (const [i, length] of photoBytes.entries()) {
      const bytes = bytesOf(`${id}${i}`, length);
      const sha256 = await sha256Hex(bytes);
      photos.set(sha256, bytes);
      refs.push({ sha256, length, kind: 'house', taken_at: '' });
    }
    const body = {
      id,
      household_id: `h-${id}`,
      revises: null,
      notes: {},
      photos: refs,
      ...over,
    } as unknown as VisitBody;
    const text = canonical(body as never);
    const facts = { n: this.n, now: this.time, monoMs: 0, offsetMs: null, appVersion: '0.2.0', headName: '' };
    const record = visitRecord(body, refs, {
      ...facts,
      sha256: await sha256Hex(text),
      size: text.length,
      needs: [],
    });
    this.storage.add(record, body, photos);
    return record;
  }

  /** The app is closed and opened again: nothing but the disk remains. */
  restart(): void {
    this.locked = false;
    this.storage.left = null;
    this.runner = new Runner(this.deps);
  }

  entry(id: string) {
    const found = this.storage.records.find((one) => one.op_id === id);
    if (!found) throw new Error(`no record ${id}`);
    return found.entry;
  }

  states(): string[] {
    return this.storage.records.map(({ entry }) => entry.state);
  }

  paths(): string[] {
    return this.calls.map(({ path, request }) => `${request.method} ${path.split('?')[0]}`);
  }
}
