/** The loop against a server that misbehaves: order, one at a time, halving, pausing, photos. */
import { describe, expect, it } from 'vitest';
import { fresh } from './machine';
import { BATCH_CHARS, pickBatch, Runner, type RunnerDeps } from './runner';
import type { OutboxRecord } from './store';

interface Sent {
  path: string;
  ids: string[];
}

type Server = (path: string, ids: string[]) => Response;

function record(id: string, n: number, photos: string[] = [], size = 100): OutboxRecord {
  const entry = fresh(
    0,
    photos.map((sha256) => ({ sha256, length: 3, kind: 'house' })),
  );
  const base = { visit_id: id, household_id: 'h', head_name: '', saved_at: 0, sha256: `sha-${id}` };
  return { ...base, revises: null, size, entry, n, corrected_by: null };
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'X-Sync': '1', ...headers } });
}

function accept(ids: string[], photos: string[] = []): Response {
  const receipt = { number: 'R', seq: 1, received_at: '' };
  const states = photos.map((sha256) => ({ sha256, state: 'expected' }));
  return json({
    results: ids.map((id) => ({ id, sha256: `sha-${id}`, state: 'accepted', receipt, photos: states })),
  });
}

/** A world with a clock that stands still, rows in memory and a server given as a function. */
function world(records: OutboxRecord[], server: Server) {
  const sent: Sent[] = [];
  const wakes: number[] = [];
  const time = { now: 1000 };
  let locked = false;
  const deps: RunnerDeps = {
    load: async () => records.map((row) => ({ ...row })),
    update: async (ids, change) => {
      for (const row of records) if (ids.includes(row.visit_id)) row.entry = change(row.entry);
    },
    body: async (id) => ({ id }),
    photo: async () => new ArrayBuffer(3),
    send: async (path, init) => {
      const text = typeof init.body === 'string' ? init.body : '{"visits":[]}';
      const ids = (JSON.parse(text) as { visits: { body: { id: string } }[] }).visits.map(
        (visit) => visit.body.id,
      );
      sent.push({ path, ids });
      return server(path, ids);
    },
    alone: async (work) => {
      if (locked) return false;
      locked = true;
      await work();
      locked = false;
      return true;
    },
    now: () => time.now,
    random: () => 0.5,
    wakeIn: (ms) => wakes.push(ms),
    changed: async () => undefined,
    contact: () => undefined,
  };
  const state = (id: string) => records.find((row) => row.visit_id === id)?.entry.state;
  return { runner: new Runner(deps), deps, sent, wakes, time, state, records };
}

describe('a revision in a batch', () => {
  it('never goes while the visit it replaces still waits', () => {
    const first = record('a', 1);
    const second = { ...record('b', 2), revises: 'a' };
    expect(pickBatch([first, second], 1000, 20).map((row) => row.visit_id)).toEqual(['a', 'b']);
    const later = { ...first, entry: { ...first.entry, notBefore: 5000 } };
    expect(pickBatch([later, second], 1000, 20)).toEqual([]);
    const gone = { ...first, entry: { ...first.entry, state: 'complete' as const } };
    expect(pickBatch([gone, second], 1000, 20).map((row) => row.visit_id)).toEqual(['b']);
  });
});

