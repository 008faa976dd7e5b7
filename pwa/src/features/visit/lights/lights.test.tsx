// @vitest-environment happy-dom
/** Lights over an open form: what is on, what is still to ask, and what travels with the visit. */
import { fireEvent, render, screen } from '@testing-library/preact';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import shared from '../../../../../tests/policy/pack_cases.json';
import { registerTexts } from '../../../core/i18n';
import type { Cause } from '../../../core/policy/engine';
import type { CompactPack } from '../../../core/policy/pack';
import { texts as core } from '../../../i18n/zh-CN/core';
import { texts as zh } from '../../../i18n/zh-CN/visit';
import type { Controller } from '../controller';
import { CLEAN, HEAD, household, openWorld, roster, SON } from '../testWorld';
import { fromRegister, toAsk } from './ask';
import { attach } from './index';
import { told } from './words';

vi.mock('../../../core/policy/store', () => ({
  keepFresh: () => undefined,
  policy: async () => shared.pack as unknown as CompactPack,
}));

beforeAll(() => {
  registerTexts({ zh: { ...core, ...zh }, en: {} });
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
});

const home = household({ members: [HEAD, SON], roster });

async function opened(answers: Record<string, unknown>, register = {}) {
  const world = openWorld({
    home: household({ ...home, roster: { ...roster, ...register } }),
    draft: { answers: { ...CLEAN, ...answers } as never, location_missing_reason: 'signal' },
  });
  await attach(world.controller);
  return world;
}

const judged = (controller: Controller) => {
  const found = controller.judging.value?.judged.value;
  if (!found) throw new Error('nothing judged');
  return found;
};

describe('lights of an open form', () => {
  it('has none while nothing is wrong, and one as soon as something is', async () => {
    const { controller } = await opened({});
    expect(judged(controller)).toMatchObject({ lights: [], unknown: [], severity: 'none' });
    const step = controller.form.value.steps.find(({ key }) => key === 'basic_lack');
    if (step) controller.answer(step, ['grain']);
    expect(judged(controller).lights.map(({ rule }) => rule)).toContain('R-BAS-01');
  });

  it('judges nothing when the family does not agree', async () => {
    const { controller } = await opened({ consent: 'no' });
    expect(controller.judging.value?.judged.value).toBeNull();
  });

  it('shows the worst in words and opens on what caused it and its article', async () => {
    const { controller } = await opened({ basic_lack: ['grain'] });
    const Strip = controller.judging.value?.Strip;
    if (!Strip) throw new Error('no strip');
    render(<Strip controller={controller} onJump={() => undefined} />);
    fireEvent.click(screen.getByRole('button', { name: /红·需核实.*看依据/ }));
    expect(screen.getByText('吃穿不足')).toBeTruthy();
    expect(screen.getByText('口粮不够')).toBeTruthy();
    expect(screen.getAllByText(/看原文/).length).toBeGreaterThan(0);
  });

  it('sends sorted ids and the version of the rules along, and nothing without rules', async () => {
    const world = await opened({ basic_lack: ['grain'], poor10: true }, { poor10: true });
    await world.controller.save();
    const { policy, met, unknown } = world.sent[0]?.body.preview ?? { policy: '', met: [], unknown: [] };
    expect(policy).toBe(shared.pack.version);
    expect(met).toEqual([...met].sort());
    expect(met).toEqual(expect.arrayContaining(['R-BAS-01', 'R-SPC-06']));
    expect(unknown.length).toBeGreaterThan(0);
    const plain = openWorld({ home, draft: { answers: CLEAN as never } });
    await plain.controller.save();
    expect(plain.sent[0]?.body).not.toHaveProperty('preview');
  });
});

describe('what is still to ask', () => {
  it('is open questions in the order of the form, with the rules that wait for them', async () => {
    const { controller } = await opened({ water_state: 'seasonal', house_state: 'D' });
    const found = toAsk(judged(controller), controller.form.value);
    const keys = found.map(({ step }) => step.key);
    const order = controller.form.value.steps.map(({ key }) => key).filter((key) => keys.includes(key));
    expect(keys).toEqual(order);
    expect(keys).toEqual(expect.arrayContaining(['house_fix', 'water_fix']));
    expect(found.every(({ rules }) => rules.length > 0)).toBe(true);
    expect([...(controller.judging.value?.asked.value ?? [])]).toEqual(keys);
  });

  it('counts "cannot say" as still to ask, and names what only the register can say', async () => {
    const { controller } = await opened({ ins_gap: 'unknown' }, { highrisk_job: null });
    const { roster: register } = controller.opened.household;
    expect(toAsk(judged(controller), controller.form.value).map(({ step }) => step.key)).toContain('ins_gap');
    expect(fromRegister(judged(controller), register)).toContain('highrisk_job');
  });
});

describe('evidence', () => {
  const cause = (threshold: string | null, value = '100.00'): Cause => ({
    fact: 'pcni',
    value,
    threshold,
    item: null,
  });

  it('says an answer once, with the line it was held against', () => {
    expect(told([cause(null), cause('5000.00'), cause('5000.00'), cause('5500.00')])).toEqual([
      cause('5000.00'),
      cause('5500.00'),
    ]);
    expect(told([cause(null), cause(null, '1.00'), cause(null)])).toEqual([cause(null), cause(null, '1.00')]);
  });
});
