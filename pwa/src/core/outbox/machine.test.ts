/** Every state against every event, and the promise that no sequence of events loses work. */
import { describe, expect, it } from 'vitest';
import type { VisitResult } from '../api/types';
import {
  type Entry,
  fresh,
  nextTouch,
  type OutboxEvent,
  type Outcome,
  type State,
  step,
  waitMs,
} from './machine';

const NOW = 1_000_000;
const PHOTO = { sha256: 'p1', length: 9, kind: 'house' as const };
const OTHER = { sha256: 'p2', length: 9, kind: 'bill' as const };

function result(photos: VisitResult['photos'] = [{ sha256: 'p1', state: 'expected' }]): VisitResult {
  const receipt = { number: 'R-1', seq: 1, received_at: '2026-11-22T00:00:00Z' };
  const lights = { lights: [], unknown: [], revision: 1, severity: 'none' as const };
  return { id: 'v', sha256: 's', state: 'accepted', receipt, photos, ...lights };
}

const accepted: Outcome = { kind: 'accepted', result: result() };
const problem = { type: '', title: '', title_zh: '', status: 422, code: 'invalid_answers' };

function answer(outcome: Outcome): OutboxEvent {
  return { type: 'answer', now: NOW, outcome };
}

function queued(photos: (typeof PHOTO | typeof OTHER)[] = [PHOTO]): Entry {
  return fresh(NOW, photos);
}

function through(entry: Entry, ...events: OutboxEvent[]): Entry {
  return events.reduce((state, event) => step(state, event, 0.5), entry);
}

const states: Record<State, Entry> = {
  queued: queued(),
  sending: through(queued(), { type: 'send' }),
  photos: through(queued(), { type: 'send' }, answer(accepted)),
  complete: through(queued([]), { type: 'send' }, answer({ kind: 'accepted', result: result([]) })),
  rejected: through(queued(), { type: 'send' }, answer({ kind: 'rejected', problem })),
  conflicted: through(queued(), { type: 'send' }, answer({ kind: 'conflicted', problem })),
};

const sent: OutboxEvent = { type: 'photoAnswer', now: NOW, sha256: 'p1', outcome: { kind: 'sent' } };
const refused: OutboxEvent = {
  type: 'photoAnswer',
  now: NOW,
  sha256: 'p1',
  outcome: { kind: 'refused', reason: 'photo_type_unsupported' },
};
const resend: OutboxEvent = { type: 'photoAnswer', now: NOW, sha256: 'p1', outcome: { kind: 'resend' } };
const restarted: OutboxEvent = { type: 'restarted', now: NOW };
const send: OutboxEvent = { type: 'send' };

describe('the table of states and events', () => {
  const table: [State, string, OutboxEvent, State][] = [
    ['queued', 'send', send, 'sending'],
    ['queued', 'answer', answer(accepted), 'queued'],
    ['queued', 'photo', sent, 'queued'],
    ['queued', 'restart', restarted, 'queued'],
    ['sending', 'send', send, 'sending'],
    ['sending', 'accepted with photos', answer(accepted), 'photos'],
    ['sending', 'rejected', answer({ kind: 'rejected', problem }), 'rejected'],
    ['sending', 'conflict', answer({ kind: 'conflicted', problem }), 'conflicted'],
    ['sending', 'no network', answer({ kind: 'wait', reason: 'no_network', retryAfterMs: null }), 'queued'],
    ['sending', 'restart', restarted, 'queued'],
    ['photos', 'photo sent', sent, 'complete'],
    ['photos', 'photo refused', refused, 'complete'],
    ['photos', 'visit unknown', resend, 'queued'],
    ['photos', 'answer', answer(accepted), 'photos'],
    ['photos', 'restart', restarted, 'photos'],
    ['complete', 'send', send, 'complete'],
    ['complete', 'answer', answer({ kind: 'rejected', problem }), 'complete'],
    ['rejected', 'send', send, 'rejected'],
    ['rejected', 'answer', answer(accepted), 'rejected'],
    ['rejected', 'wake', { type: 'wake', now: NOW, all: true }, 'rejected'],
    ['conflicted', 'send', send, 'conflicted'],
    ['conflicted', 'answer', answer(accepted), 'conflicted'],
  ];
  it.each(table)('%s on %s', (from, _name, event, to) => {
    expect(step(states[from], event, 0.5).state).toBe(to);
  });
});

describe('waiting', () => {
  it('doubles from five seconds to a quarter of an hour, halved at most by chance', () => {
    expect([1, 2, 3, 9, 40].map((n) => waitMs(n, 1))).toEqual([5000, 10_000, 20_000, 900_000, 900_000]);
    expect(waitMs(1, 0)).toBe(2500);
  });

  it('never ends before the server allows', () => {
    const busy = answer({ kind: 'wait', reason: 'busy', retryAfterMs: 120_000 });
    expect(step(states.sending, busy, 0).notBefore).toBe(NOW + 120_000);
  });

  it('is cut short for a connection, but not for a busy server unless the person asks', () => {
    const offline = through(
      states.sending,
      answer({ kind: 'wait', reason: 'no_network', retryAfterMs: null }),
    );
    const busy = through(states.sending, answer({ kind: 'wait', reason: 'busy', retryAfterMs: 60_000 }));
    const wake = (all: boolean): OutboxEvent => ({ type: 'wake', now: NOW, all });
    expect(step(offline, wake(false), 0).notBefore).toBe(NOW);
    expect(step(busy, wake(false), 0).notBefore).toBe(NOW + 60_000);
    expect(step(busy, wake(true), 0).notBefore).toBe(NOW);
  });

  it('goes again at once when a batch is to be halved', () => {
    const split = answer({ kind: 'wait', reason: 'split', retryAfterMs: null });
    expect(step(states.sending, split, 1).notBefore).toBe(NOW);
  });
});

