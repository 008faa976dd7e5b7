/** A server that was restored, backups that reach further, a phone that is to be emptied: what becomes of the work. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Runner } from './runner';
import { DEAD, GOOD, once, TestPhone } from './testPhone';
import { FakeServer, portal } from './testServer';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let server: FakeServer;
let phone: TestPhone;

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
});
const pushes = () => phone.calls.filter((call) => call.path === '/s1/push');

describe('a server restored from a backup', () => {
  /** Accepted, held and refused work with photos, on a server that then forgets all of it. */
  async function fourFates(): Promise<void> {
    const kept = server.backup();
    const problem = { status: 422, code: 'invalid_answers' };
    server.judge = (op) =>
      op.op_id === 'held'
        ? { st: 'held', code: 'version', position: [0, 1] }
        : op.op_id === 'bad'
          ? { st: 'rejected', problem }
          : null;
    for (const id of ['plain', 'photo', 'held', 'bad']) await phone.save(id, id === 'plain' ? [] : [7]);
    await phone.runner.kick();
    expect(phone.states()).toEqual(['complete', 'complete', 'held', 'rejected']);
    server.restore(kept);
    server.judge = () => null;
  }

  it('gets everything again once its epoch shows in hello', async () => {
    await fourFates();
    phone.restart();
    await phone.runner.kick('connection');
    expect(phone.states()).toEqual(['complete', 'complete', 'complete', 'complete']);
    expect(server.ledger.size).toBe(4);
    expect(server.photos.size).toBe(3);
  });

  it('gets everything again once its epoch shows in the answer to a push, which itself counts', async () => {
    await fourFates();
    await phone.save('new', [9]);
    await phone.runner.kick();
    expect(new Set(phone.states())).toEqual(new Set(['complete']));
    expect([server.ledger.size, server.photos.size]).toEqual([5, 4]);
    expect(
      pushes()
        .flatMap((call) => call.ops)
        .filter((id) => id === 'new'),
    ).toHaveLength(1);
  });

  it('gets everything again once its epoch shows in a refused cursor', async () => {
    await fourFates();
    await phone.runner.pull();
    await phone.runner.kick();
    expect([server.ledger.size, server.photos.size]).toEqual([4, 3]);
  });

  it('is not answered for by what its earlier life said: a late answer does not count', async () => {
    await phone.save('a');
    const kept = server.backup();
    phone.network = once(/push/, async (go) => {
      const answer = await go();
      server.restore(kept);
      const other = new Runner({ ...phone.deps, alone: async (work) => work().then(() => true) });
      phone.network = GOOD;
      await other.pull();
      return answer;
    });
    await phone.runner.kick();
    await phone.runner.kick('all');
    expect(server.ledger.has('a')).toBe(true);
    expect(phone.states()).toEqual(['complete']);
  });

  it('is not answered for by an answer that another tab overtakes with a new epoch', async () => {
    await phone.save('a');
    await phone.runner.kick('connection');
    await phone.save('b');
    const { storage } = phone.deps;
    const update = storage.update.bind(storage);
    let overtaken = false;
    storage.update = async (ids, change, epoch) => {
      if (!overtaken && epoch !== undefined) {
        overtaken = true;
        await storage.note({ epoch: 'newer' });
      }
      return update(ids, change, epoch);
    };
    phone.network = once(/push/, GOOD);
    await phone.runner.kick();
    const resent = pushes().filter((call) => call.ops.includes('b'));
    expect(overtaken).toBe(true);
    expect(resent.length).toBeGreaterThan(1);
  });

  it('does not get what its author put right meanwhile', async () => {
    await phone.save('wrong');
    server.judge = () => ({ st: 'rejected', problem: { status: 422, code: 'invalid_answers' } });
    await phone.runner.kick();
    server.judge = () => null;
    await phone.save('right');
    phone.storage.records = phone.storage.records.map((one) =>
      one.op_id === 'wrong' ? { ...one, corrected_by: 'right' } : one,
    );
    server.restore(server.backup());
    phone.restart();
    await phone.runner.kick('connection');
    expect([...server.ledger.keys()]).toEqual(['right']);
  });
});

