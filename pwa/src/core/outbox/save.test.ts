/** Saving a visit for real: what is on disk, for whom, and what never goes away. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { User, VisitBody, VisitResult } from '../api/types';
import { canonical, type Json, sha256Hex } from '../canonical';
import { noteServerOffset } from '../clock';
import { loadDraft, saveDraft } from '../drafts';
import { read } from '../localDb';
import { dropPhoto, listPhotos, putPhoto } from '../photos';
import { endSession } from '../session';
import { signedIn } from '../vault/testVault';
import { step } from './machine';
import { loadBody, loadRecords } from './rows';
import { addEdit, addVisit } from './save';
import { storageOf } from './store';

function person(id: string): User {
  const region = { code: '45032110020101', name: '', level: 'grid', path: [] };
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

function visit(id: string, household = 'h1'): VisitBody {
  return {
    id,
    household_id: household,
    revises: null,
    checklist_version: '2026-1',
    started_at: '2026-11-22T01:00:00Z',
    finished_at: '2026-11-22T01:02:00Z',
    answers: { s_consent: 'yes' },
    notes: { s_consent: '覃秀兰在家' },
    roster: {},
    location: null,
    location_missing_reason: null,
    photos: [],
    device: { id: 'd', app_version: '1' },
  };
}

const PHOTO = {
  sha256: 'p1',
  bytes: new Uint8Array([7, 7, 7]).buffer,
  kind: 'house' as const,
  taken_at: '2026-11-22T01:01:00Z',
};

let made = 0;

/** A visit id never used before: nothing can be deleted between tests, because nothing can be deleted. */
function newId(): string {
  made += 1;
  return `visit-${made}`;
}

let me = '';

beforeEach(async () => {
  me = `user-${Math.random()}`;
  await signedIn(person(me), 'a', 'r');
});

