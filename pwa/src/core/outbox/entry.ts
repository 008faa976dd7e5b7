/**
 * How far an operation has come on its way to the server, and everything that can happen to it. Types only; what
 * each event does is said in `machine.ts`.
 */
import type { PhotoKind, Problem } from '../api/types';
import type { OpResult, Position } from '../sync/wire';

/**
 * queued: here only, as far as we know (also while a request is on its way: sending proves nothing).
 * accepted: the server signed for the text, photos are open. complete: photos are with the server too.
 * durable: text and photos are in the server's second newest verified backup. pruned: body and photos were given up
 * here. held: the server keeps it, but has not carried it out. rejected: refused, kept here until it is put right.
 */
export type State = 'queued' | 'accepted' | 'complete' | 'durable' | 'pruned' | 'held' | 'rejected';

/** Why an entry waits; the words are chosen by this code. */
export type WaitReason =
  | 'no_network'
  | 'not_our_server'
  | 'login'
  | 'forbidden'
  | 'busy'
  | 'server_error'
  | 'storage_full'
  | 'damaged'
  | 'parent_missing'
  | 'split';

export interface PhotoEntry {
  sha256: string;
  length: number;
  kind: PhotoKind;
  /** waiting: here only; sent: the server holds the bytes; ready: it can show them; refused: a new one is needed. */
  state: 'waiting' | 'sent' | 'ready' | 'refused';
  reason: string | null;
  /** A part of it may be with the server: ask how much before sending. */
  begun: boolean;
  position: Position | null;
}

/** Tries since the last progress. */
export interface Tries {
  attempts: number;
  /** The same count of the other kind of wait (for a line, for the server), so that taking turns cannot reset either. */
  others?: number;
  /** Not tried again before this instant, milliseconds by this phone's clock. */
  notBefore: number;
  reason: WaitReason | null;
  /** Since when this life of the server lacks what it needs, milliseconds by the server's clock, and how often it said so. */
  lacking?: { since: number; times: number };
}

export interface Entry {
  state: State;
  /** When it came into this state, milliseconds. */
  since: number;
  /** The text's tries; of a held one, when it is asked about again. */
  text: Tries;
  /** The photos' tries. */
  media: Tries;
  /** Why it is held (`version`, `scope`, `conflict`, `quarantine`) or was refused. */
  code: string | null;
  /** The server's words for a refusal. */
  problem: Problem | null;
  /** What the server signed for; the last one, kept also while it is offered again. */
  result: OpResult | null;
  /** Where the text stands in the server's change log; null while it is not signed for. */
  position: Position | null;
  /** When the server first signed for it, milliseconds by the server's clock. */
  signedAt: number | null;
  photos: PhotoEntry[];
  /** When it was last written into a file for somebody to carry, milliseconds by this phone. */
  exportedAt?: number;
}

export type Outcome =
  | { kind: 'accepted'; result: OpResult; position: Position | null }
  | { kind: 'held'; code: string; result: OpResult | null; position: Position | null }
  | { kind: 'rejected'; problem: Problem }
  | { kind: 'wait'; reason: WaitReason; retryAfterMs: number | null };

export type PhotoOutcome =
  /** A chunk arrived, others are to follow. */
  | { kind: 'part'; offset: number }
  | { kind: 'sent'; ready: boolean; position: Position | null }
  | { kind: 'refused'; reason: string }
  | { kind: 'wait'; reason: WaitReason; retryAfterMs: number | null };

export interface PhotoReport {
  sha256: string;
  state: 'expected' | 'stored' | 'ready' | 'refused';
  reason: string | null;
  position: Position | null;
}

/** `now` is this phone's clock, `serverNow` the server's as far as known; both milliseconds. */
export type OutboxEvent =
  | { type: 'answer'; now: number; serverNow: number; outcome: Outcome }
  | { type: 'photo'; now: number; sha256: string; outcome: PhotoOutcome }
  /** What the server says later about photos it holds; null when it could not be asked. */
  | { type: 'photoStates'; now: number; states: readonly PhotoReport[] | null }
  /** Another epoch: the server was restored and may lack all it ever signed for. */
  | { type: 'reset'; now: number }
  /** How far the server's verified backups reach. */
  | { type: 'durable'; now: number; durable: Position }
  /** Give up body and photos, if that is safe. */
  | { type: 'prune'; now: number; serverNow: number; durable: Position }
  /** Try now: `all` when the person asked, else only what waited for a connection. */
  | { type: 'wake'; now: number; all: boolean }
  /** Offer one again that was refused or is held: a person asked, or the phone is being emptied. */
  | { type: 'retry'; now: number };
