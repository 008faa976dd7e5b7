/**
 * All that the engine (`runner.ts`) needs of the world. Types only. In the browser `engine.ts` provides it; many phones
 * can run in one process of Node when each brings its own: `new Runner(deps)`, then `kick()` at start, when a wish of
 * `wakeIn` is due, after a save, and with 'connection' when a network came; `kick('all')` when the person asks, which
 * pulls as well. A `kick` resolves when there is nothing left to do now. All state is in `storage`: a runner can be
 * thrown away at any moment, also in the middle of a request.
 */
import type { Order } from '../sync/wire';
import type { SyncStorage } from './storage';

/** An HTTP answer; `Response` is one. */
export interface HttpAnswer {
  status: number;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH';
  headers?: Record<string, string>;
  body?: string | ArrayBuffer;
}

export interface RunnerDeps {
  storage: SyncStorage;
  device: string;
  appVersion: string;
  /** Sends below /api/v1 as the owner of `storage`, and nobody else; rejects when nobody answers. */
  send(path: string, request: HttpRequest): Promise<HttpAnswer>;
  /** Runs `work` alone among all tabs, or not at all; tells whether it ran. */
  alone(work: () => Promise<void>): Promise<boolean>;
  /** Milliseconds since 1970 by this phone. */
  now(): number;
  /** 0..1 */
  random(): number;
  sha256(data: string | ArrayBuffer): Promise<string>;
  /** Calls `kick` once after so many milliseconds, replacing an earlier wish. */
  wakeIn(ms: number): void;
  /** Whether photos may travel on the connection of this moment (the setting "photos on Wi-Fi only"). */
  photosMayTravel(): boolean;
  storagePersisted(): Promise<boolean | null>;
  /** After every change, so that the screen and other tabs can follow. */
  changed(): Promise<void>;
  /** Rows of the worklist changed; `loaded` counts those of a full pull so far. */
  pulled(loaded: number): Promise<void>;
  /** Operations that are on their way right now, for the screen only. */
  sending(ids: readonly string[]): void;
  /** Whether the last request found our server. */
  contact(answered: boolean): void;
  /** The server's time minus this phone's, milliseconds, from the last answer. */
  clockOffset(ms: number): void;
  /** What the server wants of this phone; kill: forget everything, at once. */
  order(order: Order): Promise<void>;
}
