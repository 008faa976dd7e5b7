/**
 * The life of one saved operation on its way to the server. Pure: no clock, no network, no storage in this file.
 * No event ever removes work: photos stay listed, what the server signed for stays known, and only an entry that is
 * safe in the server's backups becomes pruned.
 */
import type { OpResult, Position } from '../sync/wire';
import type {
  Entry,
  OutboxEvent,
  Outcome,
  PhotoEntry,
  PhotoOutcome,
  PhotoReport,
  State,
  Tries,
  WaitReason,
} from './entry';
import { idle } from './fresh';

export type * from './entry';
export { fresh } from './fresh';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** A held operation is asked about so often. */
export const ASK_HELD_MS = 6 * 3_600_000;
/** Nothing is given up here before the server has had it for so long. */
export const KEEP_MS = 7 * 24 * 3_600_000;
/** The server looks at a photo soon after it took it; asked about then, and from the seventh wait (a minute) on. */
const LOOK_MS = 20_000;
const ASK_PHOTOS_FROM = 6;
const CONNECTION: readonly (WaitReason | null)[] = ['no_network', 'not_our_server', 'login'];
/** Whether a wait is over once there is a line: nobody answered, or not as ourselves. */
export function wantsLine(reason: WaitReason | null): boolean {
  return CONNECTION.includes(reason);
}

/** States in which an answer about the text changes something. */
const OPEN: readonly State[] = ['queued', 'held', 'rejected'];
/** What a server of another epoch may lack, and is therefore offered again. */
const OFFERED_AGAIN: readonly State[] = ['accepted', 'complete', 'durable', 'held', 'rejected'];

/** No wait is meant to be longer: what lies further ahead was noted by a clock that was set back since. */
const BELIEVED_MS = 7 * 3_600_000;

/** Whether the moment until which something was put off is over. */
export function isPast(until: number, now: number): boolean {
  return until <= now || until - now > BELIEVED_MS;
}

/** Whether position `a` comes before `b` in the server's change log. */
export function isBefore(a: Position, b: Position): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** Waits 1 s, doubling to 6 h, times 0.5 to 1 so that phones do not return together. `jitter` is 0..1. */
export function waitMs(attempts: number, jitter: number): number {
  const doubled = FIRST_WAIT_MS * 2 ** Math.min(Math.max(attempts - 1, 0), 20);
  return Math.min(doubled, LONGEST_WAIT_MS) * (0.5 + jitter / 2);
}

/** Next state of an entry; an event that makes no sense in a state leaves it unchanged, the very same object. */
export function step(entry: Entry, event: OutboxEvent, jitter: number): Entry {
  switch (event.type) {
    case 'answer':
      return OPEN.includes(entry.state) ? afterAnswer(entry, event, jitter) : entry;
    case 'photo':
      return photosTravel(entry) ? afterPhoto(entry, event, jitter) : entry;
    case 'photoStates':
      return entry.state === 'complete' ? afterReport(entry, event.states, event.now, jitter) : entry;
    case 'reset':
      return afterReset(entry, event.now);
    case 'durable':
      return entry.state === 'complete' && safe(entry, event.durable)
        ? { ...entry, state: 'durable', since: event.now }
        : entry;
    case 'prune':
      return prunable(entry, event) ? { ...entry, state: 'pruned', since: event.now } : entry;
    case 'wake':
      return afterWake(entry, event.now, event.all);
    case 'retry':
      return afterRetry(entry, event.now);
  }
}

type AnswerEvent = Extract<OutboxEvent, { type: 'answer' }>;

function afterAnswer(entry: Entry, event: AnswerEvent, jitter: number): Entry {
  const { outcome, now } = event;
  switch (outcome.kind) {
    case 'accepted':
      return settle(accepted(entry, outcome, event), photosOf(outcome.result), now);
    case 'held':
      return held(entry, outcome, now, jitter);
    case 'rejected':
      return rejected(entry, outcome, now);
    case 'wait':
      if (entry.state === 'rejected') return entry;
      return { ...entry, text: lacking(later(entry.text, outcome, now, jitter), entry.text, event) };
  }
}

function accepted(entry: Entry, outcome: Outcome & { kind: 'accepted' }, event: AnswerEvent): Entry {
  return {
    ...entry,
    state: 'accepted',
    since: event.now,
    text: idle(event.now),
    media: idle(event.now),
    code: null,
    problem: null,
    result: outcome.result,
    position: outcome.position,
    signedAt: event.serverNow,
  };
}

