/** The engine's store on disk: one transaction a call, and nothing of a failed one. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Household, User } from '../api/types';
import { db, read } from '../localDb';
import { resetTo } from '../sync/reset';
import { openRoster } from '../sync/rosterRows';
import { seal } from '../vault';
import { signedIn } from '../vault/testVault';
import { Line } from './line';
import { type fresh, step } from './machine';
import { dataOf } from './rows';
import type { PullStep } from './storage';
import { storageOf } from './store';
import { TestPhone } from './testPhone';
import { at, problem, record, visitResult } from './testRecords';
import { FakeServer } from './testServer';

let me = '';

function person(id: string): User {
  const region = { code: '4501', name: '', level: 'grid', path: [] };
  return {
    id,
    username: id,
    display_name: id,
    role: 'grid_member',
    department: null,
    locale: 'zh-CN',
    region,
  };
}

beforeEach(async () => {
  me = `user-${Math.random()}`;
  await signedIn(person(me), 'a', 'r');
});

afterEach(() => vi.restoreAllMocks());

let made = 0;

/** Puts a record on disk as it is. */
async function keep(id: string, photos: readonly string[] = []): Promise<string> {
  made += 1;
  const opId = `${me}/${id}`;
  const one = record(opId, made, photos);
  const database = await db();
  const sealed = await seal('outbox', opId, dataOf(one));
  await database.put('outbox', { user_id: me, n: made, rev: 1, corrected_by: null, sealed }, opId);
  const body = { id: opId, photos: [] };
  await database.put('visits', { user_id: me, saved_at: 0, sealed: await seal('visits', opId, body) }, opId);
  for (const sha256 of photos)
    await database.put(
      'photos',
      { visit_id: opId, sha256, user_id: me, kind: 'house', taken_at: '', length: 3, bytes: null },
      [opId, sha256],
    );
  return opId;
}

const states = async () => (await storageOf(me).load()).map(({ entry }) => entry.state);

/** Lets the next write to a store fail, as a full or dying phone does. */
function failAt(name: string): void {
  const real = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
    if (this.name === name) throw new DOMException('full', 'QuotaExceededError');
    return real.apply(this, given);
  });
}

describe('a change of entries', () => {
  it('does not happen once the server is another one', async () => {
    const id = await keep('a');
    const storage = storageOf(me);
    await storage.note({ epoch: 'new' });
    await storage.update([id], (entry) => ({ ...entry, state: 'complete' }), 'old');
    expect(await states()).toEqual(['queued']);
    await storage.update([id], (entry) => ({ ...entry, state: 'complete' }), 'new');
    expect(await states()).toEqual(['complete']);
  });

  it('of two tabs counts twice', async () => {
    const id = await keep('a');
    const raise = () => storageOf(me).update([id], (entry) => ({ ...entry, since: entry.since + 1 }));
    await Promise.all([raise(), raise(), raise()]);
    expect((await storageOf(me).load())[0]?.entry.since).toBe(3);
  });

  it('of somebody else does not happen', async () => {
    const id = await keep('a');
    const late = storageOf('somebody').update([id], (entry) => ({ ...entry, state: 'complete' }));
    await expect(late).rejects.toThrow('locked');
    expect(await states()).toEqual(['queued']);
    await expect(storageOf('somebody').load()).rejects.toThrow('locked');
  });
});

describe('giving up', () => {
  it('takes body and photos with the entry, or none of them', async () => {
    const id = await keep('a', ['p']);
    const other = await keep('b', ['p']);
    const storage = storageOf(me);
    await storage.note({ epoch: 'e' });
    const pruned = (entry: ReturnType<typeof fresh>) => ({ ...entry, state: 'pruned' as const });
    failAt('outbox');
    await expect(storage.prune([id], pruned, 'e')).rejects.toThrow('full');
    expect(await storage.body(id)).not.toBeNull();
    vi.restoreAllMocks();
    await storage.prune([id], pruned, 'another');
    expect(await states()).toEqual(['queued', 'queued']);
    await storage.prune([id], pruned, 'e');
    expect(await states()).toEqual(['pruned', 'queued']);
    expect(await storage.body(id)).toBeNull();
    const left = await read((database) => database.getAllKeys('photos'));
    expect(left.filter(([visit]) => visit === id || visit === other)).toEqual([[other, 'p']]);
  });

  it('only takes what came out as given up', async () => {
    const id = await keep('a', ['p']);
    await storageOf(me).prune([id], (entry) => ({ ...entry, state: 'durable' }), null);
    expect(await storageOf(me).body(id)).not.toBeNull();
  });
});

