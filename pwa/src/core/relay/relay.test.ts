/** Work in a file: written, carried by another, answered, taken back; and what happens when the file is harmed. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../outbox/deps';
import { GOOD, TestPhone } from '../outbox/testPhone';
import { generator } from '../outbox/testRecords';
import { FakeServer, json, portal } from '../outbox/testServer';
import { answerFile, type CarryDeps, carry } from './carry';
import {
  type AnswerHeader,
  Binding,
  base64url,
  beginning,
  framed,
  fromBase64,
  headerBytes,
  openFile,
  PIECE_BYTES,
  type RelayFile,
  recordsOf,
  relayKey,
  type WorkHeader,
} from './format';
import { NotOurs, takeReturned } from './returned';
import { exportWork, noteExported } from './write';

const KEY = 'a1'.repeat(32);
const never = new AbortController().signal;
let server: FakeServer;
let phone: TestPhone;
/** Milliseconds by the server's clock. */
let serverTime: number;

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
  serverTime = phone.time;
});

/** The server's half of the relay, in front of the same push and photos as for everybody. */
async function relay(request: HttpRequest): Promise<HttpAnswer> {
  const raw = fromBase64(request.headers?.['X-Relay-Header'] ?? '');
  const place = Number(request.headers?.['X-Relay-Record']);
  const key = await relayKey(KEY);
  const binding = await Binding.of(key.key, raw);
  const plain = await binding.open(place, new Uint8Array(request.body as ArrayBuffer), 'work');
  if (!plain) return json({ code: 'relay_damaged' }, 422);
  const end = plain.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(plain.slice(0, end))) as Record<string, never>;
  const payload = plain.slice(end + 1);
  const reply = head['kind'] === 'op' ? await push(payload) : await piece(head, payload);
  const body = JSON.parse(await reply.text()) as { results?: { st: string }[]; code?: string };
  const of = { op_id: head['op_id'], sha256: head['sha256'], visit_id: head['visit_id'] };
  const answer = { epoch: server.epoch, server_time: new Date(serverTime).toISOString(), of };
  const text = new TextEncoder().encode(JSON.stringify({ ...answer, status: reply.status, body }));
  const done = body.results?.[0]?.st !== 'wait' && body.code !== 'upload_offset';
  return json({ record: place, done, answer: base64url(await binding.seal(place, text, 'answer')) });
}

async function push(payload: Uint8Array): Promise<HttpAnswer> {
  const op = JSON.parse(new TextDecoder().decode(payload));
  const report = { outbox_count: 1, photos_unsent: 0, dead: 0 };
  const body = JSON.stringify({ ops: [op], report });
  const headers = { 'X-Content-SHA256': await phone.deps.sha256(body) };
  return server.handle('/s1/push', { method: 'POST', headers, body });
}

async function piece(head: Record<string, never>, payload: Uint8Array<ArrayBuffer>): Promise<HttpAnswer> {
  const headers = {
    'X-Content-SHA256': await phone.deps.sha256(payload.slice().buffer),
    'Upload-Offset': String(head['offset']),
    'Upload-Length': String(head['length']),
  };
  const path = `/s1/visits/${head['visit_id']}/photos/${head['sha256']}`;
  return server.handle(path, { method: 'PATCH', headers, body: payload.slice().buffer });
}

class Carrier implements CarryDeps {
  answers = new Map<number, string>();
  sent = 0;
  network: (request: HttpRequest) => Promise<HttpAnswer> = relay;

  send(_path: string, request: HttpRequest): Promise<HttpAnswer> {
    this.sent += 1;
    return this.network(request);
  }

  async kept() {
    return new Map(this.answers);
  }

  async keep(place: number, answer: string) {
    this.answers.set(place, answer);
  }
}

async function written(ids: string[] | null = null): Promise<RelayFile<WorkHeader>> {
  const deps = { storage: phone.storage, device: phone.deps.device, key: KEY, now: () => phone.time };
  const made = await exportWork(deps, ids, never);
  if (!made) throw new Error('nothing to write');
  return (await openFile(made.blob)) as RelayFile<WorkHeader>;
}