describe('photos', () => {
  it('complete a visit one by one, a refused one stays visible', () => {
    const two = through(
      queued([PHOTO, OTHER]),
      send,
      answer({
        kind: 'accepted',
        result: result([
          { sha256: 'p1', state: 'expected' },
          { sha256: 'p2', state: 'expected' },
        ]),
      }),
    );
    const one = step(two, refused, 0);
    expect(one.state).toBe('photos');
    const done = step(one, { ...sent, sha256: 'p2' } as OutboxEvent, 0);
    expect(done.state).toBe('complete');
    expect(done.photos.map((photo) => [photo.state, photo.reason])).toEqual([
      ['refused', 'photo_type_unsupported'],
      ['sent', null],
    ]);
  });

  it('the server already holds are not sent again', () => {
    const known = answer({ kind: 'accepted', result: result([{ sha256: 'p1', state: 'ready' }]) });
    expect(step(states.sending, known, 0).state).toBe('complete');
  });

  it('refused later surface on the finished record', () => {
    const complete = step(states.photos, sent, 0);
    const report = { sha256: 'p1', state: 'refused' as const, reason: 'photo_type_unsupported' };
    const next = step(complete, { type: 'photoStates', now: NOW, states: [report] }, 0);
    expect(next.photos[0]).toMatchObject({ state: 'refused', reason: 'photo_type_unsupported' });
    expect(nextTouch(next)).toBeNull();
  });

  it('lost by the server go again', () => {
    const complete = step(states.photos, sent, 0);
    const report = { sha256: 'p1', state: 'expected' as const, reason: null };
    expect(step(complete, { type: 'photoStates', now: NOW, states: [report] }, 0).state).toBe('photos');
  });

  it('that cannot be asked about are asked about later, not forgotten', () => {
    const complete = step(states.photos, sent, 0);
    const later = step(complete, { type: 'photoStates', now: NOW, states: null }, 0);
    expect(later.photos).toEqual(complete.photos);
    expect(later.notBefore).toBeGreaterThan(NOW);
  });
});

/** Small deterministic generator, so that a failure can be repeated by its seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function randomEvent(random: () => number, now: number): OutboxEvent {
  const waits = [
    'no_network',
    'not_our_server',
    'login',
    'forbidden',
    'busy',
    'server_error',
    'split',
  ] as const;
  const reason = waits[Math.floor(random() * waits.length)] ?? 'busy';
  const wait = { kind: 'wait' as const, reason, retryAfterMs: random() < 0.3 ? 60_000 : null };
  const reports = [{ sha256: 'p1', state: 'ready' as const, reason: null }];
  const events: OutboxEvent[] = [
    send,
    { ...(answer(accepted) as { type: 'answer'; now: number; outcome: Outcome }), now },
    { type: 'answer', now, outcome: wait },
    { type: 'answer', now, outcome: { kind: 'rejected', problem } },
    { type: 'answer', now, outcome: { kind: 'conflicted', problem } },
    { type: 'photoAnswer', now, sha256: random() < 0.5 ? 'p1' : 'p2', outcome: { kind: 'sent' } },
    { type: 'photoAnswer', now, sha256: 'p1', outcome: wait },
    resend,
    { type: 'photoStates', now, states: random() < 0.5 ? reports : null },
    { type: 'restarted', now },
    { type: 'wake', now, all: random() < 0.5 },
  ];
  return events[Math.floor(random() * events.length)] ?? send;
}

describe('any sequence of events', () => {
  it('keeps every photo, keeps a receipt once given, and never leaves an entry without a way on', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = generator(seed);
      let entry = queued([PHOTO, OTHER]);
      let signed = false;
      for (let i = 0; i < 60; i += 1) {
        entry = step(entry, randomEvent(random, NOW + i * 1000), random());
        signed ||= entry.result !== null;
        expect(
          entry.photos.map((photo) => photo.sha256),
          `seed ${seed}`,
        ).toEqual(['p1', 'p2']);
        expect(entry.result !== null, `seed ${seed}`).toBe(signed);
        if (entry.state === 'complete')
          expect(entry.photos.every((photo) => photo.state !== 'waiting')).toBe(true);
        if (entry.state === 'queued' || entry.state === 'photos') expect(nextTouch(entry)).not.toBeNull();
      }
    }
  });

  it('ends signed for when the network behaves at last', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = generator(seed);
      let entry = queued();
      for (let i = 0; i < 20; i += 1) {
        const event = randomEvent(random, NOW);
        const refusal = event.type === 'answer' && /reject|conflict/.test(event.outcome.kind);
        if (!refusal) entry = step(entry, event, random());
      }
      entry = through(entry, restarted, { type: 'wake', now: NOW, all: true }, send, answer(accepted), sent);
      expect(entry.state, `seed ${seed}`).toBe('complete');
      expect(entry.result?.receipt.number).toBe('R-1');
    }
  });
});
