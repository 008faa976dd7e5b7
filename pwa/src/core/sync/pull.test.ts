/** The worklist's way to the phone: page and cursor together, a new set aside, and what leaves the region goes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Runner } from '../outbox/runner';
import { DEAD, GOOD, TestPhone } from '../outbox/testPhone';
import { FakeServer, json, portal } from '../outbox/testServer';

let server: FakeServer;
let phone: TestPhone;

function row(number: number, region_code = '4501') {
  return { id: `h-${number}`, region_code, number: String(number) };
}

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
  for (let i = 1; i <= 5; i += 1) server.put(row(i));
});

const shown = () => [...phone.storage.rows.keys()].sort();
const all = ['h-1', 'h-2', 'h-3', 'h-4', 'h-5'];

describe('the first pull', () => {
  it('brings everything and shows it when it is whole', async () => {
    const seen: number[] = [];
    phone.deps.pulled = async () => {
      seen.push(phone.storage.rows.size);
    };
    expect(await phone.runner.pull()).toEqual({ ok: true });
    expect(shown()).toEqual(all);
    expect(seen).toEqual([0, 0, 5]);
    expect(phone.storage.known).toMatchObject({
      pulledAt: phone.time,
      incomeLine: '8700',
      scope: '45',
      epoch: 'epoch-1',
    });
  });

  it('goes on where the line broke, not from the beginning', async () => {
    let pages = 0;
    phone.network = (go, call) => {
      pages += 1;
      return pages > 2 ? DEAD(go, call) : go();
    };
    expect(await phone.runner.pull()).toEqual({ ok: false, code: 'no_network' });
    expect(shown()).toEqual([]);
    phone.restart();
    phone.network = GOOD;
    phone.calls = [];
    await phone.runner.pull();
    expect(shown()).toEqual(all);
    expect(phone.calls).toHaveLength(1);
  });

  it('ends with what changed while its pages travelled', async () => {
    phone.network = async (go) => {
      const answer = await go();
      if (server.changes.length === 5) server.put(row(1, '450199'));
      return answer;
    };
    expect(await phone.runner.pull()).toEqual({ ok: true });
    expect(shown()).toEqual(all);
    expect(phone.storage.rows.get('h-1')).toMatchObject({ region_code: '450199' });
    expect([phone.storage.known.building, phone.storage.aside.size]).toEqual([false, 0]);
  });

  it('is not fooled by a portal or a cut page', async () => {
    phone.network = async () => portal();
    expect(await phone.runner.pull()).toEqual({ ok: false, code: 'not_our_server' });
    phone.network = async (go) => json((await (await go()).text()).slice(0, -5));
    expect(await phone.runner.pull()).toEqual({ ok: false, code: 'not_our_server' });
    expect(phone.storage.known.cursor).toBeNull();
  });

  it('ends with a server that never comes to an end', async () => {
    phone.network = async (go) => json((await (await go()).text()).replace('"more":false', '"more":true'));
    expect(await phone.runner.pull()).toEqual({ ok: true });
    expect(phone.calls.length).toBeLessThan(10);
  });
});

describe('later pulls', () => {
  beforeEach(async () => {
    await phone.runner.pull();
    phone.calls = [];
  });

  it('bring what changed, in one request', async () => {
    server.put({ ...row(2), number: '22' });
    server.changes.push({ id: 'h-3', row: null });
    await phone.runner.pull();
    expect(phone.calls).toHaveLength(1);
    expect(shown()).toEqual(['h-1', 'h-2', 'h-4', 'h-5']);
    expect(phone.storage.rows.get('h-2')).toMatchObject({ number: '22' });
  });

  it('lose nothing when the phone is killed between any two transactions', async () => {
    for (let left = 0; left < 6; left += 1) {
      server.put({ ...row(1), number: `n${left}` });
      phone.storage.left = left;
      await phone.runner.pull().catch(() => undefined);
      phone.restart();
      await phone.runner.pull();
      expect(phone.storage.rows.get('h-1')).toMatchObject({ number: `n${left}` });
    }
  });

  it('beside another tab end in the newest state, whichever page comes last', async () => {
    let late: () => void = () => undefined;
    phone.network = (go) =>
      new Promise((resolve, reject) => {
        const answer = go();
        late = () => answer.then(resolve, reject);
      });
    const slow = phone.runner.pull();
    await new Promise((resolve) => setTimeout(resolve));
    phone.network = GOOD;
    server.put({ ...row(1), number: 'newest' });
    await new Runner(phone.deps).pull();
    late();
    await slow;
    expect(phone.storage.rows.get('h-1')).toMatchObject({ number: 'newest' });
  });

  it('of a new set keep the old one in sight until it is whole, and drop what is not in it', async () => {
    await phone.storage.note({ cursor: null });
    server.changes.push({ id: 'h-5', row: null });
    let pages = 0;
    phone.network = (go, call) => {
      pages += 1;
      return pages > 1 ? DEAD(go, call) : go();
    };
    await phone.runner.pull();
    expect(shown()).toEqual(all);
    phone.network = GOOD;
    await phone.runner.pull();
    expect(shown()).toEqual(['h-1', 'h-2', 'h-3', 'h-4']);
    expect(phone.storage.aside.size).toBe(0);
  });
});

describe('another scope', () => {
  it('drops what is outside before anything else is asked, and brings the new', async () => {
    server.put(row(9, '4601'));
    await phone.runner.pull();
    expect(shown()).toEqual(all);
    server.scope = '46';
    let asked = 0;
    phone.network = (go, call) => {
      asked += 1;
      return asked > 1 ? DEAD(go, call) : go();
    };
    await phone.runner.pull();
    expect(shown()).toEqual([]);
    phone.network = GOOD;
    await phone.runner.pull();
    expect(shown()).toEqual(['h-9']);
  });

  it('hides what unsent work needs until that is away', async () => {
    await phone.runner.pull();
    await phone.save('1');
    server.scope = '46';
    server.judge = (op) => (op.op_id === '1' ? { st: 'wait', code: 'internal' } : null);
    await phone.runner.pull();
    expect(shown()).toEqual([]);
    expect([...phone.storage.hidden.keys()]).toEqual(['h-1']);
    server.judge = () => null;
    await phone.runner.kick('all');
    await phone.runner.kick('all');
    expect(phone.states()).toEqual(['complete']);
    expect(phone.storage.hidden.size).toBe(0);
  });

  it('that was cut before its list came is asked about again, not taken for an empty one', async () => {
    await phone.runner.pull();
    server.scope = '46';
    phone.network = async (go) => {
      const answer = await go();
      return answer.status === 410 ? answer : portal();
    };
    await phone.runner.pull();
    phone.network = async (go) => go();
    server.put(row(9, '4601'));
    await phone.runner.kick('connection');
    expect(shown()).toEqual(['h-9']);
  });

  it('touches no work', async () => {
    await phone.save('1', [5]);
    server.order = 'active';
    await phone.runner.pull();
    server.scope = '46';
    await phone.runner.pull();
    expect(phone.states()).toEqual(['queued']);
    expect([phone.storage.bodies.size, phone.storage.photos.size]).toEqual([1, 1]);
  });
});

describe('another epoch', () => {
  it('begins the list anew and offers all work again', async () => {
    await phone.save('1');
    await phone.runner.kick('all');
    server.restore(server.backup());
    await phone.runner.pull();
    expect(shown()).toEqual(all);
    expect(phone.storage.known.epoch).toBe('epoch-1+');
    expect(phone.states()).toEqual(['queued']);
  });

  it('that refuses every cursor is not asked for ever', async () => {
    phone.network = async () => json({ code: 'cursor_gone', epoch: 'epoch-1', scope: '45' }, 410);
    expect(await phone.runner.pull()).toEqual({ ok: false, code: 'cursor_gone' });
    expect(phone.calls.length).toBeLessThan(6);
  });
});

describe('the worklist after a run', () => {
  it('is asked for when something was accepted, when a person asks, and when it is old', async () => {
    const pulls = () => phone.calls.filter((call) => call.path.startsWith('/s1/pull')).length;
    await phone.runner.kick('connection');
    const first = pulls();
    await phone.runner.kick('connection');
    expect(pulls()).toBe(first);
    await phone.save('1');
    await phone.runner.kick();
    expect(pulls()).toBe(first + 1);
    await phone.runner.kick('all');
    expect(pulls()).toBe(first + 2);
    phone.time += 5 * 3_600_000;
    await phone.runner.kick();
    expect(pulls()).toBe(first + 3);
  });
});