/** The server keeps it, so it is safe there, but somebody or an upgrade has to decide: asked about now and then. */
function held(entry: Entry, outcome: Outcome & { kind: 'held' }, now: number, jitter: number): Entry {
  return {
    ...entry,
    state: 'held',
    since: entry.state === 'held' ? entry.since : now,
    text: { attempts: 0, notBefore: now + ASK_HELD_MS * (1 + jitter / 10), reason: null },
    code: outcome.code,
    problem: null,
    result: outcome.result ?? entry.result,
    position: outcome.position,
  };
}

function rejected(entry: Entry, outcome: Outcome & { kind: 'rejected' }, now: number): Entry {
  const since = entry.state === 'rejected' ? entry.since : now;
  const { problem } = outcome;
  return { ...entry, state: 'rejected', since, text: idle(now), code: problem.code, problem };
}

/** Puts off the next try. A batch that is to be halved goes again at once. Waits of each kind grow by themselves. */
function later(tries: Tries, outcome: Outcome & { kind: 'wait' }, now: number, jitter: number): Tries {
  const { reason } = outcome;
  if (reason === 'split') return { ...tries, notBefore: now, reason };
  const alike = wantsLine(tries.reason) === wantsLine(reason);
  const [before, others] = alike ? [tries.attempts, tries.others ?? 0] : [tries.others ?? 0, tries.attempts];
  const attempts = before + 1;
  const asked = Math.min(outcome.retryAfterMs ?? 0, LONGEST_WAIT_MS);
  const wait = Math.max(waitMs(attempts, jitter), asked);
  return { attempts, notBefore: now + wait, reason, ...(others > 0 && { others }) };
}

/** Notes since when the server lacks what an operation needs; a clock that is ahead cannot put that off. */
function lacking(tries: Tries, before: Tries, { outcome, serverNow }: AnswerEvent): Tries {
  const known = before.lacking;
  if (outcome.kind !== 'wait' || outcome.reason !== 'parent_missing')
    return known ? { ...tries, lacking: known } : tries;
  const since = Math.min(known?.since ?? serverNow, serverNow);
  return { ...tries, lacking: { since, times: (known?.times ?? 0) + 1 } };
}

type Told = Pick<PhotoReport, 'sha256'> & {
  state: string;
  reason?: string | null;
  position?: Position | null;
};

function photosOf(result: OpResult): readonly Told[] {
  return 'photos' in result ? result.photos : [];
}

/** Takes over what the server says about photos and chooses between accepted and complete. */
function settle(entry: Entry, reports: readonly Told[], now: number): Entry {
  const photos = entry.photos.map((photo) => {
    const report = reports.find((candidate) => candidate.sha256 === photo.sha256);
    return report ? told(photo, report) : photo;
  });
  if (entry.state === 'held') return { ...entry, photos };
  const open = photos.some((photo) => photo.state === 'waiting');
  const state = open ? 'accepted' : 'complete';
  if (state === entry.state) return { ...entry, photos };
  const media = open ? entry.media : { ...idle(now), notBefore: now + LOOK_MS };
  return { ...entry, photos, state, since: now, media };
}

function told(photo: PhotoEntry, report: Told): PhotoEntry {
  const position = report.position ?? photo.position;
  switch (report.state) {
    case 'refused':
      return { ...photo, state: 'refused', reason: report.reason ?? 'photo_refused' };
    case 'ready':
      return { ...photo, state: 'ready', reason: null, position };
    case 'stored':
      return { ...photo, state: photo.state === 'ready' ? 'ready' : 'sent', reason: null, position };
    case 'expected':
      // "Expected" after we sent it: the server lost it, so it goes again. A refusal stays.
      return photo.state === 'refused' ? photo : { ...photo, state: 'waiting', position: null };
    default:
      return photo;
  }
}

type PhotoEvent = Extract<OutboxEvent, { type: 'photo' }>;

function afterPhoto(entry: Entry, event: PhotoEvent, jitter: number): Entry {
  const { outcome, now, sha256 } = event;
  if (outcome.kind === 'wait')
    return begun({ ...entry, media: later(entry.media, outcome, now, jitter) }, sha256);
  if (outcome.kind === 'part') return begun(entry.media.attempts > 0 ? eased(entry, now) : entry, sha256);
  return settle(eased(entry, now), [reportOf(outcome, sha256)], now);
}

function reportOf(outcome: PhotoOutcome & { kind: 'sent' | 'refused' }, sha256: string): Told {
  if (outcome.kind === 'refused') return { sha256, state: 'refused', reason: outcome.reason };
  return { sha256, state: outcome.ready ? 'ready' : 'stored', position: outcome.position };
}

