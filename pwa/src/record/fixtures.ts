/** A small checklist and one recorded visit, for tests. Names and numbers are made up. */
import type { ChecklistJson, VisitDetail, VisitSummary } from '../core/api/types';

const both = (zh: string, en = zh) => ({ zh, en });
const option = (id: string, zh: string) => ({ id, label: both(zh) });

export const CHECKLIST_JSON: ChecklistJson = {
  version: '2026-1',
  sections: [
    { id: 'health', title: both('医疗', 'Health') },
    { id: 'housing', title: both('住房', 'Housing') },
    { id: 'end', title: both('结束', 'End') },
  ],
  questions: [
    {
      id: 'ins_gap',
      section: 'health',
      type: 'members',
      label: both('今年有谁没参加医保？'),
      options: [option('none', '都参加了'), option('unknown', '说不清')],
    },
    {
      id: 'ill_who',
      section: 'health',
      type: 'members',
      label: both('有谁住院？'),
      options: [option('none', '没有')],
    },
    {
      id: 'ill_type',
      section: 'health',
      type: 'one',
      loop: 'ill',
      label: both('属于哪一种'),
      options: [option('serious', '大病/重病')],
    },
    {
      id: 'ill_selfpay',
      section: 'health',
      type: 'money',
      loop: 'ill',
      label: both('今年个人自付+自费累计（报销后）'),
    },
    {
      id: 'house_state',
      section: 'housing',
      type: 'one',
      label: both('现住房安全吗？'),
      options: [option('safe', '安全（A/B级）'), option('C', 'C级')],
    },
    {
      id: 'house_prior',
      section: 'housing',
      type: 'many',
      label: both('有下列情形吗？'),
      options: [
        option('none', '没有'),
        option('relocated', '已易地扶贫搬迁'),
        option('over_std', '超标准危改'),
      ],
    },
    { id: 'photos', section: 'end', type: 'photo', label: both('照片') },
  ],
  loops: [{ id: 'ill', key: 'who' }],
};

export function makeSummary(id: string, changes: Partial<VisitSummary> = {}): VisitSummary {
  return {
    id,
    household: {
      id: `h-${id}`,
      head_name: `户${id}`,
      number: '450321101201001',
      category: 'ordinary',
      village: '白沙村',
      natural_village: '大寨屯',
      township: '白沙镇',
    },
    author_name: '李梅',
    visited_at: '2026-11-20T02:00:00.000Z',
    received_at: '2026-11-20T03:00:00.000Z',
    revision: 1,
    state: 'submitted',
    severity: 'none',
    light_counts: { red: 0, yellow: 0, attention: 0 },
    top_lights: [],
    risks: [],
    changed_count: 0,
    dismissed_count: 0,
    spot_check: false,
    photo_count: 0,
    photos_ready: 0,
    hinted: false,
    ...changes,
  };
}

const member = (id: string, name: string, relation: string) => ({
  id,
  name,
  relation,
  sex: 'female' as const,
  age: 60,
  stage: null,
  labour: 'half' as const,
  id_masked: '450321********123X',
  main_labour: false,
  disability_grade: null,
});

export function makeDetail(id: string, changes: Partial<VisitDetail> = {}): VisitDetail {
  const { household, ...summary } = makeSummary(id);
  return {
    ...summary,
    household: {
      ...household,
      pinyin: '',
      initials: '',
      id_tail: '123X',
      region_code: '45032110120101',
      grid: '第一网格',
      address: '',
      phone_masked: '',
      revision: 1,
      roster: {},
      home: null,
      last_visited_on: null,
      due_on: null,
      members: [member('m1', '覃秀兰', '户主'), member('m2', '莫小军', '之子')],
    },
    answers: {
      ins_gap: [],
      ill_who: ['m1'],
      ill: [{ who: 'm1', ill_type: 'serious', ill_selfpay: '12000.00' }],
      house_state: 'safe',
    },
    notes: { house_state: '屋顶去年修过' },
    checklist_version: '2026-1',
    location: null,
    location_missing_reason: null,
    distance_m: null,
    clock_offset_ms: 0,
    clock_suspect: false,
    hints: [],
    clock: null,
    since_last: null,
    lights: [],
    unknown: [],
    not_asked: ['house_prior'],
    changes: [],
    photos: [],
    reviews: [],
    dismissals: [],
    correction: null,
    revisions: [{ id, revision: 1, state: 'submitted', received_at: '2026-11-20T03:00:00.000Z' }],
    receipt: { number: '7K4M-29', seq: 1, received_at: '2026-11-20T03:00:00.000Z' },
    previous_visit: null,
    ...changes,
  };
}
