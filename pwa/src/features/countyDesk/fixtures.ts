/** Cases and stories for tests. */
import type { CaseDetail, CasePage, Recheck, Story, StoryEntry, StoryKind } from '../../core/api/deskTypes';

export function makeRow(id: string, over: Partial<Recheck> = {}): Recheck {
  return {
    visit_id: id,
    household: {
      id: `h-${id}`,
      head_name: `户${id}`,
      number: `4503211${id}`,
      category: 'ordinary',
      village: '榕山村',
      natural_village: '马山脚屯',
      township: '阳朔镇',
    },
    month: '2026-11',
    decided_on: '2026-11-20',
    reviewer_name: '黄秋菊',
    escalated: false,
    severity: 'red',
    risks: ['illness'],
    top_lights: [{ zh: '刚性支出超过上年收入', en: 'spending above income' }],
    visited_at: '2026-11-19T02:00:00Z',
    author_name: '韦春燕',
    state: 'handed_up',
    starts_on: '2026-11-20',
    due_on: '2026-11-25',
    overdue: false,
    rounds: 0,
    cause: 'illness',
    persons: 4,
    opinion: '情况属实',
    outcome_at: '2026-11-21T02:00:00Z',
    officer_name: '陆小兰',
    handed_up_at: '2026-11-21T02:00:00Z',
    assignee_id: null,
    assignee_name: null,
    department: null,
    concluded_at: null,
    ...over,
  };
}

export function makePage(items: readonly Recheck[], over: Partial<CasePage> = {}): CasePage {
  const households = items.length;
  const persons = items.reduce((sum, row) => sum + row.persons, 0);
  const figures = { households, persons, unassigned: households };
  return {
    items: [...items],
    next: null,
    counts: {
      ...figures,
      by_township: [{ ...figures, township: '450321100', name: '阳朔镇' }],
      by_cause: [{ ...figures, cause: 'illness' }],
    },
    ...over,
  };
}

export function makeCase(id: string, over: Partial<CaseDetail> = {}): CaseDetail {
  const clock = {
    clock: 'CLK-1',
    label: { zh: '三个工作日', en: 'three working days' },
    unit: 'workdays',
    count: 3,
    binding: true,
    articles: [],
  };
  return {
    ...makeRow(id),
    lights: [],
    outcomes: [
      {
        id: `o-${id}`,
        visit_id: id,
        decision: 'hand_up',
        cause: 'illness',
        opinion: '入户看过，属实',
        home_on: '2026-11-20',
        home_by: '覃明、韦莉',
        findings: [{ rule: 'R-INC-01', found: 'yes', note: '看了票据' }],
        newer_visit_id: null,
        officer_name: '陆小兰',
        created_at: '2026-11-21T02:00:00Z',
      },
    ],
    newer_visit: null,
    may_settle: false,
    obstacle: null,
    clock,
    decisions: [],
    ...over,
  };
}

export function makeEntry(kind: StoryKind, at: string, over: Partial<StoryEntry> = {}): StoryEntry {
  return {
    at,
    kind,
    who: null,
    role: null,
    visit_id: null,
    code: null,
    severity: null,
    label: null,
    text: '',
    cause: null,
    rule: null,
    newer_visit_id: null,
    revision: null,
    assignee: null,
    department: null,
    home_on: null,
    home_by: null,
    findings: [],
    ...over,
  };
}

export function makeStory(entries: readonly StoryEntry[]): Story {
  return { household: makeRow('a').household, removed_at: null, entries: [...entries] };
}
