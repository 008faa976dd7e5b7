/**
 * The life of one saved visit on its way to the server. Pure: no clock, no network, no storage in this file.
 * No event ever removes work: the answers, the photos and the receipt of an entry survive every step.
 */
import type { PhotoKind, Problem, VisitResult } from '../api/types';

export type State = 'queued' | 'sending' | 'photos' | 'complete' | 'rejected' | 'conflicted';

/** Why an entry waits; the words are chosen by this code. */
export type WaitReason =
  | 'no_network'
  | 'not_our_server'
  | 'login'
  | 'forbidden'
  | 'busy'
  | 'server_error'
  | 'storage_full'
  | 'split'
  | 'interrupted';

export interface PhotoEntry {
  sha256: string;
  length: number;
  kind: PhotoKind;
  /** waiting: here only; sent: the server holds the bytes; ready: it can show them; refused: a new one is needed. */
  state: 'waiting' | 'sent' | 'ready' | 'refused';
  reason: string | null;
}

export interface Entry {
  state: State;
  /** Tries since the last progress. */
  attempts: number;
  /** Not tried again before this instant, milliseconds. */
  notBefore: number;
  reason: WaitReason | null;
  /** Why the server refused; only for rejected and conflicted. */
  problem: Problem | null;
  /** What the server signed for. */
  result: VisitResult | null;
  photos: PhotoEntry[];
}

export type Outcome =
  | { kind: 'accepted'; result: VisitResult }
  | { kind: 'rejected'; problem: Problem }
  | { kind: 'conflicted'; problem: Problem }
  | { kind: 'wait'; reason: WaitReason; retryAfterMs: number | null };

export type PhotoOutcome =
  | { kind: 'sent' }
  | { kind: 'refused'; reason: string }
  /** The server does not know the visit (any more): its text goes first again. */
  | { kind: 'resend' }
  | { kind: 'wait'; reason: WaitReason; retryAfterMs: number | null };

export type OutboxEvent =
  | { type: 'send' }
  | { type: 'answer'; now: number; outcome: Outcome }
  | { type: 'photoAnswer'; now: number; sha256: string; outcome: PhotoOutcome }
  /** What the server says later about photos it holds; null when it could not be asked. */
  | { type: 'photoStates'; now: number; states: readonly PhotoReport[] | null }
  /** The app found this entry in the middle of a try that nobody makes any more. */
  | { type: 'restarted'; now: number }
  /** Try now: `all` when the person asked, else only what waited for a connection. */
  | { type: 'wake'; now: number; all: boolean };

export interface PhotoReport {
  sha256: string;
  state: 'expected' | 'stored' | 'ready' | 'refused';
  reason: string | null;
}

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const CONNECTION: readonly (WaitReason | null)[] = ['no_network', 'not_our_server', 'login', 'interrupted'];

/** A freshly saved visit. */
export function fresh(now: number, photos: readonly Omit<PhotoEntry, 'state' | 'reason'>[]): Entry {
  return {
    state: 'queued',
    attempts: 0,
    notBefore: now,
    reason: null,
    problem: null,
    result: null,
    photos: photos.map((photo) => ({ ...photo, state: 'waiting', reason: null })),
  };
}

/** Waits 5 s, doubling to 15 min, times 0.5 to 1 so that phones do not return together. `jitter` is 0..1. */
export function waitMs(attempts: number, jitter: number): number {
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20);
  return Math.min(doubled, LONGEST_WAIT_MS) * (0.5 + jitter / 2);
}

/** Next state of an entry; an event that makes no sense in a state leaves it unchanged. */
export function step(entry: Entry, event: OutboxEvent, jitter: number): Entry {
  switch (event.type) {
    case 'send':
      return entry.state === 'queued' ? { ...entry, state: 'sending', attempts: entry.attempts + 1 } : entry;
    case 'answer':
      return entry.state === 'sending' ? afterAnswer(entry, event.outcome, event.now, jitter) : entry;
    case 'photoAnswer':
      return entry.state === 'photos' ? afterPhoto(entry, event, jitter) : entry;
    case 'photoStates':
      return afterReport(entry, event.states, event.now, jitter);
    case 'restarted':
      return entry.state === 'sending'
        ? { ...entry, state: 'queued', notBefore: event.now, reason: 'interrupted' }
        : entry;
    case 'wake':
      return afterWake(entry, event.now, event.all);
  }
}

