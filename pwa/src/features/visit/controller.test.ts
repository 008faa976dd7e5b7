import { afterEach, describe, expect, it } from 'vitest';
import { canonical } from '../../core/canonical';
import { setClock } from '../../core/clock';
import { correctionOf, withNumbers } from './draft';
import { findStep } from './model';
import { CLEAN, HEAD, household, openWorld, type World } from './testWorld';
import type { Household } from './types';

afterEach(() => setClock());

function step(world: World, key: string) {
  const found = findStep(world.controller.form.value, key);
  if (!found) throw new Error(`no step ${key}`);
  return found;
}

const RETURNED: NonNullable<Household['returned']> = {
  visit_id: 'v0',
  comment: '请核对自付金额',
  comments: [{ question: 'ill_selfpay', text: '结算单是 12,300 元' }],
  answers: {
    ...CLEAN,
    ill_who: [HEAD.id],
    ill: [{ who: HEAD.id, ill_type: 'serious', ill_selfpay: '12000.00' }],
  },
  notes: { ill_who: '县医院' },
  photos: [],
  reviewed_at: '2026-11-20T00:00:00Z',
  reviewer_name: '某书记',
};

describe('the draft', () => {
  it('is on disk after each answer, with the place to reopen at', async () => {
    const world = openWorld();
    world.controller.answer(step(world, 'house_state'), 'D');
    await world.controller.flush();
    expect(world.drafts.at(-1)).toMatchObject({ id: 'v1', at: 'house_state', answers: { house_state: 'D' } });
  });

  it('does not begin by looking around or by finding the place', async () => {
    const world = openWorld();
    world.controller.moveTo('shock');
    world.controller.locate({ lat: '1', lon: '2', accuracy_m: '3', fixed_at: 'x', datum: 'WGS-84' });
    await world.controller.flush();
    expect(world.drafts).toEqual([]);
    world.controller.note('shock', '发大水');
    await world.controller.flush();
    expect(world.drafts).toMatchObject([{ notes: { shock: '发大水' }, location: { lat: '1' } }]);
  });

  it('reopened gives back every answer, note and photo, and goes on saving', async () => {
    const first = openWorld();
    first.controller.answer(step(first, 'consent'), 'yes');
    first.controller.note('consent', '电话里说好');
    await first.controller.addPhoto(new Blob(['a']), 'house');
    const kept = first.drafts.at(-1);
    const again = openWorld({ draft: kept ?? {}, resumed: true });
    expect(again.controller.draft.value).toEqual(first.controller.draft.value);
    again.controller.moveTo('shock');
    await again.controller.flush();
    expect(again.drafts.at(-1)?.at).toBe('shock');
  });

  it('says so when the phone cannot store, and stops saying so when it can again', async () => {
    let full = true;
    const world = openWorld({
      services: { saveDraft: () => (full ? Promise.reject(new Error('full')) : Promise.resolve()) },
    });
    world.controller.answer(step(world, 'consent'), 'yes');
    await expect(world.controller.flush()).rejects.toThrow('full');
    expect(world.controller.stored.value).toBe('failed');
    full = false;
    await world.controller.flush();
    expect(world.controller.stored.value).toBe('kept');
  });
});

describe('a returned visit', () => {
  it('brings its answers and notes, names the visit it replaces, and opens at the first comment', () => {
    const { controller } = openWorld({ home: household({ returned: RETURNED }) });
    const { draft, form } = controller;
    expect([draft.value.revises, draft.value.at, draft.value.id]).toEqual(['v0', 'ill_selfpay', 'v1']);
    expect(draft.value.notes).toEqual({ ill_who: '县医院' });
    expect(findStep(form.value, draft.value.at)?.key).toBe(`ill_selfpay@${HEAD.id}`);
    expect(form.value.answers['ill']).toEqual(RETURNED.answers['ill']);
  });

  it('is sent with what was corrected and what was left', async () => {
    const world = openWorld({ home: household({ returned: RETURNED }) });
    world.controller.answer(step(world, 'ill_selfpay'), '12300.00');
    await world.controller.save();
    expect(world.sent[0]?.body).toMatchObject({
      id: 'v1',
      revises: 'v0',
      notes: { ill_who: '县医院' },
      answers: { ill: [{ who: HEAD.id, ill_type: 'serious', ill_selfpay: '12300.00' }], house_state: 'safe' },
    });
  });
});

describe('identity numbers of a returned visit', () => {
  const masked = {
    roster_edit: [{ op: 'add', name: '丁某', id_number: '110105********002X' }],
    consent: 'yes',
  };
  const full = [{ op: 'add', name: '丁某', id_number: '11010519491231002X' }];

  it('come from what this phone sent', () => {
    expect(withNumbers(masked, { roster_edit: full })).toEqual({ consent: 'yes', roster_edit: full });
  });

  it('are left out where only the masked form is known, the rest of the change stays', () => {
    expect(withNumbers(masked, null)).toEqual({ consent: 'yes', roster_edit: [{ op: 'add', name: '丁某' }] });
    expect(withNumbers({ consent: 'yes' }, null)).toEqual({ consent: 'yes' });
  });
});

