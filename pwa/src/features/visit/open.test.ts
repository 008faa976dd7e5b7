import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NoChecklist, openVisit, UnknownHousehold } from './open';
import { CLEAN, checklist, household } from './testWorld';
import type { Household } from './types';

const phone = vi.hoisted(() => ({
  households: [] as unknown[],
  checklist: null as unknown,
  draft: null as unknown,
  items: [] as unknown[],
  record: null as unknown,
  photos: new Map<string, unknown[]>(),
}));

vi.mock('../../core/assignments', () => ({
  householdById: (id: string) => (phone.households as Household[]).find((one) => one.id === id),
}));
vi.mock('../../core/checklists', () => ({
  checklist: () =>
    phone.checklist ? Promise.resolve(phone.checklist) : Promise.reject(new Error('offline')),
}));
vi.mock('../../core/drafts', () => ({ loadDraft: () => Promise.resolve(phone.draft) }));
vi.mock('../../core/outbox', () => ({
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
const saved = (state: string) => ({ householdId: 'h1', savedAt: Date.parse('2026-11-21T00:00:00Z'), state });

beforeEach(() => {
  Object.assign(phone, { households: [household()], checklist, draft: null, items: [], record: null });
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
    const body = {
      id: 'refused',
      household_id: 'h1',
      checklist_version: '2026-1',
      answers: CLEAN,
      photos: [],
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
    expect(draft.photos.map((p) => p.sha256)).toEqual(['p']);
    expect(phone.photos.get(draft.id)).toHaveLength(1);
  });

  it('starts from a return until a new record answers it; a refused one does not', async () => {
    phone.households = [household({ returned })];
    expect((await openVisit('h1')).draft.revises).toBe('v0');
    phone.items = [saved('rejected')];
    expect((await openVisit('h1')).draft.revises).toBe('v0');
    phone.items = [saved('queued')];
    expect((await openVisit('h1')).draft.revises).toBeNull();
  });
});