function afterAnswer(entry: Entry, outcome: Outcome, now: number, jitter: number): Entry {
  switch (outcome.kind) {
    case 'accepted':
      return settle(
        { ...entry, attempts: 0, notBefore: now, reason: null, problem: null, result: outcome.result },
        outcome.result.photos,
      );
    case 'rejected':
    case 'conflicted':
      return { ...entry, state: outcome.kind, reason: null, problem: outcome.problem };
    case 'wait':
      return { ...later(entry, outcome, now, jitter), state: 'queued' };
  }
}

/** Puts off the next try. A batch that is to be halved goes again at once. */
function later(
  entry: Entry,
  outcome: { reason: WaitReason; retryAfterMs: number | null },
  now: number,
  jitter: number,
): Entry {
  if (outcome.reason === 'split') return { ...entry, notBefore: now, reason: 'split' };
  const wait = Math.max(waitMs(entry.attempts, jitter), outcome.retryAfterMs ?? 0);
  return { ...entry, notBefore: now + wait, reason: outcome.reason };
}

/** Takes over what the server says about photos and chooses between photos and complete. */
function settle(
  entry: Entry,
  reports: readonly { sha256: string; state: string; reason?: string | null }[],
): Entry {
  const photos = entry.photos.map((photo) => {
    const report = reports.find((candidate) => candidate.sha256 === photo.sha256);
    return report ? merged(photo, report.state, report.reason ?? null) : photo;
  });
  const open = photos.some((photo) => photo.state === 'waiting');
  return { ...entry, photos, state: open ? 'photos' : 'complete' };
}

function merged(photo: PhotoEntry, state: string, reason: string | null): PhotoEntry {
  if (state === 'refused') return { ...photo, state: 'refused', reason: reason ?? 'photo_refused' };
  if (state === 'ready') return { ...photo, state: 'ready', reason: null };
  if (state === 'stored')
    return photo.state === 'waiting' ? { ...photo, state: 'sent', reason: null } : photo;
  // "expected" again after we sent it: the server lost it, so it goes again. A refusal stays.
  return state === 'expected' && photo.state !== 'refused' ? { ...photo, state: 'waiting' } : photo;
}

function afterPhoto(
  entry: Entry,
  event: { now: number; sha256: string; outcome: PhotoOutcome },
  jitter: number,
): Entry {
  const { outcome, now, sha256 } = event;
  const tried = { ...entry, attempts: entry.attempts + 1 };
  if (outcome.kind === 'wait') return later(tried, outcome, now, jitter);
  if (outcome.kind === 'resend')
    return {
      ...tried,
      state: 'queued',
      notBefore: now + waitMs(tried.attempts, jitter),
      reason: 'server_error',
    };
  const report =
    outcome.kind === 'sent'
      ? { sha256, state: 'stored' }
      : { sha256, state: 'refused', reason: outcome.reason };
  return settle({ ...entry, attempts: 0, notBefore: now, reason: null }, [report]);
}

/** The server looks at photos after it took them; until all are ready or refused it is asked again, ever more rarely. */
function afterReport(
  entry: Entry,
  states: readonly PhotoReport[] | null,
  now: number,
  jitter: number,
): Entry {
  if (entry.state !== 'complete') return entry;
  const attempts = entry.attempts + 1;
  const next = states ? settle(entry, states) : entry;
  if (next.state === 'photos') return { ...next, attempts: 0, notBefore: now };
  return { ...next, attempts, notBefore: now + waitMs(attempts + 3, jitter) };
}

function afterWake(entry: Entry, now: number, all: boolean): Entry {
  const open = entry.state === 'queued' || entry.state === 'photos';
  if (!open || entry.notBefore <= now || !(all || CONNECTION.includes(entry.reason))) return entry;
  return { ...entry, attempts: 0, notBefore: now };
}

/** Whether the server still has to say something about a photo it holds. */
export function photosUnsure(entry: Entry): boolean {
  return entry.state === 'complete' && entry.photos.some((photo) => photo.state === 'sent');
}

/** When the entry wants to be touched next, or null when there is nothing left to do by itself. */
export function nextTouch(entry: Entry): number | null {
  if (entry.state === 'queued' || entry.state === 'photos') return entry.notBefore;
  return photosUnsure(entry) ? entry.notBefore : null;
}
