import { describe, expect, it } from 'vitest';
import { REASONS, unexplained } from './since';
import { CLEAN, HEAD, household, openWorld, type WorldOptions } from './testWorld';
import type { Household, ReadonlyAnswers } from './types';

const DAY = '2026-11-20T02:00:00Z';

function visited(answers: ReadonlyAnswers, options: WorldOptions = {}) {
  const last = {
    id: 'v0',
    visited_at: DAY,
    state: 'approved',
    severity: 'none',
    checklist_version: '2026-1',
  };
  const last_visit = { ...last, answers } as unknown as Household['last_visit'];
  return openWorld({ home: household({ last_visit }), ...options });
}
type World = ReturnType<typeof visited>;

const step = ({ controller }: World, key: string) => {
  const found = controller.form.value.steps.find((one) => one.key === key);
  if (!found) throw new Error(`no step ${key}`);
  return found;
};
const answers = ({ controller }: World) => controller.draft.value.answers;
const large = ({ controller }: World) => controller.large.value.map((one) => one.step.key);
const ill = (ill_selfpay: string) => ({ ill_who: [HEAD.id], ill: [{ who: HEAD.id, ill_selfpay }] });

describe('taking over', () => {
  it('answers what a section leaves open, with what that opens, and nothing that was answered', () => {
    const world = visited({ ...CLEAN, ...ill('900.00'), ill_untreated: 'no', ins_gap: [HEAD.id] });
    world.controller.answer(step(world, 'ins_gap'), []);
    world.controller.takeSection('health');
    expect(answers(world)).toMatchObject({ ins_gap: [], ill_who: [HEAD.id] });
    expect(world.controller.draft.value.since?.same).toMatchObject({ ill_who: 'v0' });
    expect(world.controller.draft.value.since?.same).not.toHaveProperty('ins_gap');
    // An amount is somebody's word of today: it has a line of its own.
    expect(answers(world)['ill']).toBeUndefined();
    world.controller.takeStep(step(world, `ill_selfpay@${HEAD.id}`));
    expect(answers(world)['ill']).toEqual([{ who: HEAD.id, ill_selfpay: '900.00' }]);
  });

  it('never answers what must be asked anew', () => {
    const world = visited({ ...CLEAN, sign: 'signed' });
    for (const section of ['visit', 'shocks', 'end']) world.controller.takeSection(section);
    for (const key of ['consent', 'roster_change', 'shock']) world.controller.takeStep(step(world, key));
    expect(answers(world)).toEqual({});
    expect(world.controller.draft.value.since).toBeUndefined();
  });

  it('does nothing at a first visit, and nothing for a returned one', () => {
    const first = openWorld();
    first.controller.takeSection('health');
    expect(answers(first)).toEqual({});
    const again = visited(CLEAN, { draft: { revises: 'v9' } });
    expect(again.controller.last).toBeNull();
    again.controller.takeSection('health');
    expect(answers(again)).toEqual({});
  });

  it('travels with the visit as the answers it still is true of', async () => {
    const world = visited({ ...CLEAN, house_state: 'C', house_cause: 'age' });
    for (const section of ['food', 'health', 'housing', 'water', 'work'])
      world.controller.takeSection(section);
    expect(answers(world)).toMatchObject({ house_state: 'C', house_cause: 'age' });
    world.controller.answer(step(world, 'water_state'), 'ok');
    // Closes the question about the cause again, whose answer was taken over.
    world.controller.answer(step(world, 'house_state'), 'safe');
    await world.controller.save();
    const { same } = world.sent[0]?.body.since_last ?? { same: null };
    expect(same).toEqual({
      basic_lack: 'v0',
      ins_gap: 'v0',
      ill_who: 'v0',
      job_state: 'v0',
      biz_event: 'v0',
    });
  });

  it('is not mentioned where there was nothing to compare with', async () => {
    const world = openWorld({ draft: { answers: CLEAN } });
    await world.controller.save();
    expect(world.sent[0]?.body).not.toHaveProperty('since_last');
  });
});

describe('a large change', () => {
  const changed = (before: string, after: string) =>
    large(visited({ ...CLEAN, ...ill(before) }, { draft: { answers: { ...CLEAN, ...ill(after) } } }));
  const key = `ill_selfpay@${HEAD.id}`;

  it('is an amount that moved by more than a half and a thousand yuan, up or down', () => {
    expect(changed('10000.00', '15000.00')).toEqual([]);
    expect(changed('10000.00', '15000.01')).toEqual([key]);
    expect(changed('10000.00', '4999.99')).toEqual([key]);
    expect(changed('100.00', '1099.99')).toEqual([]);
    expect(changed('0.00', '1000.00')).toEqual([key]);
  });

  it('is a safety line that was crossed, in either direction, and no shift beyond it', () => {
    const from = (before: string, after: string) =>
      large(
        visited({ ...CLEAN, house_state: before }, { draft: { answers: { ...CLEAN, house_state: after } } }),
      );
    expect(from('safe', 'D')).toEqual(['house_state']);
    expect(from('C', 'safe')).toEqual(['house_state']);
    expect(from('C', 'D')).toEqual([]);
    expect(from('safe', 'safe')).toEqual([]);
  });

  it('is none against what was not asked then, or is wrong now', () => {
    const { house_state: _, ...unasked } = CLEAN;
    expect(large(visited(unasked, { draft: { answers: { ...CLEAN, house_state: 'D' } } }))).toEqual([]);
    expect(large(visited(CLEAN, { draft: { answers: { ...CLEAN, house_state: 'E' } } }))).toEqual([]);
  });

  it('wants one reason, which travels; against another visit it is asked anew', async () => {
    const world = visited(CLEAN, { draft: { answers: { ...CLEAN, house_state: 'D' } } });
    const open = (visit: string) =>
      unexplained(world.controller.large.value, world.controller.draft.value.since, visit).length;
    expect(open('v0')).toBe(1);
    world.controller.explainChange(step(world, 'house_state'), REASONS[0] ?? 'other');
    expect([open('v0'), open('v1')]).toEqual([0, 1]);
    await world.controller.save();
    expect(world.sent[0]?.body.since_last?.changes).toEqual({
      house_state: { visit_id: 'v0', reason: 'real' },
    });
  });

  it('that is taken back takes its reason along', async () => {
    const world = visited(CLEAN, { draft: { answers: { ...CLEAN, house_state: 'D' } } });
    world.controller.explainChange(step(world, 'house_state'), 'real');
    world.controller.answer(step(world, 'house_state'), 'safe');
    await world.controller.save();
    expect(world.sent[0]?.body.since_last).toEqual({ same: {}, changes: {} });
  });
});
