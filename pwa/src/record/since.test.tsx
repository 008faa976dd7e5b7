// @vitest-environment happy-dom
/** What a reviewer sees of answers that were taken over, and of the reasons for large changes. */
import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setLocale } from '../core/i18n';
import { AnswerList } from './answerList';
import { ChangeTable } from './changeTable';
import { readChecklist } from './checklist';
import { CHECKLIST_JSON, makeDetail } from './fixtures';
import './index';

const checklist = readChecklist(CHECKLIST_JSON);
const TAKEN = '点“和上次一样”沿用';

beforeEach(() => setLocale('zh-CN'));
afterEach(cleanup);

/** The line of the answer list that a question stands on. */
const lineOf = (question: string) => screen.getByText(question).closest('li')?.textContent ?? '';

describe('beside the last visit', () => {
  it('marks what a tap took over, for the household and for one person, and nothing else', () => {
    const visit = makeDetail('v1');
    const who = visit.household.members[0]?.id ?? '';
    const ill = [{ who, ill_type: 'serious', ill_selfpay: '900.00' }];
    const answers = { house_state: 'safe', ill_who: [who], ill };
    const since_last = { same: { house_state: 'v0', [`ill_type@${who}`]: 'v0' }, changes: {} };
    render(<AnswerList visit={{ ...visit, answers, since_last }} checklist={checklist} />);
    expect(lineOf('现住房安全吗？')).toContain(TAKEN);
    expect(lineOf('属于哪一种')).toContain(TAKEN);
    expect(lineOf('有谁住院？')).not.toContain(TAKEN);
  });

  it('says why an answer is far from the last one, and is silent about visits of older phones', () => {
    const visit = makeDetail('v1');
    const shown = {
      changes: [{ question: 'house_state', item: null, before: 'C', after: 'safe' }],
      previous: { id: 'v0', visited_at: '2026-11-01T02:00:00.000Z' },
      checklist,
      members: visit.household.members,
    };
    const reasons = { house_state: { visit_id: 'v0', reason: 'last_wrong' as const } };
    const { rerender } = render(<ChangeTable {...shown} reasons={reasons} />);
    expect(screen.getByText('原因：上次记错了')).toBeTruthy();
    rerender(<ChangeTable {...shown} reasons={undefined} />);
    expect(screen.queryByText(/原因：/)).toBeNull();
  });
});