describe('giving up what is safe', () => {
  it('waits for seven days and for the backups, photos included', async () => {
    await phone.save('a', [5]);
    await phone.runner.kick();
    const kept = () => [phone.entry('a').state, phone.storage.bodies.size, phone.storage.photos.size];
    phone.time += 8 * DAY;
    await phone.runner.kick('all');
    expect(kept()).toEqual(['complete', 1, 1]);
    server.durable = [0, 2];
    await phone.runner.kick('all');
    phone.time += 7 * HOUR;
    await phone.runner.kick();
    expect(kept()).toEqual(['complete', 1, 1]);
    server.durable = [0, 3];
    phone.time += 7 * HOUR;
    await phone.runner.kick();
    expect(kept()).toEqual(['pruned', 0, 0]);
  });

  it('never happens to what a restored server may lack', async () => {
    await phone.save('a');
    await phone.runner.kick();
    server.durable = [0, 99];
    const kept = server.backup();
    phone.time += 8 * DAY;
    server.restore(kept);
    phone.network = once(/push/, DEAD, 9);
    await phone.runner.kick();
    expect(phone.entry('a').state).toBe('queued');
    expect(phone.storage.bodies.size).toBe(1);
  });
});

describe('an order', () => {
  it('to hand everything over is carried out, refused records and waiting photos included, before the end', async () => {
    await phone.save('bad');
    server.judge = () => ({ st: 'rejected', problem: { status: 422, code: 'invalid_answers' } });
    await phone.runner.kick();
    server.judge = () => null;
    await phone.save('new', [40_000]);
    phone.mayTravel = false;
    server.order = 'drain';
    phone.restart();
    await phone.runner.kick('connection');
    expect(phone.states()).toEqual(['held', 'held']);
    expect([server.ledger.size, server.photos.size]).toEqual([2, 1]);
    expect(server.order).toBe('kill');
    expect(phone.orders).toEqual(['drain', 'kill']);
  });

  it('to hand everything over that comes with an answer in the middle is carried out at once as well', async () => {
    await phone.save('bad');
    server.judge = () => ({ st: 'rejected', problem: { status: 422, code: 'invalid_answers' } });
    await phone.runner.kick();
    server.judge = () => null;
    await phone.save('new');
    server.order = 'drain';
    await phone.runner.kick();
    expect(phone.states()).toEqual(['held', 'held']);
    expect(phone.orders).toEqual(['drain', 'kill']);
  });

  it('is heard by a phone that only says hello', async () => {
    await phone.runner.kick();
    server.order = 'drain';
    phone.time += 3 * HOUR;
    phone.restart();
    phone.calls = [];
    await phone.runner.kick('connection');
    expect(phone.paths()).toEqual(['GET /s1/hello']);
    expect(phone.orders).toEqual(['drain']);
  });

  it('is not taken for carried out while something is still here', async () => {
    await phone.save('a');
    await phone.save('b');
    server.order = 'drain';
    server.judge = (op) => (op.op_id === 'b' ? { st: 'wait', code: 'internal' } : null);
    await phone.runner.kick();
    expect(server.order).toBe('drain');
    expect(phone.states()).toEqual(['held', 'queued']);
  });

  it('to forget everything is obeyed whichever request hears it, and nothing is sent any more', async () => {
    await phone.save('a');
    await phone.runner.kick();
    server.order = 'kill';
    await phone.save('b');
    await phone.runner.kick();
    expect(phone.orders).toContain('kill');
    const before = phone.calls.length;
    await phone.runner.kick('all');
    expect(phone.calls).toHaveLength(before);
  });

  it('is not believed from anybody else', async () => {
    await phone.save('a');
    phone.network = async () => ({ ...portal(403), text: async () => '{"code":"device_wiped"}' });
    await phone.runner.kick();
    expect(phone.orders).toEqual([]);
  });
});
