/** Every state against every event. */
import { describe, expect, it } from 'vitest';
import {
  ASK_HELD_MS,
  type Entry,
  fresh,
  isBefore,
  isPast,
  KEEP_MS,
  type OutboxEvent,
  type Outcome,
  photosUnsure,
  type State,
  step,
  waitingPhoto,
  waitMs,
} from './machine';
import { at, problem, visitResult } from './testRecords';

const NOW = 1_000_000;
const SERVER_NOW = 5_000_000;
const PHOTO = { sha256: 'p1', length: 9, kind: 'house' as const };
const OTHER = { sha256: 'p2', length: 9, kind: 'bill' as const };

const accepted: Outcome = {
  kind: 'accepted',
  result: visitResult([{ sha256: 'p1', state: 'expected' }]),
  position: at(5),
};
const held: Outcome = { kind: 'held', code: 'scope', result: null, position: at(6) };
const rejected: Outcome = { kind: 'rejected', problem };
const waits: Outcome = { kind: 'wait', reason: 'no_network', retryAfterMs: null };

function answer(outcome: Outcome): OutboxEvent {
  return { type: 'answer', now: NOW, serverNow: SERVER_NOW, outcome };
}

function through(entry: Entry, ...events: OutboxEvent[]): Entry {
  return events.reduce((state, event) => step(state, event, 0.5), entry);
}

const sent: OutboxEvent = {
  type: 'photo',
  now: NOW,
  sha256: 'p1',
  outcome: { kind: 'sent', ready: true, position: at(7) },
};
const refusedPhoto: OutboxEvent = {
  type: 'photo',
  now: NOW,
  sha256: 'p1',
  outcome: { kind: 'refused', reason: 'photo_type_unsupported' },
};
const reached: OutboxEvent = { type: 'durable', now: NOW, durable: at(8) };
const later = SERVER_NOW + KEEP_MS;
const prune: OutboxEvent = { type: 'prune', now: NOW, serverNow: later, durable: at(8) };
const reset: OutboxEvent = { type: 'reset', now: NOW };
const retry: OutboxEvent = { type: 'retry', now: NOW };
const wakeAll: OutboxEvent = { type: 'wake', now: NOW, all: true };

const queued = fresh(NOW, [PHOTO]);
const states: Record<State, Entry> = {
  queued,
  accepted: through(queued, answer(accepted)),
  complete: through(queued, answer(accepted), sent),
  durable: through(queued, answer(accepted), sent, reached),
  pruned: through(queued, answer(accepted), sent, prune),
  held: through(queued, answer(held)),
  rejected: through(queued, answer(rejected)),
};

describe('the table of states and events', () => {
  const events: Record<string, OutboxEvent> = {
    accepted: answer(accepted),
    held: answer(held),
    rejected: answer(rejected),
    wait: answer(waits),
    photo: sent,
    refusedPhoto,
    durable: reached,
    prune,
    reset,
    retry,
    wake: wakeAll,
  };
  // In the order of `events`; "=" is no change of state.
  const table: Record<State, string> = {
    queued: 'accepted held rejected = = = = = = = =',
    accepted: '= = = = complete complete = = queued = =',
    complete: '= = = = = = durable pruned queued = =',
    durable: '= = = = = = = pruned queued = =',
    pruned: '= = = = = = = = = = =',
    held: 'accepted = rejected = = = = = queued = =',
    rejected: 'accepted held = = = = = = queued queued =',
  };
  const cases = Object.entries(table).flatMap(([from, row]) =>
    Object.keys(events).map((name, i) => [from as State, name, row.split(' ')[i]] as const),
  );
  it.each(cases)('%s on %s: %s', (from, name, to) => {
    const event = events[name] ?? reset;
    expect(states[from].state).toBe(from);
    expect(step(states[from], event, 0.5).state).toBe(to === '=' ? from : to);
  });

  it('leaves the very same entry where nothing changes', () => {
    expect(step(states.pruned, reset, 0)).toBe(states.pruned);
    expect(step(states.complete, answer(rejected), 0)).toBe(states.complete);
    expect(step(states.accepted, reached, 0)).toBe(states.accepted);
  });
});

