/** The decision machine and the worklist: what is sent twice is the same, what is refused can be changed. */
import { describe, expect, it } from 'vitest';
import { makeSummary } from '../../record/fixtures';
import {
  BLANK,
  editable,
  failed,
  hasWords,
  mayReturn,
  reopened,
  revived,
  sending,
  withComment,
  withQuestion,
} from './decision';
import {
  afterDecision,
  countsWithout,
  isPlain,
  LONG_WAIT,
  matches,
  merged,
  neighbour,
  progressOf,
  waited,
  worklist,
} from './model';

const ids =
  (...list: string[]) =>
  () =>
    list.shift() ?? 'none left';
const written = withQuestion(withComment(BLANK, ' 请补照片 '), 'ins_gap', '看凭证');

describe('a decision', () => {
  it('carries the words written and an id made once', () => {
    expect(sending(written, 'returned', ids('r1')).request).toEqual({
      id: 'r1',
      decision: 'returned',
      comment: '请补照片',
      comments: [{ question: 'ins_gap', text: '看凭证' }],
    });
  });

  it.each([0, 401, 408, 429, 500, 502, 503])(
    'without a clear answer (%i) is repeated exactly, whatever is asked then',
    (status) => {
      const once = failed(sending(written, 'returned', ids('r1')), status, 'x');
      const again = sending(withComment(once, 'changed'), 'approved', ids('r2'));
      expect(once.phase).toBe('unanswered');
      expect(again.request).toEqual(once.request);
      expect(again.comment).toBe(written.comment);
    },
  );

  it.each([404, 409, 422])('refused (%i) keeps its words and gets a new id next time', (status) => {
    const refused = failed(sending(written, 'returned', ids('r1')), status, 'x');
    expect(editable(refused)).toBe(true);
    expect(sending(refused, 'approved', ids('r2')).request).toMatchObject({ id: 'r2', decision: 'approved' });
  });

  it('that the server never got can be changed under a new id', () => {
    const lost = reopened(failed(sending(written, 'returned', ids('r1')), 0, 'x'));
    expect(sending(withComment(lost, '新'), 'returned', ids('r2')).request).toMatchObject({
      id: 'r2',
      comment: '新',
    });
  });

  it('on its way when the app closed counts as unanswered when it opens', () => {
    expect(revived(sending(BLANK, 'approved', ids('r1')))).toMatchObject({
      phase: 'unanswered',
      request: { id: 'r1' },
    });
    expect(revived(written)).toBe(written);
  });

  it('needs a general comment to be a return; blanks are none', () => {
    expect([mayReturn(BLANK), mayReturn(withComment(BLANK, '  ')), mayReturn(written)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('loses a comment on a question that is emptied', () => {
    const empty = withQuestion(withQuestion(BLANK, 'ins_gap', 'x'), 'ins_gap', ' ');
    expect(empty.comments).toEqual({});
    expect(hasWords(empty)).toBe(false);
  });
});

describe('the worklist', () => {
  const list = [
    makeSummary('plain'),
    makeSummary('blue', { severity: 'attention', changed_count: 1 }),
    makeSummary('red', { severity: 'red' }),
    makeSummary('red-again', { severity: 'red', revision: 2 }),
  ];

  it('keeps the order of the server, without those that are decided here', () => {
    expect(worklist(list, 'all').map((visit) => visit.id)).toEqual(['plain', 'blue', 'red', 'red-again']);
    expect(worklist(list, 'all', new Set(['blue'])).map((visit) => visit.id)).toEqual([
      'plain',
      'red',
      'red-again',
    ]);
  });

  it.each([
    [{}, true],
    [{ severity: 'attention' }, false],
    [{ changed_count: 1 }, false],
    [{ dismissed_count: 1 }, false],
    [{ revision: 2 }, false],
    [{ spot_check: true }, false],
    [{ hinted: true }, false],
    [{ photo_count: 2, photos_ready: 1 }, false],
    [{ photo_count: 2, photos_ready: 2 }, true],
    [{ state: 'approved' }, false],
  ] as const)('calls plain what the server approves among others: %o', (changes, expected) => {
    expect(isPlain(makeSummary('x', changes))).toBe(expected);
  });

  it('counts how long a visit waits, and never less than nothing', () => {
    const visit = makeSummary('x', { received_at: '2026-11-20T03:00:00.000Z' });
    expect(waited(visit, Date.parse('2026-11-23T03:00:00.000Z'))).toBe(LONG_WAIT);
    expect(waited(visit, Date.parse('2026-11-20T02:00:00.000Z'))).toBe(0);
  });

  it.each([
    ['red', ['red', 'red-again']],
    ['attention', ['blue']],
    ['changed', ['blue']],
    ['unchanged', ['plain', 'red', 'red-again']],
    ['resubmitted', ['red-again']],
  ] as const)('under %s shows what belongs there', (filter, expected) => {
    expect(list.filter((visit) => matches(visit, filter)).map((visit) => visit.id)).toEqual(expected);
  });

  it('goes to the next after a decision, to the one before at the end, nowhere when it was the last', () => {
    expect(afterDecision(list, 'blue')).toBe('red');
    expect(afterDecision(list, 'red-again')).toBe('red');
    expect(afterDecision([makeSummary('x')], 'x')).toBeNull();
  });

  it('stays at its ends and begins at the top', () => {
    expect([neighbour(list, 'plain', -1), neighbour(list, null, 1), neighbour([], null, 1)]).toEqual([
      'plain',
      'plain',
      null,
    ]);
  });

  it('keeps a visit once when a page brings it again, with its newer data', () => {
    const again = makeSummary('blue', { state: 'approved' });
    expect(merged(list, [again]).map((visit) => [visit.id, visit.state])).toContainEqual([
      'blue',
      'approved',
    ]);
    expect(merged(list, [again])).toHaveLength(4);
  });

  it('takes a decided visit out of its counts', () => {
    const counts = { total: 4, red: 2, yellow: 0, attention: 1, none: 1, changed: 1, unchanged: 3 };
    expect(countsWithout(counts, makeSummary('b', { severity: 'attention', changed_count: 1 }))).toEqual({
      ...counts,
      total: 3,
      attention: 0,
      changed: 0,
    });
  });

  it('says how far it is only when all three numbers are known', () => {
    expect(progressOf({ submitted: 46, returned: 12 })).toBeNull();
    expect(progressOf({ submitted: 46, returned: 12, approved: 142 })).toEqual({ done: 154, total: 200 });
  });
});