describe('another epoch', () => {
  it('takes hold of every fate, all photos and the cursor in one transaction, or of nothing', async () => {
    const storage = storageOf(me);
    const moment = { type: 'answer', now: 1, serverNow: 1 } as const;
    const accepted = {
      kind: 'accepted',
      result: visitResult([{ sha256: 'p', state: 'ready' }]),
      position: at(1),
    } as const;
    const held = { kind: 'held', code: 'scope', result: null, position: at(2) } as const;
    const rejected = { kind: 'rejected', problem } as const;
    for (const outcome of [accepted, held, rejected]) {
      const id = await keep(outcome.kind, ['p']);
      await storage.update([id], (entry) => step(entry, { ...moment, outcome }, 0));
    }
    await storage.note({ epoch: 'old', cursor: 'c' });
    expect(await states()).toEqual(['complete', 'held', 'rejected']);
    const deps = { ...new TestPhone(new FakeServer()).deps, storage };
    failAt('meta');
    await expect(resetTo(new Line(deps, null), 'new')).rejects.toThrow('full');
    expect(await states()).toEqual(['complete', 'held', 'rejected']);
    vi.restoreAllMocks();
    await resetTo(new Line(deps, null), 'new');
    expect(await states()).toEqual(['queued', 'queued', 'queued']);
    const photos = (await storage.load()).flatMap(({ entry }) => entry.photos);
    expect(photos.map(({ state, position }) => [state, position])).toEqual(Array(3).fill(['waiting', null]));
    expect(await storage.state()).toMatchObject({ epoch: 'new', cursor: null, durable: [0, 0] });
  });
});

describe('a page of the worklist', () => {
  const household = (id: string, region_code = '4501') => ({ id, region_code, number: id }) as Household;
  const page = (over: Partial<PullStep>): PullStep => ({
    expect: null,
    clearAside: false,
    aside: [],
    swap: false,
    put: [],
    drop: [],
    hide: new Set(),
    state: {},
    ...over,
  });
  const ids = async () => (await openRoster()).map((row) => row.id).sort();
  const count = (store: 'roster' | 'hidden') => read((database) => database.count(store));

  it('and its cursor are written together or not at all', async () => {
    const storage = storageOf(me);
    const first = page({ put: [household('a'), household('b')], state: { cursor: 'one' } });
    expect(await storage.applyPull(first)).toBe(true);
    failAt('meta');
    const second = page({ expect: 'one', put: [household('c')], drop: ['a'], state: { cursor: 'two' } });
    await expect(storage.applyPull(second)).rejects.toThrow('full');
    vi.restoreAllMocks();
    expect(await ids()).toEqual(['a', 'b']);
    expect((await storage.state()).cursor).toBe('one');
    expect(await storage.applyPull(second)).toBe(true);
    expect(await ids()).toEqual(['b', 'c']);
  });

  it('that nobody asked for any more is not written', async () => {
    const storage = storageOf(me);
    await storage.applyPull(page({ put: [household('a')], state: { cursor: 'one' } }));
    expect(await storage.applyPull(page({ put: [household('old')], state: { cursor: 'zero' } }))).toBe(false);
    expect(await ids()).toEqual(['a']);
  });

  it('of a new set lies aside until the set is whole', async () => {
    const storage = storageOf(me);
    await storage.applyPull(page({ put: [household('a'), household('b')], state: { cursor: null } }));
    await storage.applyPull(page({ clearAside: true, aside: [household('b')], state: { cursor: 's' } }));
    expect(await ids()).toEqual(['a', 'b']);
    await storage.applyPull(
      page({ expect: 's', aside: [household('c')], swap: true, state: { cursor: 't' } }),
    );
    expect(await ids()).toEqual(['b', 'c']);
    expect(await count('roster')).toBe(1);
  });

  it('that takes a household away keeps its row hidden while unsent work needs it', async () => {
    const storage = storageOf(me);
    await storage.applyPull(page({ put: [household('a')], state: { cursor: '1' } }));
    await storage.applyPull(page({ expect: '1', drop: ['a'], hide: new Set(['a']), state: { cursor: '2' } }));
    expect([await ids(), await count('hidden')]).toEqual([[], 1]);
    await storage.applyPull(page({ expect: '2', state: { cursor: '3' } }));
    expect(await count('hidden')).toBe(0);
  });

  it('of another scope leaves nothing that is outside', async () => {
    const storage = storageOf(me);
    await storage.applyPull(page({ put: [household('a'), household('b', '4601')], state: { cursor: '1' } }));
    await storage.leaveScope('46', new Set(), { cursor: null });
    expect(await ids()).toEqual(['b']);
    expect((await storage.state()).cursor).toBeNull();
  });
});