async function answered(file: RelayFile<WorkHeader>, carrier: Carrier): Promise<RelayFile<AnswerHeader>> {
  const blob = answerFile(file, carrier.answers);
  if (!blob) throw new Error('no answers');
  return (await openFile(blob)) as RelayFile<AnswerHeader>;
}

async function taken(file: RelayFile<AnswerHeader>) {
  return takeReturned(await phone.runner.line(), KEY, file);
}

describe('a file of unsent work', () => {
  it('is carried, and its answers count as if they had come over the network', async () => {
    await phone.save('a', [PIECE_BYTES + 9, 5]);
    await phone.save('b');
    const file = await written();
    expect(file.header).toMatchObject({ v: 1, what: 'work', device: 'device-1', count: 5 });
    const carrier = new Carrier();
    expect(await carry(carrier, file, never)).toEqual({
      all: 5,
      done: 5,
      later: 0,
      damaged: 0,
      missing: 0,
      stopped: null,
    });
    const back = await answered(file, carrier);
    expect(await taken(back)).toEqual({ taken: 5, waits: 0, damaged: 0, stale: 0, unknown: 0 });
    expect(phone.states()).toEqual(['complete', 'complete']);
    expect(phone.entry('b').result).toMatchObject({ receipt: { number: 'R-b' } });
    expect(phone.storage.bodies.size).toBe(2);
    await taken(back);
    await phone.runner.kick();
    expect([server.ledger.size, server.photos.size]).toEqual([2, 2]);
    expect(phone.states()).toEqual(['complete', 'complete']);
  });

  it('holds what is unsent, one that was chosen also when it was refused, and nothing that arrived', async () => {
    server.judge = (op) =>
      op.op_id === 'bad' ? { st: 'rejected', problem: { status: 422, code: 'invalid_answers' } } : null;
    for (const id of ['bad', 'sent']) await phone.save(id);
    await phone.runner.kick();
    await phone.save('new');
    const ids = async (chosen: string[] | null) => {
      const deps = { storage: phone.storage, device: 'device-1', key: KEY, now: () => phone.time };
      return (await exportWork(deps, chosen, never))?.ids ?? null;
    };
    expect(await ids(null)).toEqual(['new']);
    expect(await ids(['bad'])).toEqual(['bad']);
    expect(await ids(['sent'])).toBeNull();
    await noteExported(phone.storage, ['new'], 7);
    expect([phone.entry('new').exportedAt, phone.entry('bad').exportedAt]).toEqual([7, undefined]);
    await phone.runner.kick();
    expect(phone.entry('new')).toMatchObject({ state: 'complete', exportedAt: 7 });
  });

  it('leaves out what cannot be read, and can be cancelled', async () => {
    await phone.save('a', [5]);
    await phone.save('b', [6]);
    phone.storage.bodies.delete('a');
    const [gone] = [...phone.storage.photos.keys()].filter((name) => name.startsWith('b/'));
    phone.storage.photos.delete(gone ?? '');
    const deps = { storage: phone.storage, device: 'device-1', key: KEY, now: () => phone.time };
    expect(await exportWork(deps, null, never)).toMatchObject({ ids: ['b', 'a'], photos: 1, unreadable: 2 });
    const stop = new AbortController();
    stop.abort();
    await expect(exportWork(deps, null, stop.signal)).rejects.toThrow();
  });

  it('tells a carrier nothing', async () => {
    await phone.save('a', [], { notes: { secret: '覃秀兰' } } as never);
    const file = await written();
    const text = await file.blob.text();
    expect(text).not.toContain('覃秀兰');
    expect(text).not.toContain('h-a');
    expect(Object.keys(file.header).sort()).toEqual(['count', 'device', 'id', 'key', 'made_at', 'v', 'what']);
  });
});

