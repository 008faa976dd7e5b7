/** Searching and sorting the worklist. */
import { describe, expect, it } from 'vitest';
import type { Household } from '../../core/api/types';
import { Search } from './search';
import { type Context, dueDay, groupOf, type SavedVisit, sortWork, viewOf } from './worklist';

function household(over: Partial<Household>): Household {
  return {
    id: 'h',
    number: '0001',
    head_name: '覃秀兰',
    pinyin: 'qin xiu lan',
    initials: 'qxl',
    id_tail: '123X',
    region_code: '45032110020101',
    township: '白沙镇',
    village: '白沙村',
    natural_village: '',
    grid: '1',
    address: '',
    phone_masked: '',
    category: 'ordinary',
    revision: 1,
    roster: {},
    home: null,
    due_on: null,
    members: [],
    last_visit: null,
    returned: null,
    ...over,
  };
}

const PEOPLE = [
  household({ id: 'a' }),
  household({
    id: 'b',
    number: '0002',
    head_name: '莫家宝',
    pinyin: 'mo jia bao',
    initials: 'mjb',
    id_tail: '4418',
  }),
  household({
    id: 'c',
    number: '0044',
    head_name: '莫秀',
    pinyin: 'mo xiu',
    initials: 'mx',
    id_tail: '0002',
  }),
];

describe('search', () => {
  const find = (query: string) => new Search(PEOPLE).find(query).map((found) => found.id);

  it.each([
    ['a name', '莫家宝', ['b']],
    ['a family name', '莫', ['b', 'c']],
    ['a given name', '秀兰', ['a']],
    ['initials', 'QXL', ['a']],
    ['pinyin with and without spaces', 'moJia', ['b']],
    ['full width letters', 'ｍｊｂ', ['b']],
    ['letters with accents', 'mòjiā', ['b']],
    ['a name with blanks, a dot and signs nobody sees', ' 莫•家\u200b 宝', ['b']],
    ['the last four of the ID', '123x', ['a']],
    ['the household number before an ID that ends alike', '0002', ['b', 'c']],
    ['nothing for an empty query', '  ', []],
    ['nothing for a stranger', '王', []],
  ])('finds %s', (_name, query, ids) => {
    expect(find(query)).toEqual(ids);
  });

  it('finds the household by another member', () => {
    const member = { name: '莫小军', id_masked: '450321********992X' } as Household['members'][number];
    const people = new Search([household({ members: [member] })]);
    expect(people.find('小军')).toHaveLength(1);
    expect(people.find('992x')).toHaveLength(1);
    expect(people.find('450321')).toEqual([]);
  });

  it.each(['qinxiulan', 'qxl', '0002', '莫家宝', '4503', 'mo', 'xiu'])(
    'finds the same for %s letter by letter, prepared or not',
    (query) => {
      const typed = new Search(PEOPLE);
      for (const _ of typed.preparations());
      for (let end = 1; end <= query.length; end += 1) {
        const beginning = query.slice(0, end);
        expect(typed.find(beginning)).toEqual(new Search(PEOPLE).find(beginning));
      }
    },
  );

  it('forgets old queries, and finds them again', () => {
    const typed = new Search(PEOPLE);
    for (let i = 0; i < 300; i += 1) typed.find(String(i));
    expect(typed.find('mjb').map((found) => found.id)).toEqual(['b']);
    expect(typed.find('0').map((found) => found.id)).toEqual(find('0'));
  });

  it('finds one in five thousand', () => {
    const many = Array.from({ length: 5000 }, (_, i) =>
      household({ id: `h${i}`, number: String(i).padStart(6, '0'), id_tail: '0000' }),
    );
    expect(new Search(many).find('004321').map((found) => found.id)).toEqual(['h4321']);
  });
});

const TODAY = '2026-11-22';

function saved(over: Partial<SavedVisit>): SavedVisit {
  const savedAt = Date.parse('2026-11-21T02:00:00Z');
  return {
    visitId: 'v',
    householdId: 'h',
    savedAt,
    state: 'queued',
    correctedBy: null,
    revises: null,
    ...over,
  };
}

function context(saved: readonly SavedVisit[], over: Partial<Context> = {}): Context {
  return { today: TODAY, saved, cadence: null, here: null, ...over };
}

const returned = { visit_id: 'v0', reviewed_at: '2026-11-20T00:00:00Z' } as Household['returned'];
const visited = (at: string, state: string) => ({ visited_at: at, state }) as Household['last_visit'];