describe('saving a visit', () => {
  it('keeps body, photos and queue entry together and ends the draft', async () => {
    const id = newId();
    await saveDraft('h1', { begun: true });
    await addVisit(visit(id), [PHOTO], { headName: '覃秀兰' });
    const [record] = await loadRecords(me);
    expect(record).toMatchObject({
      op_id: id,
      kind: 'visit',
      n: expect.any(Number),
      head_name: '覃秀兰',
      entry: { state: 'queued' },
    });
    expect(record?.sha256).toBe(await sha256Hex(canonical(visit(id) as unknown as Json)));
    expect(await loadBody(id)).toEqual(visit(id));
    expect((await listPhotos(id)).map((photo) => photo.bytes?.byteLength)).toEqual([3]);
    expect(await loadDraft('h1')).toBeNull();
  });

  it('leaves the draft and nothing else when the phone cannot store it', async () => {
    const id = newId();
    await saveDraft('h1', { begun: true });
    const real = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given: [unknown, IDBValidKey?]) {
      if (this.name === 'photos') throw new DOMException('full', 'QuotaExceededError');
      return real.apply(this, given);
    };
    const saving = addVisit(visit(id), [PHOTO]);
    await expect(saving).rejects.toThrow('full');
    IDBObjectStore.prototype.put = real;
    expect(await loadRecords(me)).toEqual([]);
    expect(await loadBody(id)).toBeNull();
    expect(await loadDraft('h1')).toEqual({ begun: true });
  });

  const held = { ...PHOTO, bytes: null, length: 3 };

  it('takes photos that lie on the disk already as they are, also under another id', async () => {
    const id = newId();
    await putPhoto(id, PHOTO);
    await addVisit(visit(id), [held]);
    const [record] = await loadRecords(me);
    expect(record?.entry.photos).toMatchObject([{ sha256: PHOTO.sha256 }]);
    const second = await addVisit({ ...visit(id), notes: { consent: '另一页的回答' } }, [held]);
    expect((await listPhotos(second)).map((photo) => photo.bytes?.byteLength)).toEqual([3]);
  });

  it('saves nothing of a visit one of whose photos is gone from the disk', async () => {
    const id = newId();
    await saveDraft('h1', { begun: true });
    await expect(addVisit(visit(id), [held])).rejects.toThrow('not on the disk');
    expect(await loadRecords(me)).toEqual([]);
    expect(await loadBody(id)).toBeNull();
    expect(await loadDraft('h1')).toEqual({ begun: true });
  });

  it('twice is saving once', async () => {
    const id = newId();
    await addVisit(visit(id), []);
    await storageOf(me).update([id], (entry) => ({ ...entry, state: 'held' }));
    await addVisit(visit(id), []);
    const records = await loadRecords(me);
    expect(records.map((record) => record.entry.state)).toEqual(['held']);
  });

  it('of other answers under an id that another tab saved keeps both, the later as a revision', async () => {
    const id = newId();
    await addVisit(visit(id), []);
    const others = { ...visit(id), notes: { s_consent: '另一页的回答' } };
    const second = await addVisit(others, [PHOTO]);
    expect(second).not.toBe(id);
    expect(await loadBody(id)).toEqual(visit(id));
    expect(await loadBody(second)).toEqual({ ...others, id: second, revises: id });
    expect(await listPhotos(second)).toHaveLength(1);
    const third = await addVisit({ ...others, notes: {} }, []);
    expect((await loadRecords(me)).map((record) => [record.op_id, record.revises])).toEqual([
      [id, null],
      [second, id],
      [third, second],
    ]);
  });

  it('of other answers corrects the record of that id when the server refused it', async () => {
    const id = newId();
    await addVisit(visit(id), []);
    await storageOf(me).update([id], (entry) => ({ ...entry, state: 'rejected' }));
    const second = await addVisit({ ...visit(id), notes: {} }, []);
    expect((await loadRecords(me)).map((record) => [record.revises, record.corrected_by])).toEqual([
      [null, second],
      [null, null],
    ]);
  });

  it('a moment later is still the same visit', async () => {
    const id = newId();
    await addVisit(visit(id), []);
    await saveDraft('h1', { begun: true });
    expect(await addVisit({ ...visit(id), finished_at: '2026-11-22T01:05:00Z' }, [])).toBe(id);
    expect(await loadRecords(me)).toHaveLength(1);
    expect(await loadDraft('h1')).toBeNull();
  });

  it('does not wait for photos without bytes once the server says it holds them', async () => {
    const id = newId();
    const ref = { sha256: 'far', length: 5, kind: 'house' as const, taken_at: '2026-11-22T01:00:00Z' };
    await addVisit({ ...visit(id), photos: [ref] }, []);
    const result = { receipt: {}, photos: [{ sha256: 'far', state: 'ready' }] } as unknown as VisitResult;
    const outcome = { kind: 'accepted' as const, result, position: null };
    await storageOf(me).update([id], (entry) =>
      step(entry, { type: 'answer', now: 0, serverNow: 0, outcome }, 0),
    );
    expect((await loadRecords(me))[0]?.entry).toMatchObject({
      state: 'complete',
      photos: [{ state: 'ready' }],
    });
  });

  it('keeps the order of saving', async () => {
    const ids = [newId(), newId(), newId()];
    for (const id of ids) await addVisit(visit(id), []);
    expect((await loadRecords(me)).map((record) => record.op_id)).toEqual(ids);
  });

  it('hides names and answers on disk', async () => {
    const id = newId();
    await addVisit(visit(id), [PHOTO], { headName: '覃秀兰' });
    const rows = await read((database) =>
      Promise.all([
        database.get('visits', id),
        database.get('outbox', id),
        database.get('photos', [id, 'p1']),
      ]),
    );
    const bytes = rows.flatMap((row) => {
      const sealed = row && ('sealed' in row ? row.sealed : row.bytes);
      return sealed ? [new TextDecoder().decode(sealed.data)] : [];
    });
    expect(bytes).toHaveLength(3);
    expect(bytes.join()).not.toContain('秀兰');
    expect(JSON.stringify(rows)).not.toContain('秀兰');
  });
});

