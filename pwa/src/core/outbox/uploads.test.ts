/** Photos over lines that break: in chunks, onwards from where a cut left off, each as itself. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_LOST, DEAD, GOOD, once, TestPhone } from './testPhone';
import { FakeServer, json } from './testServer';

let server: FakeServer;
let phone: TestPhone;

beforeEach(() => {
  server = new FakeServer();
  phone = new TestPhone(server);
});

describe('photos', () => {
  const photoCalls = () => phone.calls.filter((call) => call.path.includes('/photos/'));
  const methods = () => photoCalls().map((call) => call.request.method);

  it('go in chunks without a question while nothing fails', async () => {
    await phone.save('a', [60_000]);
    await phone.runner.kick();
    expect(new Set(methods())).toEqual(new Set(['PATCH']));
    expect(photoCalls().length).toBeGreaterThan(2);
    expect(phone.states()).toEqual(['complete']);
  });

  it('go on where a cut left off, after one question', async () => {
    await phone.save('a', [60_000]);
    phone.network = once(/photos.*/, ANSWER_LOST, 1);
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({ state: 'accepted', photos: [{ begun: true }] });
    phone.time += 5000;
    await phone.runner.kick();
    expect(methods().filter((method) => method === 'HEAD')).toHaveLength(1);
    expect(phone.states()).toEqual(['complete']);
    const travelled = photoCalls().reduce(
      (sum, { request }) => sum + ((request.body as ArrayBuffer)?.byteLength ?? 0),
      0,
    );
    expect(travelled).toBe(60_000);
  });

  it('are asked about after a restart in the middle', async () => {
    await phone.save('a', [60_000]);
    let chunks = 0;
    phone.network = (go, call) => {
      if (call.path.includes('/photos/')) chunks += 1;
      return chunks > 2 ? DEAD(go, call) : go();
    };
    await phone.runner.kick();
    phone.restart();
    phone.network = GOOD;
    phone.time += 5000;
    await phone.runner.kick('connection');
    expect(methods()).toContain('HEAD');
    expect(phone.states()).toEqual(['complete']);
  });

  it('find their place when another tab sends the same one', async () => {
    await phone.save('a', [40_000]);
    phone.network = once(/photos/, async (go, call) => {
      await go();
      return server.handle(call.path, call.request);
    });
    await phone.runner.kick();
    expect(phone.states()).toEqual(['complete']);
    expect(server.photos.size).toBe(1);
  });

  it('that arrived damaged start anew', async () => {
    await phone.save('a', [5]);
    phone.network = once(/photos/, async (go) => {
      await go();
      server.photos.clear();
      server.parts.clear();
      return json({ code: 'photo_hash_mismatch', offset: 0 }, 460);
    });
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({ state: 'accepted', media: { reason: 'damaged' } });
    phone.time += 5000;
    await phone.runner.kick();
    expect(phone.states()).toEqual(['complete']);
  });

  it('that are refused say why, and the visit is complete without them', async () => {
    await phone.save('a', [5]);
    phone.network = once(/photos/, async () => json({ code: 'photo_type_unsupported' }, 415));
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({
      state: 'complete',
      photos: [{ state: 'refused', reason: 'photo_type_unsupported' }],
    });
  });

  it('that the server refuses later say why as well', async () => {
    await phone.save('a', [5]);
    await phone.runner.kick();
    server.refusedPhotos.set(`a/${phone.entry('a').photos[0]?.sha256}`, 'photo_bomb');
    phone.time += 60_000;
    await phone.runner.kick();
    expect(phone.entry('a').photos[0]).toMatchObject({ state: 'refused', reason: 'photo_bomb' });
  });

  it('are heard of although a visit that moved out of the area is asked about first, time and again', async () => {
    for (const id of ['moved', 'seen']) await phone.save(id, [5]);
    phone.network = (go, call) =>
      call.path === '/visits/moved/photos' ? Promise.resolve(json({ code: 'visit_not_found' }, 404)) : go();
    await phone.runner.kick();
    phone.time += 60_000;
    await phone.runner.kick();
    expect(phone.entry('seen').photos[0]).toMatchObject({ state: 'ready' });
    expect(phone.entry('moved').photos[0]).toMatchObject({ state: 'sent' });
    expect(phone.paths().filter((path) => path === 'GET /visits/moved/photos')).toHaveLength(1);
  });

  it('are asked about in turn when the server has looked at none', async () => {
    for (const id of ['a', 'b', 'c']) await phone.save(id, [5]);
    phone.network = (go, call) =>
      /^\/visits\//.test(call.path) ? Promise.resolve(json({ items: [] })) : go();
    for (let i = 0; i < 5; i += 1) await phone.runner.kick('all');
    const asked = phone.paths().filter((path) => path.startsWith('GET /visits/'));
    expect(asked.slice(0, 4)).toEqual(['a', 'b', 'c', 'a'].map((id) => `GET /visits/${id}/photos`));
  });

  it('wait for a Wi-Fi when that is wished, texts do not', async () => {
    await phone.save('a', [5]);
    phone.mayTravel = false;
    await phone.runner.kick();
    expect(phone.states()).toEqual(['accepted']);
    expect(photoCalls()).toEqual([]);
    phone.mayTravel = true;
    await phone.runner.kick('connection');
    expect(phone.states()).toEqual(['complete']);
  });

  it('leave a server without room alone, texts go on', async () => {
    for (const id of ['a', 'b', 'c']) await phone.save(id, [5]);
    phone.network = (go, call) =>
      call.path.includes('/photos/') ? Promise.resolve(json({ code: 'storage_full' }, 507)) : go();
    await phone.runner.kick();
    expect(photoCalls()).toHaveLength(1);
    await phone.save('d');
    await phone.runner.kick();
    expect(phone.entry('d').state).toBe('complete');
    expect(photoCalls()).toHaveLength(1);
  });

  it('of a held visit go into safe keeping', async () => {
    await phone.save('a', [5]);
    server.judge = () => ({ st: 'held', code: 'scope', position: [0, 1] });
    await phone.runner.kick();
    expect(phone.entry('a')).toMatchObject({ state: 'held', photos: [{ state: 'sent' }] });
    expect(server.photos.size).toBe(1);
  });
});