describe('the worklist', () => {
  it.each([
    ['overdue', household({ due_on: '2026-11-21' }), undefined, 'overdue'],
    ['due today', household({ due_on: TODAY }), undefined, 'due'],
    ['due in a week', household({ due_on: '2026-11-29' }), undefined, 'due'],
    ['due later', household({ due_on: '2026-11-30' }), undefined, 'later'],
    ['without a date', household({}), undefined, 'later'],
    [
      'visited this month',
      household({ last_visit: visited('2026-11-02T00:00:00Z', 'approved') }),
      undefined,
      'done',
    ],
    [
      'visited last month',
      household({ due_on: '2026-11-01', last_visit: visited('2026-10-30T00:00:00Z', 'approved') }),
      undefined,
      'overdue',
    ],
    [
      'visited on the first in China, still the last day before in UTC',
      household({ last_visit: visited('2026-10-31T17:00:00Z', 'approved') }),
      undefined,
      'done',
    ],
    [
      'returned',
      household({ returned, last_visit: visited('2026-11-02T00:00:00Z', 'returned') }),
      undefined,
      'returned',
    ],
    [
      'returned and corrected since, still on this phone',
      household({ returned }),
      saved({ revises: 'v0' }),
      'done',
    ],
    ['returned, with a later visit that does not answer it', household({ returned }), saved({}), 'returned'],
    [
      'returned, with an answer that was refused',
      household({ returned }),
      saved({ revises: 'v0', state: 'rejected' }),
      'returned',
    ],
    [
      'returned after the visit on this phone',
      household({ returned }),
      saved({ savedAt: Date.parse('2026-11-19T00:00:00Z') }),
      'returned',
    ],
  ] as const)('puts a household %s into its group', (_name, item, visit, group) => {
    expect(groupOf(item, viewOf(context(visit ? [visit] : [])))).toBe(group);
  });

  it('counts a visit that waits on this phone as done but not as delivered', () => {
    const sorted = sortWork([household({ due_on: '2026-11-21' })], context([saved({})]));
    expect([sorted.done, sorted.delivered, sorted.total]).toEqual([1, 0, 1]);
  });

  it('does not count a refused or replaced visit', () => {
    const visits = [saved({ state: 'rejected' }), saved({ correctedBy: 'w' })];
    expect(sortWork([household({ due_on: '2026-11-21' })], context(visits)).done).toBe(0);
  });

  it('puts the longest overdue first, then the more fragile', () => {
    const items = [
      household({ id: 'x', due_on: '2026-11-20' }),
      household({ id: 'y', due_on: '2026-11-18' }),
      household({ id: 'z', due_on: '2026-11-20', category: 'sudden' }),
    ];
    const order = sortWork(items, context([])).groups.overdue.map((item) => item.id);
    expect(order).toEqual(['y', 'z', 'x']);
  });

  const MONTHLY = { monitored: 1, others: 1 };
  const QUARTERLY = { monitored: 1, others: 3 };

  it.each([
    ['never visited, quarterly', { last_visited_on: null }, [], QUARTERLY, '2026-12-31'],
    ['never visited, monthly', { last_visited_on: null }, [], MONTHLY, '2026-11-30'],
    ['monitored', { last_visited_on: '2026-10-02', category: 'sudden' }, [], QUARTERLY, '2026-11-30'],
    [
      'by a county that has not said how often',
      { last_visited_on: null, due_on: '2026-11-24' },
      [],
      null,
      '2026-11-24',
    ],
    ['in a row of an older server', { due_on: '2026-11-24' }, [], MONTHLY, '2026-11-24'],
    [
      'by a visit that waits on this phone',
      { last_visited_on: '2026-08-01' },
      [saved({})],
      MONTHLY,
      '2026-12-31',
    ],
    [
      'by the server’s visit when that is newer',
      { last_visited_on: '2026-11-22' },
      [saved({ savedAt: Date.parse('2026-09-01T02:00:00Z') })],
      MONTHLY,
      '2026-12-31',
    ],
  ] as const)('reckons when a household is due: %s', (_name, over, visits, cadence, due) => {
    expect(dueDay(household(over), viewOf(context(visits, { cadence })))).toBe(due);
  });

  it('counts today, also what still waits on this phone, against what is for today', () => {
    const items = [
      household({ id: 'h', due_on: '2026-11-21' }),
      household({ id: 'o', due_on: '2026-11-20' }),
      household({ id: 'l', due_on: '2026-12-31' }),
      household({ id: 'm', last_visit: visited('2026-11-02T00:00:00Z', 'approved') }),
    ];
    const now = saved({ savedAt: Date.parse('2026-11-22T01:00:00Z') });
    const sorted = sortWork(items, context([now]));
    expect([sorted.today, sorted.forToday, sorted.done]).toEqual([1, 2, 2]);
  });

  it('lists the nearest houses that are not urgent, by distance, once it is known where the phone is', () => {
    const at = (id: string, metres: number, due_on = '2026-12-31') =>
      household({ id, due_on, home: { lat: (24.78 + metres / 111_195).toFixed(6), lon: '110.49' } });
    const items = [
      at('far', 900),
      at('b', 300),
      at('a', 40),
      at('due', 10, '2026-11-23'),
      household({ id: 'x' }),
    ];
    const here = { lat: '24.78', lon: '110.49' };
    const { groups } = sortWork(items, context([], { here }));
    expect(groups.near.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(groups.due.map(({ id }) => id)).toEqual(['due']);
    expect(groups.later.map(({ id }) => id)).toEqual(['far', 'x']);
    expect(sortWork(items, context([])).groups.near).toEqual([]);
  });
});
