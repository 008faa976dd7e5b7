import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NoChecklist, openVisit, UnknownHousehold } from './open';
import { CLEAN, checklist, household } from './testWorld';
import type { Household } from './types';

const phone = vi.hoisted(() => ({
  households: [] as unknown[],
  checklist: null as unknown,
  newest: null as unknown,
  draft: null as unknown,
  items: [] as unknown[],
  record: null as unknown,
  photos: new Map<string, unknown[]>(),
}));

vi.mock('../../core/assignments', () => ({
  householdById: (id: string) => (phone.households as Household[]).find((one) => one.id === id),
}));
vi.mock('../../core/checklists', () => ({
  keptChecklist: () => Promise.resolve(phone.newest ?? phone.checklist),
  checklist: () =>
    phone.checklist ? Promise.resolve(phone.checklist) : Promise.reject(new Error('offline')),
}));
vi.mock('../../core/drafts', () => ({
  loadDraft: () => Promise.resolve(phone.draft),
  saveDraft: (_household: string, draft: unknown) => {
    phone.draft = draft;
    return Promise.resolve();
  },
}));
vi.mock('../../core/outbox', async () => ({
  ...(await import('../../core/outbox/returns')),
  newestSaved: (id: string) => id,
  reopen: () => Promise.resolve(phone.record),
  outboxItems: {
    get value() {
      return phone.items;
    },
  },
}));
vi.mock('../../core/photos', () => ({
  listPhotos: (visit: string) => Promise.resolve(phone.photos.get(visit) ?? []),
  putPhoto: (visit: string, photo: unknown) => {
    phone.photos.set(visit, [...(phone.photos.get(visit) ?? []), photo]);
    return Promise.resolve();
  },
}));

const returned = {
  visit_id: 'v0',
  comment: '',
  comments: [],
  answers: CLEAN,
  notes: {},
  photos: [],
  reviewed_at: '2026-11-20T00:00:00Z',
  reviewer_name: '',
};
const saved = (state: string, revises: string | null = 'v0') => ({
  visitId: 'v1',
  householdId: 'h1',
  savedAt: Date.parse('2026-11-21T00:00:00Z'),
  state,
  revises,
});
const begun = {
  id: 'kept',
  checklist_version: '2026-1',
  revises: null,
  photos: [],
  answers: { consent: 'yes' },
};
const again = (sha256: string, state: 'expected' | 'stored' | 'ready' | 'refused') => ({
  id: sha256,
  sha256,
  kind: 'house' as const,
  state,
  reason: null,
  position: null,
  length: 2,
  taken_at: '2026-11-19T00:00:00Z',
});

beforeEach(() => {
  Object.assign(phone, { households: [household()], checklist, draft: null, items: [], record: null });
  phone.newest = null;
  phone.photos.clear();
});

