/** The engine against a server and a network that do everything wrong they can. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ASK_HELD_MS } from './machine';
import { BATCH_BYTES, pickBatch } from './push';
import { Runner } from './runner';
import { ANSWER_LOST, DEAD, GOOD, type Network, once, TestPhone } from './testPhone';
import { record } from './testRecords';
import { FakeServer, json, portal } from './testServer';

let server: FakeServer;
let phone: TestPhone;

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
});

const pushes = () => phone.calls.filter((call) => call.path === '/s1/push');

describe('a day with a network', () => {
  it('says hello, sends texts in the order of saving, then photos, then tells and asks what is new', async () => {
    for (let i = 0; i < 60; i += 1) await phone.save(`v${i}`, i === 0 ? [5] : []);
    await phone.runner.kick('connection');
    const photo = `/s1/visits/v0/photos/${phone.entry('v0').photos[0]?.sha256}`;
    expect(phone.paths()).toEqual([
      'GET /s1/hello',
      'POST /s1/push',
      'POST /s1/push',
      `PATCH ${photo}`,
      'POST /s1/push',
      'GET /s1/pull',
    ]);
    expect(pushes().map((call) => call.ops.length)).toEqual([50, 10, 0]);
    expect(pushes()[0]?.ops[0]).toBe('v0');
    expect(new Set(phone.states())).toEqual(new Set(['complete']));
    expect(server.reports.at(-1)).toMatchObject({ outbox_count: 0, photos_unsent: 0, dead: 0 });
  });

  it('tells once what the phone found when it checked itself', async () => {
    await phone.runner.kick('connection');
    const check = { at: '2026-11-22T00:00:00.000Z', warn: ['place'], bad: [] };
    await phone.storage.note({ check });
    await phone.runner.kick();
    await phone.runner.kick();
    const told = pushes().map(({ request }) => JSON.parse(String(request.body)).report.check);
    expect(told).toEqual([null, check]);
    await phone.storage.note({ check: { ...check, at: '2026-11-23T00:00:00.000Z' } });
    await phone.runner.kick();
    expect(pushes()).toHaveLength(3);
  });

  it('says nothing when there is nothing to say', async () => {
    await phone.runner.kick('connection');
    const before = phone.calls.length;
    await phone.runner.kick();
    await phone.runner.kick('connection');
    expect(phone.calls).toHaveLength(before);
  });

  it('sends a visit that is saved during an upload before the next chunk', async () => {
    await phone.save('old', [100_000]);
    let saved = false;
    phone.network = async (go, { path }) => {
      if (path.includes('/photos/') && !saved) {
        saved = true;
        await phone.save('new');
        void phone.runner.kick();
      }
      return go();
    };
    await phone.runner.kick();
    const order = phone.calls.map((call) => call.ops.join() || call.path.slice(0, 12));
    expect(order.indexOf('new')).toBeLessThan(order.lastIndexOf('/s1/visits/o'));
    expect(phone.states()).toEqual(['complete', 'complete']);
  });
});

describe('an answer that does not come', () => {
  it('leaves everything, asks once and pauses', async () => {
    await phone.save('a', [5]);
    await phone.save('b');
    phone.network = DEAD;
    await phone.runner.kick();
    expect(phone.calls).toHaveLength(1);
    expect(phone.states()).toEqual(['queued', 'queued']);
    expect(phone.entry('a').text.reason).toBe('no_network');
    expect(phone.wakes.at(-1)).toBeGreaterThanOrEqual(1000);
  });

  it('after the server took it changes nothing there: the same operation gets the same answer', async () => {
    await phone.save('a');
    phone.network = once(/push/, ANSWER_LOST);
    await phone.runner.kick();
    expect(phone.states()).toEqual(['queued']);
    phone.time += 5000;
    await phone.runner.kick();
    expect(phone.states()).toEqual(['complete']);
    expect(server.ledger.size).toBe(1);
  });

  const faults: [string, Network, string][] = [
    ['a captive portal', async () => portal(), 'not_our_server'],
    ['an empty success', async () => json({}), 'not_our_server'],
    ['a cut answer', async (go) => json((await (await go()).text()).slice(0, -9)), 'not_our_server'],
    ['a token refused', async () => json({ code: 'login_needed' }, 401), 'login'],
    ['a role refused', async () => json({ code: 'forbidden' }, 403), 'forbidden'],
    ['a busy server', async () => json({ code: 'busy' }, 503), 'busy'],
    ['a crash', async () => portal(502), 'server_error'],
  ];
  it.each(faults)('%s touches nothing and says why', async (_name, network, reason) => {
    await phone.save('a', [5]);
    phone.network = once(/push/, network, 99);
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({
      state: 'queued',
      text: { reason },
      photos: [{ state: 'waiting' }],
    });
    phone.network = GOOD;
    await phone.runner.kick('all');
    expect(phone.states()).toEqual(['complete']);
  });

  it('is not asked for again before the time, but when the person asks', async () => {
    await phone.save('a');
    await phone.runner.kick();
    await phone.save('b');
    phone.network = once(/push/, async () => json({ code: 'busy' }, 429, { 'retry-after': '600' }), 99);
    await phone.runner.kick();
    const before = phone.calls.length;
    await phone.runner.kick();
    await phone.runner.kick('connection');
    expect(phone.calls).toHaveLength(before);
    phone.network = GOOD;
    await phone.runner.kick('all');
    expect(phone.states()).toEqual(['complete', 'complete']);
  });
});

describe('a clock that is set', () => {
  it.each([-3650, -1, 400])('%i days on while work waits keeps nothing back', async (days) => {
    await phone.save('a', [5]);
    phone.network = once(/push/, async () => json({ code: 'busy' }, 503), 6);
    for (let i = 0; i < 6; i += 1) {
      await phone.runner.kick();
      phone.time += 60_000;
    }
    expect(phone.states()).toEqual(['queued']);
    phone.time = Math.max(1, phone.time + days * 24 * 3_600_000);
    for (let i = 0; i < 3; i += 1) {
      await phone.runner.kick();
      phone.time += 6 * 3_600_000;
    }
    expect(phone.states()).toEqual(['complete']);
  });
});

describe('one bad operation', () => {
  it('is found by halves while the others arrive', async () => {
    for (let i = 0; i < 8; i += 1) await phone.save(`v${i}`);
    phone.network = (go, call) => (call.ops.includes('v5') ? Promise.resolve(portal(500)) : go());
    await phone.runner.kick();
    expect(
      phone
        .states()
        .map((state, i) => (state === 'queued' ? i : -1))
        .filter((i) => i >= 0),
    ).toEqual([5]);
    expect(phone.entry('v5').text.reason).toBe('server_error');
  });

  it('that is refused stays to be seen, and can be offered again', async () => {
    await phone.save('bad');
    await phone.save('good');
    const problem = { status: 422, code: 'invalid_answers' };
    server.judge = (op) => (op.op_id === 'bad' ? { st: 'rejected', problem } : null);
    await phone.runner.kick();
    expect(phone.states()).toEqual(['rejected', 'complete']);
    await phone.runner.kick('all');
    expect(phone.states()).toEqual(['rejected', 'complete']);
    server.judge = () => null;
    await phone.runner.retry('bad');
    expect(phone.states()).toEqual(['complete', 'complete']);
  });

  it('whose body cannot be read here does not keep the others', async () => {
    await phone.save('gone');
    await phone.save('good');
    phone.storage.bodies.delete('gone');
    await phone.runner.kick();
    expect(phone.states()).toEqual(['rejected', 'complete']);
    expect(phone.entry('gone').code).toBe('record_unreadable');
  });

  it('that could not be read just now is read the next time', async () => {
    await phone.save('shy');
    await phone.save('fine');
    const read = phone.storage.body.bind(phone.storage);
    let refusals = 1;
    phone.storage.body = async (id) => {
      if (id === 'shy' && refusals-- > 0) throw new DOMException('busy', 'UnknownError');
      return read(id);
    };
    await phone.runner.kick();
    expect(phone.states()).toEqual(['queued', 'complete']);
    phone.time += 60_000;
    await phone.runner.kick();
    expect(phone.states()).toEqual(['complete', 'complete']);
  });

  it('that waits for a fault of the server does not stop the line', async () => {
    await phone.save('a');
    await phone.save('b', [5]);
    server.judge = (op) => (op.op_id === 'a' ? { st: 'wait', code: 'internal' } : null);
    await phone.runner.kick();
    expect(phone.states()).toEqual(['queued', 'complete']);
  });
});

describe('a visit that replaces another', () => {
  it('never goes before it, and waits when the server lacks it', async () => {
    const first = record('a', 1);
    const second = record('b', 2, [], { revises: 'a' });
    const ids = (records: (typeof first)[]) => pickBatch(records, 1000, 20).map((row) => row.op_id);
    expect(ids([first, second])).toEqual(['a', 'b']);
    const later = { ...first, entry: { ...first.entry, text: { ...first.entry.text, notBefore: 5000 } } };
    expect(ids([later, second])).toEqual([]);
    const gone = { ...first, entry: { ...first.entry, state: 'complete' as const } };
    expect(ids([gone, second])).toEqual(['b']);
    await phone.save('c', [], { revises: 'unknown' });
    await phone.runner.kick();
    expect(phone.entry('c')).toMatchObject({ state: 'queued', text: { reason: 'parent_missing' } });
  });

  it('is to be put right as well when the other was refused: it would wait for ever', async () => {
    await phone.save('bad');
    await phone.save('child', [], { revises: 'bad' });
    await phone.save('grandchild', [], { revises: 'child' });
    const problem = { status: 422, code: 'invalid_answers' };
    server.judge = (op) => (op.op_id === 'bad' ? { st: 'rejected', problem } : null);
    await phone.runner.kick();
    await phone.runner.kick('all');
    expect(phone.states()).toEqual(['rejected', 'rejected', 'rejected']);
    expect(phone.entry('child').code).toBe('revision_unknown');
  });
});

describe('a visit that corrects one which no phone here ever had', () => {
  const child = () => phone.entry('c');
  const waits = { state: 'queued', text: { reason: 'parent_missing' } };

  async function hours(count: number): Promise<void> {
    for (let hour = 0; hour < count; hour += 1) {
      phone.time += 3_600_000;
      await phone.runner.kick('all');
    }
  }

  it('waits a day for whoever may still bring it, then is to be put right', async () => {
    await phone.save('c', [], { revises: 'of a forgotten number' });
    await phone.runner.kick('all');
    await hours(23);
    expect(child()).toMatchObject(waits);
    await hours(2);
    expect(child()).toMatchObject({ state: 'rejected', code: 'revision_unknown' });
  });

  it.each([
    ['long ago', -10],
    ['years ahead', 4],
  ])('waits as long when it was saved with a clock %s', async (_, years) => {
    const now = phone.time;
    phone.time = now + years * 365 * 86_400_000;
    await phone.save('c', [], { revises: 'elsewhere' });
    phone.time = now;
    await phone.runner.kick('all');
    await hours(23);
    expect(child()).toMatchObject(waits);
    await hours(2);
    expect(child().state).toBe('rejected');
  });

  it('waits anew when the server was restored in between', async () => {
    await phone.save('c', [], { revises: 'elsewhere' });
    await phone.runner.kick('all');
    await hours(23);
    server.epoch = 'epoch-2';
    await hours(20);
    expect(child()).toMatchObject(waits);
  });

  it('goes on as soon as the other phone brought it', async () => {
    await phone.save('c', [], { revises: 'elsewhere' });
    await phone.runner.kick();
    const other = new TestPhone(server);
    await other.save('elsewhere');
    await other.runner.kick();
    phone.time += 60_000;
    await phone.runner.kick();
    expect(phone.entry('c').state).toBe('complete');
  });
});

describe('a batch', () => {
  it('stays below the limits, and one long record goes alone', () => {
    const rows = [record('a', 1, [], { size: BATCH_BYTES * 2 }), record('b', 2), record('c', 3)];
    const ids = (list: typeof rows, limit = 20) => pickBatch(list, 1000, limit).map((row) => row.op_id);
    expect(ids(rows)).toEqual(['a']);
    expect(ids(rows.slice(1))).toEqual(['b', 'c']);
    expect(ids(rows.slice(1), 1)).toEqual(['b']);
    const many = Array.from({ length: 50 }, (_, i) => record(`v${i}`, i, [], { size: 20_000 }));
    const bytes = ids(many, 50).length * 20_000;
    expect(bytes).toBeLessThan(BATCH_BYTES);
  });
});

describe('a held operation', () => {
  it('is asked about every six hours until the answer is another', async () => {
    await phone.save('a');
    server.judge = () => ({ st: 'held', code: 'version', position: [0, 1] });
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({ state: 'held', code: 'version' });
    const asked = () => phone.calls.filter((call) => call.ops.includes('a')).length;
    await phone.runner.kick();
    expect(asked()).toBe(1);
    phone.time += ASK_HELD_MS * 1.2;
    server.judge = () => null;
    await phone.runner.kick();
    expect(asked()).toBe(2);
    expect(phone.states()).toEqual(['complete']);
  });
});

describe('two tabs', () => {
  it('with a lock: one sends, the other looks again later', async () => {
    await phone.save('a');
    const second = new Runner(phone.deps);
    await Promise.all([phone.runner.kick(), second.kick()]);
    expect(pushes().filter((call) => call.ops.length > 0)).toHaveLength(1);
    expect(phone.wakes).toContain(30_000);
  });

  it('without a lock: both may send, and everything is there once', async () => {
    for (let i = 0; i < 5; i += 1) await phone.save(`v${i}`, [30_000]);
    const free = () => new Runner({ ...phone.deps, alone: async (work) => work().then(() => true) });
    const [one, two] = [free(), free()];
    await Promise.all([one.kick(), two.kick()]);
    for (let i = 0; i < 8; i += 1) {
      phone.time += 60_000;
      await Promise.all([one.kick(), two.kick()]);
    }
    expect(new Set(phone.states())).toEqual(new Set(['complete']));
    expect([server.ledger.size, server.photos.size]).toEqual([5, 5]);
  });
});