describe('waiting', () => {
  it('doubles from one second to six hours, halved at most by chance', () => {
    expect([1, 2, 3, 15, 16, 40].map((n) => waitMs(n, 1))).toEqual([
      1000, 2000, 4000, 16_384_000, 21_600_000, 21_600_000,
    ]);
    expect(waitMs(1, 0)).toBe(500);
  });

  it('never ends before the server allows', () => {
    const busy = answer({ kind: 'wait', reason: 'busy', retryAfterMs: 120_000 });
    expect(step(queued, busy, 0).text).toEqual({ attempts: 1, notBefore: NOW + 120_000, reason: 'busy' });
  });

  it('starts anew when the cause is another: a day without signal is no reason to leave a busy server alone', () => {
    const offline = Array.from({ length: 12 }, () => answer(waits));
    const busy = answer({ kind: 'wait', reason: 'busy', retryAfterMs: null });
    expect(through(queued, ...offline).text.attempts).toBe(12);
    expect(through(queued, ...offline, busy).text.attempts).toBe(1);
  });

  it('grows for each cause although they take turns: a weak line must not make a busy server be asked for ever', () => {
    const busy = answer({ kind: 'wait', reason: 'busy', retryAfterMs: null });
    const turns = Array.from({ length: 10 }, () => [answer(waits), busy]).flat();
    expect(through(queued, ...turns).text).toMatchObject({ attempts: 10, others: 10, reason: 'busy' });
  });

  it('is cut short for a connection, but not for a busy server unless the person asks', () => {
    const offline = step(queued, answer(waits), 1);
    const busy = step(queued, answer({ kind: 'wait', reason: 'busy', retryAfterMs: 60_000 }), 1);
    const wake = (all: boolean): OutboxEvent => ({ type: 'wake', now: NOW, all });
    expect(step(offline, wake(false), 0).text).toMatchObject({ notBefore: NOW, attempts: 1 });
    expect(step(busy, wake(false), 0).text.notBefore).toBe(NOW + 60_000);
    expect(step(busy, wake(true), 0).text).toMatchObject({ notBefore: NOW, attempts: 0 });
  });

  it('that a clock wrote which was set back since is over', () => {
    expect([isPast(NOW, NOW), isPast(NOW + 1, NOW), isPast(NOW + 6 * 3_600_000, NOW)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(isPast(NOW + 365 * 24 * 3_600_000, NOW)).toBe(true);
    const patient = answer({ kind: 'wait', reason: 'busy', retryAfterMs: 1e12 });
    expect(isPast(step(queued, patient, 1).text.notBefore, NOW)).toBe(false);
  });

  it('goes again at once when a batch is to be halved', () => {
    const split = answer({ kind: 'wait', reason: 'split', retryAfterMs: null });
    expect(step(queued, split, 1).text.notBefore).toBe(NOW);
  });
});

describe('a held operation', () => {
  it('is signed for, says why, and is asked about again in six hours or when a person asks', () => {
    const { code, position, text } = states.held;
    expect([code, position]).toEqual(['scope', at(6)]);
    expect(text.notBefore).toBeGreaterThanOrEqual(NOW + ASK_HELD_MS);
    expect(step(states.held, retry, 0).text.notBefore).toBe(NOW);
  });

  it('keeps its state while the server cannot be asked', () => {
    const next = step(states.held, answer(waits), 0);
    expect([next.state, next.text.reason]).toEqual(['held', 'no_network']);
  });

  it('sends its photos into safe keeping as well', () => {
    expect(waitingPhoto(states.held)?.sha256).toBe('p1');
    const stray: OutboxEvent = {
      ...sent,
      outcome: { kind: 'sent', ready: false, position: null },
    } as OutboxEvent;
    const next = step(states.held, stray, 0);
    expect([next.state, next.photos[0]?.state]).toEqual(['held', 'sent']);
  });

  it('becomes a dead letter with the words of who declined it', () => {
    const declined = { ...problem, status: 409, code: 'held_declined' };
    const next = step(states.held, answer({ kind: 'rejected', problem: declined }), 0);
    expect([next.state, next.code]).toEqual(['rejected', 'held_declined']);
  });
});

describe('photos', () => {
  const both = answer({
    ...accepted,
    result: visitResult([
      { sha256: 'p1', state: 'expected' },
      { sha256: 'p2', state: 'expected' },
    ]),
  } as Outcome);

  it('complete a visit one by one, a refused one stays visible with its reason', () => {
    const one = through(fresh(NOW, [PHOTO, OTHER]), both, refusedPhoto);
    expect(one.state).toBe('accepted');
    const done = step(one, { ...sent, sha256: 'p2' } as OutboxEvent, 0);
    expect(done.state).toBe('complete');
    expect(done.photos.map((photo) => [photo.state, photo.reason])).toEqual([
      ['refused', 'photo_type_unsupported'],
      ['ready', null],
    ]);
  });

  it('the server already holds are not sent again', () => {
    const known = answer({ ...accepted, result: visitResult([{ sha256: 'p1', state: 'ready' }]) } as Outcome);
    expect(step(queued, known, 0).state).toBe('complete');
  });

  it('of which a part may have arrived are marked, once', () => {
    const part: OutboxEvent = { type: 'photo', now: NOW, sha256: 'p1', outcome: { kind: 'part', offset: 3 } };
    const begun = step(states.accepted, part, 0);
    expect(begun.photos[0]?.begun).toBe(true);
    expect(step(begun, part, 0)).toBe(begun);
    const lost: OutboxEvent = {
      type: 'photo',
      now: NOW,
      sha256: 'p1',
      outcome: { ...waits, kind: 'wait' } as never,
    };
    expect(step(states.accepted, lost, 0)).toMatchObject({
      photos: [{ begun: true }],
      media: { attempts: 1 },
    });
  });

  const stored = step(
    states.accepted,
    { ...sent, outcome: { kind: 'sent', ready: false, position: at(7) } } as OutboxEvent,
    0,
  );
  const report = (state: 'refused' | 'expected' | 'ready', position = at(7)): OutboxEvent => ({
    type: 'photoStates',
    now: NOW,
    states: [{ sha256: 'p1', state, reason: 'photo_type_unsupported', position }],
  });

  it('refused later surface on the finished record', () => {
    const next = step(stored, report('refused'), 0);
    expect(next.photos[0]).toMatchObject({ state: 'refused', reason: 'photo_type_unsupported' });
    expect(photosUnsure(next)).toBe(false);
  });

  it('lost by the server go again', () => {
    expect(step(stored, report('expected'), 0).state).toBe('accepted');
  });

  it('that cannot be asked about are asked about later, ever more rarely', () => {
    const once = step(stored, { type: 'photoStates', now: NOW, states: null }, 1);
    const twice = step(once, { type: 'photoStates', now: NOW, states: null }, 1);
    expect(once.photos).toEqual(stored.photos);
    expect(twice.media.notBefore - NOW).toBe(2 * (once.media.notBefore - NOW));
  });

  it('without a place in the change log are asked about until they have one', () => {
    const known = step(
      queued,
      answer({ ...accepted, result: visitResult([{ sha256: 'p1', state: 'ready' }]) } as Outcome),
      0,
    );
    expect(photosUnsure(known)).toBe(true);
    expect(photosUnsure(step(known, report('ready'), 0))).toBe(false);
  });
});

describe('giving up what is safe', () => {
  const at7 = (entry: Entry, serverNow: number, durable = at(8)) =>
    step(entry, { type: 'prune', now: NOW, serverNow, durable }, 0).state;

  it('needs seven days since the server signed, not a moment less', () => {
    expect(at7(states.complete, later - 1)).toBe('complete');
    expect(at7(states.complete, later)).toBe('pruned');
  });

  it('needs text and every photo before the durable place, not at it', () => {
    expect(at7(states.complete, later, at(7))).toBe('complete');
    expect(at7(states.complete, later, at(6))).toBe('complete');
    const photoFirst = through(queued, answer({ ...accepted, position: at(9) } as Outcome), sent);
    expect(at7(photoFirst, later, at(9))).toBe('complete');
    expect(at7(photoFirst, later, at(10))).toBe('pruned');
  });

  it('never happens without a place, or with a photo that was refused', () => {
    const unknown = through(queued, answer({ ...accepted, position: null } as Outcome), sent);
    expect(at7(unknown, later, at(99))).toBe('complete');
    const refused = through(queued, answer(accepted), refusedPhoto);
    expect(at7(refused, later, at(99))).toBe('complete');
  });

  it('waits for the verdict on every photo: only here may be what the server is going to refuse', () => {
    const unseen = { ...sent, outcome: { kind: 'sent', ready: false, position: at(7) } } as OutboxEvent;
    const waiting = through(queued, answer(accepted), unseen);
    expect(at7(waiting, later, at(99))).toBe('complete');
    expect(step(waiting, { type: 'durable', now: NOW, durable: at(99) }, 0)).toBe(waiting);
  });

  it('compares places by transaction first', () => {
    expect(isBefore([1, 9], [2, 0])).toBe(true);
    expect(isBefore([2, 0], [1, 9])).toBe(false);
    expect(isBefore([1, 9], [1, 9])).toBe(false);
  });
});

describe('another epoch', () => {
  it.each(['accepted', 'complete', 'durable', 'held', 'rejected'] as const)(
    'offers text and photos of %s again',
    (from) => {
      const next = step(states[from], reset, 0);
      expect(next).toMatchObject({
        state: 'queued',
        position: null,
        signedAt: null,
        code: null,
        problem: null,
      });
      expect(next.photos).toMatchObject([{ state: 'waiting', position: null, begun: false }]);
      expect(next.result).toEqual(states[from].result);
    },
  );

  it('takes the photos that went into safe keeping back as well', () => {
    const again = step(step(step(states.held, sent, 0), answer(rejected), 0), retry, 0);
    expect([again.state, again.photos[0]?.state]).toEqual(['queued', 'ready']);
    expect(step(again, reset, 0).photos[0]?.state).toBe('waiting');
  });
});