describe('the runner', () => {
  it('sends texts in the order of saving, twenty at a time, then photos', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => record(`v${i}`, i, i === 0 ? ['p'] : []));
    const it = world(rows, (path, ids) => {
      if (path === '/visits/batch') return accept(ids, ['p']);
      if (path === '/visits/v0/photos/p') return json({ sha256: 'p', state: 'stored' }, 201);
      return json({ items: [{ sha256: 'p', state: 'ready', reason: null }] });
    });
    await it.runner.kick();
    expect(it.sent.map((call) => [call.path, call.ids.length])).toEqual([
      ['/visits/batch', 20],
      ['/visits/batch', 5],
      ['/visits/v0/photos/p', 0],
      ['/visits/v0/photos', 0],
    ]);
    expect(it.sent[0]?.ids[0]).toBe('v0');
    expect(rows.every((row) => row.entry.state === 'complete')).toBe(true);
  });

  it('keeps everything and pauses when nobody answers', async () => {
    const it = world([record('a', 1), record('b', 2)], () => {
      throw new TypeError('network');
    });
    await it.runner.kick();
    expect(it.sent).toHaveLength(1);
    expect([it.state('a'), it.state('b')]).toEqual(['queued', 'queued']);
    expect(it.wakes.at(-1)).toBeGreaterThanOrEqual(1000);
  });

  it('does not ask again before the time, but does when the person asks', async () => {
    const it = world([record('a', 1)], () => json({ code: 'busy' }, 429, { 'Retry-After': '600' }));
    await it.runner.kick();
    await it.runner.kick();
    expect(it.sent).toHaveLength(1);
    await it.runner.kick('all');
    expect(it.sent).toHaveLength(2);
  });

  it('halves a batch until the poisonous record stands alone, and delivers the others', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => record(`v${i}`, i));
    const it = world(rows, (_path, ids) => (ids.includes('v5') ? json({}, 500) : accept(ids)));
    await it.runner.kick();
    const open = rows.filter((row) => row.entry.state !== 'complete').map((row) => row.visit_id);
    expect(open).toEqual(['v5']);
    expect(rows[5]?.entry.reason).toBe('server_error');
  });

  it('leaves a refused record visible and goes on with the next', async () => {
    const it = world([record('bad', 1), record('good', 2)], (_path, ids) => {
      const problem = { status: 422, code: 'invalid_answers' };
      const fine = ids.filter((id) => id === 'good');
      return accept(fine).text !== undefined
        ? json({
            results: [
              { id: 'bad', state: 'rejected', problem },
              { id: 'good', sha256: 'sha-good', state: 'accepted', receipt: { number: 'R' }, photos: [] },
            ],
          })
        : json({});
    });
    await it.runner.kick();
    expect([it.state('bad'), it.state('good')]).toEqual(['rejected', 'complete']);
    expect(it.records).toHaveLength(2);
  });

  it('takes up what an earlier life of the app left in the middle', async () => {
    const row = record('a', 1);
    row.entry = { ...row.entry, state: 'sending', attempts: 1 };
    const it = world([row], (_path, ids) => accept(ids));
    await it.runner.kick();
    expect(it.state('a')).toBe('complete');
  });

  it('runs in one tab only, the other looks again later', async () => {
    const it = world([record('a', 1)], (_path, ids) => accept(ids));
    const second = new Runner(it.deps);
    await Promise.all([it.runner.kick(), second.kick()]);
    expect(it.sent.filter((call) => call.path === '/visits/batch')).toHaveLength(1);
    expect(it.wakes).toContain(30_000);
  });

  it('touches nothing on 401 and says that a login is needed', async () => {
    const it = world([record('a', 1, ['p'])], () => json({ code: 'login_needed' }, 401));
    await it.runner.kick();
    expect(it.state('a')).toBe('queued');
    expect(it.records[0]?.entry.reason).toBe('login');
    expect(it.records[0]?.entry.photos).toHaveLength(1);
  });

  it('sends the text again when the server does not know the visit of a photo', async () => {
    let known = false;
    const it = world([record('a', 1, ['p'])], (path, ids) => {
      if (path === '/visits/batch') return accept(ids, ['p']);
      if (!path.endsWith('/p')) return json({ items: [] });
      const reply = known ? json({ sha256: 'p', state: 'stored' }, 201) : json({ code: 'not_found' }, 404);
      known = true;
      return reply;
    });
    await it.runner.kick();
    expect(it.state('a')).toBe('queued');
    await it.runner.kick('all');
    expect(it.state('a')).toBe('complete');
  });
});

describe('a batch', () => {
  it('stays below the size limit, and one long record goes alone', () => {
    const rows = [record('a', 1, [], BATCH_CHARS * 2), record('b', 2), record('c', 3)];
    expect(pickBatch(rows, 1000, 20).map((row) => row.visit_id)).toEqual(['a']);
    expect(pickBatch(rows.slice(1), 1000, 20).map((row) => row.visit_id)).toEqual(['b', 'c']);
    expect(pickBatch(rows.slice(1), 1000, 1).map((row) => row.visit_id)).toEqual(['b']);
  });
});