describe('another user of the phone', () => {
  it('sees nothing of it, and the owner finds it again', async () => {
    const owner = person('owner');
    await signedIn(owner, 'a', 'r');
    me = 'owner';
    const id = newId();
    await addVisit(visit(id), []);
    await endSession();
    await signedIn(person('other'), 'a', 'r');
    expect(await loadRecords('other')).toEqual([]);
    await storageOf('other').update([id], (entry) => ({ ...entry, state: 'pruned' }));
    await expect(storageOf('owner').load()).rejects.toThrow('locked');
    await signedIn(owner, 'a', 'r');
    expect((await loadRecords(me)).map((record) => record.op_id)).toContain(id);
  });
});

describe('correcting a refused visit', () => {
  it('keeps the refused one as history, marked by the one that replaced it', async () => {
    const [old, next] = [newId(), newId()];
    await addVisit(visit(old), [PHOTO]);
    const problem = { type: '', title: '', title_zh: '', status: 422, code: 'invalid_answers' };
    await storageOf(me).update([old], (entry) => ({ ...entry, state: 'rejected', problem }));
    await addVisit(visit(next), [], { corrects: old });
    const records = await loadRecords(me);
    expect(records.map((record) => [record.op_id, record.corrected_by])).toEqual([
      [old, next],
      [next, null],
    ]);
    expect(records[0]?.entry.state).toBe('rejected');
    expect(await listPhotos(old)).toHaveLength(1);
  });
});

describe('changes from two tabs', () => {
  it('both count', async () => {
    const id = newId();
    await addVisit(visit(id), [PHOTO]);
    const before = (await loadRecords(me))[0]?.entry.since ?? 0;
    const raise = () => storageOf(me).update([id], (entry) => ({ ...entry, since: entry.since + 1 }));
    await Promise.all([raise(), raise(), raise()]);
    expect((await loadRecords(me))[0]?.entry.since).toBe(before + 3);
  });
});

describe('a photo', () => {
  it('can be dropped from a form, not from a saved visit', async () => {
    const id = newId();
    await putPhoto(id, PHOTO);
    await dropPhoto(id, 'p1');
    expect(await listPhotos(id)).toEqual([]);
    await addVisit(visit(id), [PHOTO]);
    await expect(dropPhoto(id, 'p1')).rejects.toThrow();
    expect(await listPhotos(id)).toHaveLength(1);
  });
});

describe('an operation', () => {
  it('counts on, and needs the visit it replaces while that one is here only', async () => {
    const [first, second, third] = [newId(), newId(), newId()];
    await addVisit(visit(first), []);
    await addVisit({ ...visit(second), revises: first }, []);
    await storageOf(me).update([second], (entry) => ({ ...entry, state: 'accepted' }));
    await addVisit({ ...visit(third), revises: second }, []);
    const records = await loadRecords(me);
    expect(records.map((record) => record.needs)).toEqual([[], [first], []]);
    const [n = 0, next, last] = records.map((record) => record.n);
    expect([next, last]).toEqual([n + 1, n + 2]);
  });

  it('of a household record has an id of its own and knows what was shown', async () => {
    const set = [{ member_id: null, field: 'phone', value: '13800000000' }];
    const body = { household_id: 'h1', reason: '换号', set };
    const id = await addEdit(body, { baseRev: 3, headName: '覃秀兰' });
    const [record] = await loadRecords(me);
    const facts = {
      op_id: id,
      kind: 'household.edit',
      entity: 'h1',
      household_id: 'h1',
      base_rev: 3,
      revises: null,
    };
    expect(record).toMatchObject({ ...facts, entry: { state: 'queued', photos: [] } });
    expect(record?.sha256).toBe(await sha256Hex(canonical(body as unknown as Json)));
    expect(await loadBody(id)).toEqual(body);
  });

  it('carries the clocks of the moment: the one people set, and one nobody can', async () => {
    noteServerOffset(-1500);
    await addVisit(visit(newId()), []);
    const [record] = await loadRecords(me);
    expect(record?.offset_ms).toBe(-1500);
    expect(Number.isInteger(record?.mono_ms)).toBe(true);
    noteServerOffset(null);
  });
});