function eased(entry: Entry, now: number): Entry {
  return { ...entry, media: idle(now) };
}

/** Notes that a part may have arrived, so that a later life of the app asks before it sends. */
function begun(entry: Entry, sha256: string): Entry {
  const known = entry.photos.every((photo) => photo.sha256 !== sha256 || photo.begun);
  if (known) return entry;
  const photos = entry.photos.map((photo) => (photo.sha256 === sha256 ? { ...photo, begun: true } : photo));
  return { ...entry, photos };
}

/** The server looks at photos after it took them; until it has it is asked again, ever more rarely. */
function afterReport(
  entry: Entry,
  states: readonly PhotoReport[] | null,
  now: number,
  jitter: number,
): Entry {
  const next = states ? settle(entry, states, now) : entry;
  if (next.state === 'accepted') return eased(next, now);
  const attempts = entry.media.attempts + 1;
  const notBefore = now + waitMs(attempts + ASK_PHOTOS_FROM, jitter);
  return { ...next, media: { attempts, notBefore, reason: null } };
}

/** Everything the old server had may be missing in this one: texts and photos are offered again together. */
function afterReset(entry: Entry, now: number): Entry {
  const again = OFFERED_AGAIN.includes(entry.state);
  if (!again && entry.state !== 'queued') return entry;
  const photos = entry.photos.map((photo) => unsentPhoto(photo));
  if (!again) {
    const { lacking: _, ...text } = entry.text; // another life of the server: what it lacks is not known yet
    return { ...entry, text, photos };
  }
  return { ...queuedAgain(entry, now), photos, position: null, signedAt: null };
}

function unsentPhoto(photo: PhotoEntry): PhotoEntry {
  return { ...photo, state: 'waiting', reason: null, begun: false, position: null };
}

function queuedAgain(entry: Entry, now: number): Entry {
  return {
    ...entry,
    state: 'queued',
    since: now,
    text: idle(now),
    media: idle(now),
    code: null,
    problem: null,
  };
}

function afterRetry(entry: Entry, now: number): Entry {
  if (entry.state === 'rejected') return queuedAgain(entry, now);
  return afterWake(entry, now, true);
}

function afterWake(entry: Entry, now: number, all: boolean): Entry {
  if (entry.state === 'rejected') return entry;
  const text = woken(entry.text, now, all);
  const media = woken(entry.media, now, all);
  return text === entry.text && media === entry.media ? entry : { ...entry, text, media };
}

/** A person's wish starts the waits anew; a connection that came back only ends the present one. */
function woken(tries: Tries, now: number, all: boolean): Tries {
  if (isPast(tries.notBefore, now) || !(all || wantsLine(tries.reason))) return tries;
  if (!all) return { ...tries, notBefore: now };
  return { ...idle(now), reason: tries.reason, ...(tries.lacking && { lacking: tries.lacking }) };
}

/**
 * Text and every photo are before a durable position. A refused photo never is: the only copy may be here; and one
 * that the server has not looked at may still be refused.
 */
function safe(entry: Entry, durable: Position): boolean {
  const places = [entry.position, ...entry.photos.map((photo) => photo.position)];
  const taken = entry.photos.every((photo) => photo.state === 'ready');
  return taken && places.every((place) => place !== null && isBefore(place, durable));
}

/** Whether body and photos may be given up here. */
function prunable(entry: Entry, event: { durable: Position; serverNow: number }): boolean {
  if (entry.state !== 'complete' && entry.state !== 'durable') return false;
  const old = entry.signedAt !== null && event.serverNow - entry.signedAt >= KEEP_MS;
  return old && safe(entry, event.durable);
}

/** Whether photos of the entry may be sent: the server has its text, at least in safe keeping. */
export function photosTravel(entry: Entry): boolean {
  return entry.state === 'accepted' || entry.state === 'held';
}

/** The next photo to send, or undefined. */
export function waitingPhoto(entry: Entry): PhotoEntry | undefined {
  return photosTravel(entry) ? entry.photos.find((photo) => photo.state === 'waiting') : undefined;
}

/** Whether the server still has to say something about a photo it holds. */
export function photosUnsure(entry: Entry): boolean {
  return entry.state === 'complete' && entry.photos.some(unsure);
}

function unsure(photo: PhotoEntry): boolean {
  return photo.state === 'sent' || (photo.state === 'ready' && photo.position === null);
}

/** Whether the text wants to be sent, now or later: not yet signed for, or held and to be asked about. */
export function textTravels(entry: Entry): boolean {
  return entry.state === 'queued' || entry.state === 'held';
}