describe('saving', () => {
  it('sends the body of the contract: only open questions, whole numbers, the device, both instants', async () => {
    setClock(() => Date.parse('2026-11-22T02:10:00Z'));
    const world = openWorld({
      draft: { answers: { ...CLEAN, house_cause: 'age' }, notes: { shock: ' ', water_state: ' 井水 ' } },
    });
    await world.controller.save();
    const body = world.sent[0]?.body;
    expect(body).toEqual({
      id: 'v1',
      household_id: 'h1',
      revises: null,
      checklist_version: '2026-1',
      started_at: '2026-11-22T02:00:00.000Z',
      finished_at: '2026-11-22T02:10:00.000Z',
      answers: { ...CLEAN, ill: [] },
      notes: { water_state: '井水' },
      roster: household().roster,
      location: null,
      location_missing_reason: null,
      photos: [],
      device: { id: 'phone-1', app_version: '9.9.9' },
      clock: {
        started_mono_ms: expect.any(Number),
        finished_mono_ms: expect.any(Number),
        offset_ms: null,
      },
    });
    const { started_mono_ms: begun, finished_mono_ms: ended } = body?.clock ?? {};
    expect(ended).toBeGreaterThanOrEqual(begun ?? Number.NaN);
    expect(() => canonical(JSON.parse(JSON.stringify(body)))).not.toThrow();
    expect(world.controller.phase.value).toEqual({ kind: 'saved', visitId: 'v1' });
  });

  it('hands over exactly the photos the body names', async () => {
    const world = openWorld({ draft: { answers: CLEAN } });
    await world.controller.addPhoto(new Blob(['one']), 'house');
    await world.controller.addPhoto(new Blob(['two']), 'bill');
    const [first] = world.controller.draft.value.photos;
    await world.controller.removePhoto(first?.sha256 ?? '');
    await world.controller.save();
    const { body, photos } = world.sent[0] ?? { body: null, photos: [] };
    expect(body?.photos.map((p) => [p.kind, p.length])).toEqual([['bill', 3]]);
    expect(photos.map((p) => p.sha256)).toEqual(body?.photos.map((p) => p.sha256));
  });

  it('names photos that only the server holds, unless they were removed, and uploads none of them', async () => {
    const ref = (sha256: string) => ({ sha256, length: 2, kind: 'house' as const, taken_at: 't' });
    const world = openWorld({ draft: { answers: CLEAN, revises: 'v0', photos: [ref('a'), ref('b')] } });
    await world.controller.removePhoto('a');
    await world.controller.save();
    expect(world.sent[0]?.body.photos).toEqual([ref('b')]);
    expect(world.sent[0]?.photos).toEqual([]);
  });

  it('shows the visit under the id it was stored under', async () => {
    const world = openWorld({ draft: { answers: CLEAN }, services: { enqueueVisit: async () => 'other' } });
    await world.controller.save();
    expect(world.controller.phase.value).toEqual({ kind: 'saved', visitId: 'other' });
  });

  it('takes the same picture once', async () => {
    const world = openWorld();
    await world.controller.addPhoto(new Blob(['one']), 'house');
    await world.controller.addPhoto(new Blob(['one']), 'house');
    expect(world.controller.draft.value.photos).toHaveLength(1);
  });

  it('that fails leaves the form open with everything in it', async () => {
    const world = openWorld({
      draft: { answers: CLEAN },
      services: { enqueueVisit: () => Promise.reject(new Error('full')) },
    });
    await expect(world.controller.save()).rejects.toThrow('full');
    expect(world.controller.phase.value).toEqual({ kind: 'filling' });
    world.controller.answer(step(world, 'house_state'), 'C');
    expect(world.controller.draft.value.answers['house_state']).toBe('C');
  });

  it('writes once, however often the button is pressed', async () => {
    const world = openWorld({ draft: { answers: CLEAN } });
    await Promise.all([world.controller.save(), world.controller.save()]);
    await world.controller.save();
    expect(world.sent).toHaveLength(1);
  });

  it('says which refused record it takes the place of, under an identity of its own', async () => {
    const first = openWorld({ draft: { answers: CLEAN } });
    await first.controller.save();
    const refused = first.sent[0]?.body;
    if (!refused) throw new Error('nothing was sent');
    const draft = correctionOf(refused, { id: 'v2', version: '2026-1', now: '2026-11-23T00:00:00.000Z' });
    const second = openWorld({ draft });
    await second.controller.save();
    expect(second.sent[0]).toMatchObject({ corrects: 'v1', body: { id: 'v2', answers: refused.answers } });
  });

  it('keeps the reason for a missing place only while the place is missing', async () => {
    const world = openWorld({ draft: { answers: CLEAN } });
    world.controller.explain('signal');
    expect(world.controller.draft.value.location_missing_reason).toBe('signal');
    world.controller.locate({ lat: '1', lon: '2', accuracy_m: '3', fixed_at: 'x', datum: 'WGS-84' });
    await world.controller.save();
    expect(world.sent[0]?.body.location_missing_reason).toBeNull();
  });
});
