/** Whatever happens to an entry, in whatever order: its work is never lost. */
import { expect, it } from 'vitest';
import { type Entry, fresh, isBefore, KEEP_MS, type OutboxEvent, type Outcome, step } from './machine';
import { at, generator, oneOf, problem, visitResult } from './testRecords';

const NOW = 1_000_000;
const PHOTO = { sha256: 'p1', length: 9, kind: 'house' as const };
const OTHER = { sha256: 'p2', length: 9, kind: 'bill' as const };

const accepted: Outcome = {
  kind: 'accepted',
  result: visitResult([{ sha256: 'p1', state: 'expected' }]),
  position: at(5),
};
const held: Outcome = { kind: 'held', code: 'scope', result: null, position: at(6) };
const rejected: Outcome = { kind: 'rejected', problem };

function randomEvent(random: () => number, now: number): OutboxEvent {
  const reasons = [
    'no_network',
    'not_our_server',
    'login',
    'forbidden',
    'busy',
    'server_error',
    'split',
  ] as const;
  const wait = {
    kind: 'wait' as const,
    reason: oneOf(random, reasons),
    retryAfterMs: random() < 0.3 ? 60_000 : null,
  };
  const moment = { now, serverNow: now + 1_000_000 };
  const position = random() < 0.9 ? at(Math.floor(random() * 10)) : null;
  const sha256 = oneOf(random, ['p1', 'p2']);
  const durable = at(Math.floor(random() * 30));
  return oneOf<OutboxEvent>(random, [
    { type: 'answer', ...moment, outcome: { ...accepted, position } as Outcome },
    { type: 'answer', ...moment, outcome: { ...held, position } as Outcome },
    { type: 'answer', ...moment, outcome: rejected },
    { type: 'answer', ...moment, outcome: wait },
    { type: 'photo', now, sha256, outcome: { kind: 'sent', ready: random() < 0.5, position } },
    { type: 'photo', now, sha256, outcome: { kind: 'part', offset: 3 } },
    { type: 'photo', now, sha256, outcome: { kind: 'refused', reason: 'x' } },
    { type: 'photo', now, sha256, outcome: wait },
    {
      type: 'photoStates',
      now,
      states: random() < 0.5 ? null : [{ sha256, state: 'ready', reason: null, position }],
    },
    random() < 0.3 ? { type: 'reset', now } : { type: 'wake', now, all: false },
    { type: 'durable', now, durable },
    { type: 'prune', now, serverNow: now + 1_000_000, durable },
    { type: 'wake', now, all: random() < 0.5 },
    { type: 'retry', now },
  ]);
}

/** What must hold between an entry and the one an event made of it, whatever the event. */
function expectNothingLost(entry: Entry, next: Entry, event: OutboxEvent): void {
  expect(next.photos.map((photo) => photo.sha256)).toEqual(['p1', 'p2']);
  if (entry.result) expect(next.result).not.toBeNull();
  if (next.state === 'rejected') expect(next.problem).not.toBeNull();
  if (next.state === 'held') expect(next.code).not.toBeNull();
  if (entry.state === 'pruned') expect(next).toBe(entry);
  if (next.state !== 'pruned' || entry.state === 'pruned') return;
  // Only what provably is in the server's backups is ever given up.
  if (event.type !== 'prune') throw new Error('given up by another event');
  for (const place of [entry.position, ...entry.photos.map((photo) => photo.position)])
    expect(place && isBefore(place, event.durable)).toBe(true);
  expect(event.serverNow - (entry.signedAt ?? Number.NaN)).toBeGreaterThanOrEqual(KEEP_MS);
}

it('no sequence of events loses work', () => {
  let pruned = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = generator(seed);
    let entry = fresh(NOW, [PHOTO, OTHER]);
    for (let i = 0; i < 60; i += 1) {
      const event = randomEvent(random, NOW + i * 24 * 3_600_000);
      const next = step(entry, event, random());
      expectNothingLost(entry, next, event);
      if (next.state === 'pruned' && entry.state !== 'pruned') pruned += 1;
      entry = next;
    }
  }
  // The sequences reach the end of the way often enough to mean something.
  expect(pruned).toBeGreaterThan(20);
});