describe('opening the form of a household', () => {
  it('says which thing the phone lacks', async () => {
    await expect(openVisit('nobody')).rejects.toThrow(UnknownHousehold);
    phone.checklist = null;
    await expect(openVisit('h1')).rejects.toThrow(NoChecklist);
  });

  it('begins with nothing answered', async () => {
    const { draft, resumed } = await openVisit('h1');
    expect([draft.answers, draft.revises, draft.photos, resumed]).toEqual([{}, null, [], false]);
  });

  it('goes on with the draft begun earlier, even when a refused record was to be corrected', async () => {
    phone.draft = { id: 'kept', checklist_version: '2026-1', answers: { consent: 'yes' } };
    phone.record = { body: { id: 'refused', answers: {} }, photos: [], problem: null };
    const opened = await openVisit('h1', 'refused');
    expect([opened.draft.id, opened.resumed]).toEqual(['kept', true]);
  });

  it('corrects a refused record under a new identity, with the photos this phone holds', async () => {
    const photo = { sha256: 'p', bytes: new ArrayBuffer(2), length: 2, kind: 'house', taken_at: 't' };
    const known = {
      sha256: 'p',
      length: 2,
      kind: 'house',
      taken_at: 't',
      original_sha256: 'o',
      exif_time: null,
    };
    const body = {
      id: 'refused',
      household_id: 'h1',
      checklist_version: '2026-1',
      answers: CLEAN,
      photos: [known],
      notes: {},
    };
    phone.record = {
      body,
      photos: [photo, { ...photo, sha256: 'gone', bytes: null }],
      problem: { code: 'invalid_answers' },
    };
    const { draft, problem } = await openVisit('h1', 'refused');
    expect(draft.id).not.toBe('refused');
    expect([draft.corrects, draft.answers, problem?.code]).toEqual(['refused', CLEAN, 'invalid_answers']);
    const { exif_time: _unsaid, ...facts } = known;
    expect(draft.photos).toEqual([facts]);
    expect(phone.photos.get(draft.id)).toHaveLength(1);
  });

  it('starts from a return until a new record answers it; a refused one does not', async () => {
    phone.households = [household({ returned })];
    expect((await openVisit('h1')).draft.revises).toBe('v0');
    phone.items = [saved('rejected')];
    expect((await openVisit('h1')).draft.revises).toBe('v0');
    phone.items = [saved('queued')];
    expect((await openVisit('h1')).draft.revises).toBeNull();
    phone.items = [saved('queued', null)];
    expect((await openVisit('h1')).draft.revises).toBe('v0');
  });

  it('lets a draft begun before the return answer it, with answers of its own', async () => {
    phone.households = [household({ returned: { ...returned, photos: [again('p', 'ready')] } })];
    phone.draft = begun;
    const { draft, resumed } = await openVisit('h1');
    expect([draft.revises, draft.answers, resumed]).toEqual(['v0', { consent: 'yes' }, true]);
    expect(draft.photos.map((photo) => photo.sha256)).toEqual(['p']);
    expect(phone.draft).toEqual(draft);
  });

  it('gives a draft that another tab saved an id of its own', async () => {
    const photo = { sha256: 'p', bytes: new ArrayBuffer(2), length: 2, kind: 'house', taken_at: 't' };
    const draft = { ...begun, id: 'v1', photos: [{ sha256: 'p', length: 2, kind: 'house', taken_at: 't' }] };
    phone.photos.set('v1', [photo, { ...photo, sha256: 'removed' }]);
    phone.draft = draft;
    phone.items = [saved('complete', null)];
    const opened = (await openVisit('h1')).draft;
    expect(opened.id).not.toBe('v1');
    expect([opened.revises, opened.corrects, opened.answers]).toEqual(['v1', null, draft.answers]);
    expect(phone.photos.get(opened.id)).toEqual([photo]);
    phone.draft = draft;
    phone.items = [saved('rejected', null)];
    expect((await openVisit('h1')).draft).toMatchObject({ revises: null, corrects: 'v1' });
  });

  it('keeps the photos of the return that the server holds, without their bytes', async () => {
    const hash = { original_sha256: 'o', exif_position: null };
    const photos = [
      { ...again('a', 'stored'), ...hash },
      again('b', 'ready'),
      again('c', 'expected'),
      again('d', 'refused'),
    ];
    phone.households = [household({ returned: { ...returned, photos } })];
    const { draft } = await openVisit('h1');
    const ref = { length: 2, kind: 'house', taken_at: '2026-11-19T00:00:00Z' };
    expect(draft.photos).toEqual([
      { ...ref, sha256: 'a', original_sha256: 'o' },
      { ...ref, sha256: 'b' },
    ]);
    expect(phone.photos.get(draft.id)).toBeUndefined();
  });

  it.each([
    ['revision_outdated', 'old', 'v0'],
    ['revision_unknown', 'old', 'v0'],
    ['revision_outdated', 'v0', null],
    ['invalid_answers', 'old', 'old'],
  ])('corrects a record refused with %s that replaced %s to replace %s', async (code, revises, expected) => {
    phone.households = [household({ returned })];
    const body = {
      id: 'refused',
      checklist_version: '2026-1',
      revises,
      answers: CLEAN,
      photos: [],
      notes: {},
    };
    phone.record = { body, photos: [], problem: { code } };
    expect((await openVisit('h1', 'refused')).draft.revises).toBe(expected);
  });

  it('corrects a record with a wrong revision into a new visit where nothing is returned', async () => {
    const body = { id: 'refused', checklist_version: '2026-1', revises: 'old', answers: CLEAN, photos: [] };
    phone.record = { body, photos: [], problem: { code: 'revision_outdated' } };
    expect((await openVisit('h1', 'refused')).draft.revises).toBeNull();
  });
});

describe('the checklist of a draft', () => {
  it('stays the one it began with; a newer one on the phone is offered beside it', async () => {
    phone.draft = begun;
    expect((await openVisit('h1')).newer).toBeNull();
    phone.newest = { ...checklist, version: '2026-2' };
    const opened = await openVisit('h1');
    expect(opened.checklist.version).toBe('2026-1');
    expect(opened.newer?.version).toBe('2026-2');
    expect(opened.draft.checklist_version).toBe('2026-1');
  });
});

describe('the last visit', () => {
  const told = { id: 'told', visited_at: '2026-11-20T00:00:00Z', state: 'approved', severity: 'none' };
  const known = { ...told, checklist_version: '2026-1', answers: { house_state: 'safe' } };
  const mine = { ...saved('queued', null), kind: 'visit' };
  const body = { id: 'v1', finished_at: '2026-11-21T00:00:00Z', answers: { house_state: 'C' } };

  it('is the one that waits on this phone, when it is newer than what the server told', async () => {
    phone.households = [household({ last_visit: known as Household['last_visit'] })];
    phone.items = [mine];
    phone.record = { body };
    expect((await openVisit('h1')).last).toEqual({
      id: 'v1',
      visited_at: body.finished_at,
      answers: body.answers,
    });
  });

  it('is the one the server told where the saved one is older, refused, or not readable any more', async () => {
    phone.households = [household({ last_visit: known as Household['last_visit'] })];
    const others = [
      { item: { ...mine, savedAt: Date.parse('2026-11-19T00:00:00Z') }, record: { body } },
      { item: { ...mine, state: 'rejected' }, record: { body } },
      { item: mine, record: null },
    ];
    for (const { item, record } of others) {
      Object.assign(phone, { items: [item], record });
      expect((await openVisit('h1')).last?.id).toBe('told');
    }
  });
});
