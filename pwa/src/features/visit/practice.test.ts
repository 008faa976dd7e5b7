/** Practising: the real form, and nothing that stays or leaves. */
import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('../../core/checklists', () => ({
  checklist: async () => JSON.parse(JSON.stringify((await import('./testWorld')).checklist)),
}));
const disk = vi.hoisted(() => ({ saveDraft: vi.fn(), enqueueVisit: vi.fn(), putPhoto: vi.fn() }));
vi.mock('../../core/drafts', async (original) => ({
  ...(await original<object>()),
  saveDraft: disk.saveDraft,
}));
vi.mock('../../core/outbox/save', () => ({ enqueueVisit: disk.enqueueVisit }));

import { openController } from './controller';
import { openPractice, practiceBegun, practiceSaved, practiceServices, resetPractice } from './practiceWorld';
import { pictureOf } from './testWorld';

async function practise() {
  const controller = openController(await openPractice(), {
    ...practiceServices(pictureOf),
    deviceId: async () => 'phone-1',
  });
  const [consent] = controller.form.value.steps;
  if (!consent) throw new Error('the form has no question');
  return { controller, consent };
}

describe('practising', () => {
  beforeEach(() => resetPractice());

  it('goes on where it was left, until somebody begins anew', async () => {
    const { controller, consent } = await practise();
    controller.answer(consent, 'yes');
    await controller.flush();
    expect(practiceBegun()).toBe(true);
    const again = await practise();
    expect(again.controller.draft.value.answers).toEqual({ consent: 'yes' });
    resetPractice();
    expect((await practise()).controller.draft.value.answers).toEqual({});
  });

  it('ends like a visit and touches neither disk nor outbox nor network', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const { controller, consent } = await practise();
    controller.answer(consent, 'no');
    await controller.addPhoto(new Blob(['a picture']), 'house');
    await controller.save();
    expect(controller.phase.value.kind).toBe('saved');
    expect(practiceSaved()?.answers).toEqual({ consent: 'no' });
    expect(practiceBegun()).toBe(false);
    expect(disk.saveDraft).not.toHaveBeenCalled();
    expect(disk.enqueueVisit).not.toHaveBeenCalled();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is marked on every screen that looks at what was opened', async () => {
    expect((await openPractice()).practice).toBe(true);
  });
});
