import { describe, expect, it } from 'vitest';
import { CLEAN, checklist, household, openWorld } from './testWorld';
import type { Checklist, Question } from './types';
import { movedForm } from './versions';

const both = (zh: string) => ({ zh, en: zh });

/** The next version: water lost an option, help is gone, food has other words, and there is a new question. */
function next(): Checklist {
  const changed = checklist.questions.flatMap((question): Question[] => {
    if (question.id === 'ask_help') return [];
    if (question.id === 'water_state')
      return [{ ...question, options: question.options?.filter(({ id }) => id !== 'seasonal') ?? [] }];
    return [question.id === 'basic_lack' ? { ...question, label: both('缺吃少穿吗？') } : question];
  });
  const options = [
    { id: 'no', label: both('没有') },
    { id: 'yes', label: both('有') },
  ];
  const added: Question = { id: 'debt', section: 'income', type: 'one', label: both('有外债吗？'), options };
  return { ...checklist, version: '2026-2', questions: [...changed, added] };
}

const answers = { ...CLEAN, water_state: 'seasonal', water_fix: 'can' };
const { roster, members } = household();
const situation = { roster, members, today: '2026-11-22' };
const keys = (list: readonly { step: { key: string } }[]) => list.map(({ step }) => step.key);

describe('a move to a newer checklist', () => {
  it('tells what is asked besides, what no more, what has to be given again, and what has other words', () => {
    const move = movedForm(checklist, next(), answers, situation);
    expect(move.added.map(({ key }) => key)).toEqual(['debt']);
    expect(keys(move.dropped)).toContain('ask_help');
    expect(keys(move.misfits)).toEqual(['water_state']);
    expect(move.misfits[0]?.answer).toBe('seasonal');
    expect(keys(move.reworded)).toEqual(['basic_lack']);
  });

  it('has nothing to tell between two versions that ask this household the same', () => {
    const same = movedForm(checklist, { ...checklist, version: '2026-2' }, answers, situation);
    expect([same.added, same.dropped, same.misfits, same.reworded]).toEqual([[], [], [], []]);
  });

  it('is stored before the form opens anew, with every answer, and not made by a refusal', async () => {
    const { controller, drafts } = openWorld({ draft: { answers }, resumed: true, newer: next() });
    controller.decline('2026-2');
    await controller.flush();
    expect(drafts.at(-1)).toMatchObject({ checklist_version: '2026-1', declined: '2026-2', answers });
    await controller.adopt('2026-2');
    expect(drafts.at(-1)).toMatchObject({ checklist_version: '2026-2', answers });
  });
});