describe('a carrier', () => {
  it('goes on where a line was cut, without sending anything twice', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await phone.save(id);
    const file = await written();
    const carrier = new Carrier();
    carrier.network = async (request) => {
      if (carrier.sent > 2) throw new TypeError('cut');
      return relay(request);
    };
    expect(await carry(carrier, file, never)).toMatchObject({ done: 2, stopped: 'no_network' });
    carrier.network = relay;
    expect(await carry(carrier, file, never)).toMatchObject({ done: 4, stopped: null });
    expect(carrier.sent).toBe(5);
  });

  it('passes by a record that trips a bug of the server, and stops when all do', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await phone.save(id);
    const file = await written();
    const carrier = new Carrier();
    let broken = 2;
    carrier.network = async (request) => (--broken === 0 ? json({ code: 'internal' }, 500) : relay(request));
    expect(await carry(carrier, file, never)).toMatchObject({ done: 4, later: 0, stopped: null });
    const unlucky = new Carrier();
    unlucky.network = async () => json({ code: 'internal' }, 500);
    expect(await carry(unlucky, file, never)).toMatchObject({ done: 0, stopped: 'internal' });
    expect(unlucky.sent).toBe(3);
  });

  it('stops at a portal, at a server that does not know the phone, and when asked to', async () => {
    await phone.save('a');
    const file = await written();
    const carrier = new Carrier();
    carrier.network = async () => portal();
    expect(await carry(carrier, file, never)).toMatchObject({ done: 0, stopped: 'not_our_server' });
    carrier.network = async () => json({ code: 'relay_key_unknown' }, 404);
    expect(await carry(carrier, file, never)).toMatchObject({ done: 0, stopped: 'relay_key_unknown' });
    expect(await carry(carrier, file, AbortSignal.abort())).toMatchObject({ stopped: 'cancelled' });
    expect(server.ledger.size).toBe(0);
  });

  it('brings again what waited for another record', async () => {
    await phone.save('child', [], { revises: 'parent' });
    await phone.save('parent');
    const file = await written();
    expect(await carry(new Carrier(), file, never)).toMatchObject({ done: 2, later: 0 });
    expect(server.ledger.size).toBe(2);
  });

  it('brings what is whole of a file that was cut or changed', async () => {
    for (const id of ['a', 'b', 'c']) await phone.save(id);
    const { blob, start } = await written();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    bytes[start + 40] = (bytes[start + 40] ?? 0) ^ 1;
    const harmed = await openFile(new Blob([bytes.slice(0, bytes.length - 3)]));
    const state = await carry(new Carrier(), harmed as RelayFile<WorkHeader>, never);
    expect(state).toMatchObject({ all: 3, done: 1, damaged: 1, missing: 1, stopped: null });
    expect([...server.ledger.keys()]).toEqual(['b']);
  });
});

describe('answers that come back', () => {
  async function roundTrip(...ids: string[]) {
    for (const id of ids) await phone.save(id);
    const file = await written();
    const carrier = new Carrier();
    await carry(carrier, file, never);
    return { file, carrier, back: await answered(file, carrier) };
  }

  it('are taken one by one when some were changed, swapped or cut', async () => {
    const { file, carrier } = await roundTrip('a', 'b', 'c');
    const [first = '', second = '', third = ''] = [...carrier.answers.values()];
    const flipped = fromBase64(third);
    flipped[20] = (flipped[20] ?? 0) ^ 4;
    carrier.answers = new Map([
      [0, second],
      [1, first],
      [2, base64url(flipped)],
    ]);
    expect(await taken(await answered(file, carrier))).toMatchObject({ taken: 0, damaged: 3 });
    expect(phone.states()).toEqual(['queued', 'queued', 'queued']);
    const whole = answerFile(
      file,
      new Map([
        [0, first],
        [1, second],
      ]),
    );
    const cut = whole?.slice(0, (whole?.size ?? 0) - 1) ?? new Blob();
    expect(await taken((await openFile(cut)) as RelayFile<AnswerHeader>)).toMatchObject({
      taken: 1,
      damaged: 1,
    });
    expect(phone.states()).toEqual(['complete', 'queued', 'queued']);
  });

  it('of another phone, or under another key, are not ours', async () => {
    const { back } = await roundTrip('a');
    const line = await phone.runner.line();
    await expect(takeReturned(line, 'b2'.repeat(32), back)).rejects.toThrow(NotOurs);
    const other = { ...phone.deps, device: 'device-2' };
    const otherLine = Object.assign(Object.create(Object.getPrototypeOf(line)), line, { deps: other });
    await expect(takeReturned(otherLine, KEY, back)).rejects.toThrow(NotOurs);
    expect(phone.states()).toEqual(['queued']);
  });

  it('of a server that was restored since do not count, those of its new life do', async () => {
    await phone.runner.kick('connection');
    const { back } = await roundTrip('a');
    server.restore(new FakeServer().backup());
    serverTime += 60_000;
    await phone.runner.pull();
    await phone.save('b');
    const file = await written();
    const carrier = new Carrier();
    await carry(carrier, file, never);
    expect(await taken(await answered(file, carrier))).toMatchObject({ taken: 2 });
    expect(await taken(back)).toMatchObject({ taken: 0, stale: 1 });
    expect(phone.states()).toEqual(['complete', 'complete']);
    expect([...server.ledger.keys()].sort()).toEqual(['a', 'b']);
  });

  it('that refuse the author leave the work waiting, and give no order to the phone', async () => {
    server.order = 'kill';
    const { back } = await roundTrip('a');
    expect(await taken(back)).toMatchObject({ waits: 1 });
    expect(phone.entry('a')).toMatchObject({ state: 'queued', text: { reason: 'forbidden' } });
    expect(phone.orders).toEqual([]);
  });
});

describe('any mixture of sending, carrying, repeating and taking back', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('ends with each visit once and its receipt here (%i)', async (seed) => {
    const random = generator(seed);
    const files: { file: RelayFile<WorkHeader>; carrier: Carrier }[] = [];
    phone.network = async (go) => {
      if (random() < 0.4) throw new TypeError('cut');
      const answer = await go();
      if (random() < 0.3) throw new TypeError('lost');
      return answer;
    };
    for (let i = 0; i < 25; i += 1) {
      const dice = random();
      const chosen = files[Math.floor(random() * files.length)];
      phone.time += 60_000;
      if (dice < 0.25) await phone.save(`v${i}`, random() < 0.5 ? [7, 300] : []);
      else if (dice < 0.45) await phone.runner.kick('all');
      else if (dice < 0.65 && phone.states().includes('queued'))
        files.push({ file: await written(), carrier: new Carrier() });
      else if (dice < 0.85 && chosen) {
        chosen.carrier.network = async (request) => {
          if (random() < 0.2) throw new TypeError('cut');
          return relay(request);
        };
        await carry(chosen.carrier, chosen.file, never);
      } else if (chosen && chosen.carrier.answers.size > 0)
        await taken(await answered(chosen.file, chosen.carrier));
    }
    for (const { file, carrier } of files) {
      carrier.network = relay;
      await carry(carrier, file, never);
      if (carrier.answers.size > 0) await taken(await answered(file, carrier));
    }
    phone.network = GOOD;
    phone.time += 7 * 3_600_000;
    await phone.runner.kick('all');
    const ids = phone.storage.records.map(({ op_id }) => op_id);
    expect([...server.ledger.keys()].sort()).toEqual([...ids].sort());
    for (const { op_id, entry } of phone.storage.records) {
      expect(entry.state).toBe('complete');
      expect(entry.result).toMatchObject({ receipt: { number: `R-${op_id}` } });
    }
  });
});

describe('what is no file of ours', () => {
  it.each([
    ['empty', new Blob([])],
    ['text', new Blob(['hello, this is no file of ours at all'])],
    ['a cut header', beginning(headerBytes({ v: 1, what: 'answers', of: 'x', count: 1 })).slice(0, 20)],
    ['other JSON', beginning(new TextEncoder().encode('[1]'))],
    ['no count', beginning(new TextEncoder().encode('{"v":1,"what":"answers","of":"x"}'))],
  ])('is said to be none: %s', async (_, blob) => {
    await expect(openFile(blob)).rejects.toMatchObject({ code: 'relay_unreadable' });
  });

  it('of a newer app is named so', async () => {
    const newer = beginning(headerBytes({ v: 2, what: 'answers', of: 'x', count: 1 }));
    await expect(openFile(newer)).rejects.toMatchObject({ code: 'relay_version' });
  });

  it('ends where a record claims to be longer than any can be', async () => {
    const header = headerBytes({ v: 1, what: 'answers', of: 'x', count: 2 });
    const file = await openFile(
      new Blob([beginning(header), framed(new Uint8Array(3), 0), new Uint8Array(9).fill(255)]),
    );
    const places = [];
    for await (const { place } of recordsOf(file)) places.push(place);
    expect(places).toEqual([0]);
  });
});
