// @vitest-environment happy-dom
/** The form as a person meets it. */
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerTexts } from '../../core/i18n';
import { texts as core } from '../../i18n/zh-CN/core';
import { texts as zh } from '../../i18n/zh-CN/visit';
import { FormScreen } from './formScreen';
import { CLEAN, checklist, HEAD, household, openWorld, SON, type WorldOptions } from './testWorld';

beforeAll(() => {
  registerTexts({ zh: { ...core, ...zh }, en: {} });
  // The stand-in browser has no layout, so there is nothing to scroll and no modal layer.
  Element.prototype.scrollIntoView = () => undefined;
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
});
beforeEach(() => {
  location.hash = '';
});
afterEach(cleanup);

function open(options?: WorldOptions) {
  const world = openWorld(options);
  render(<FormScreen controller={world.controller} onMoved={() => undefined} />);
  return world;
}

const group = (name: string | RegExp) => screen.getByRole('group', { name });
const pickIn = (name: string | RegExp, option: string) => {
  const box = within(group(name)).getByLabelText(option);
  fireEvent.pointerDown(box);
  fireEvent.click(box);
};
const main = () => screen.getByRole('button', { name: /下一项|检查并保存/ });
const answers = (world: ReturnType<typeof open>) => world.controller.draft.value.answers;

describe('filling in', () => {
  it('chooses nothing in advance', () => {
    open();
    for (const box of screen.getAllByRole('radio')) expect((box as HTMLInputElement).checked).toBe(false);
    for (const box of screen.getAllByRole('checkbox')) expect((box as HTMLInputElement).checked).toBe(false);
  });

  it('shows the register beside the question about changes', () => {
    open();
    expect(screen.getByText('名册上有 3 口人')).toBeTruthy();
    expect(screen.getByText(/甲某（户主，63 岁）、乙某（之子，34 岁）/)).toBeTruthy();
  });

  it('moves to the next section by itself when a tap settles the last question of one', async () => {
    open();
    pickIn('已说明来意、用途并征得同意', '已同意');
    pickIn('家里人口或住址有变化吗？', '没有');
    await waitFor(() => expect(group('吃穿有没有缺的？')).toBeTruthy());
    expect(screen.getByRole('button', { name: /走访 已答/ })).toBeTruthy();
  });

  it('stays where it is when the answer was given with the keyboard', async () => {
    open({ draft: { answers: { roster_change: [] } } });
    const box = within(group('已说明来意、用途并征得同意')).getByLabelText('已同意');
    fireEvent.keyDown(box, { key: ' ' });
    fireEvent.click(box);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(group('已说明来意、用途并征得同意')).toBeTruthy();
  });

  it('stores several choices, and "none" pushes them out', () => {
    const world = open({ draft: { at: 'basic_lack' } });
    pickIn('吃穿有没有缺的？', '口粮不够');
    pickIn('吃穿有没有缺的？', '缺被褥');
    expect(answers(world)['basic_lack']).toEqual(['grain', 'bedding']);
    pickIn('吃穿有没有缺的？', '都不缺');
    expect(answers(world)['basic_lack']).toEqual([]);
    const grain = within(group('吃穿有没有缺的？')).getByLabelText('口粮不够') as HTMLInputElement;
    expect(grain.checked).toBe(false);
  });

  it('opens a card for the patient named and echoes large amounts in 万', () => {
    const world = open({ draft: { answers: { ...CLEAN, ill_who: [HEAD.id] }, at: 'ill_who' } });
    expect(screen.getByText('患者 · 甲某（户主，63 岁）')).toBeTruthy();
    fireEvent.input(screen.getByLabelText(/今年个人自付/), { target: { value: '12000' } });
    expect(answers(world)['ill']).toEqual([{ who: HEAD.id, ill_selfpay: '12000.00' }]);
    expect(screen.getByText('元 = 1.2 万')).toBeTruthy();
  });

  it('says at once what is wrong with an answer, where a screen reader hears it', () => {
    const ill = [{ who: HEAD.id, ill_selfpay: '6000.00', ill_selffund: '7000.00' }];
    open({ draft: { answers: { ...CLEAN, ill_who: [HEAD.id], ill }, at: 'ill_who' } });
    const input = screen.getByLabelText('其中目录外自费');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const note = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    expect(note?.textContent).toContain('目录外自费不能大于自付自费合计');
  });

  it('keeps a note with its question', () => {
    const world = open();
    fireEvent.click(screen.getAllByRole('button', { name: '补充说明' })[0] as HTMLElement);
    fireEvent.input(screen.getByLabelText(/补充说明（/), { target: { value: '女儿代答' } });
    expect(world.controller.draft.value.notes).toEqual({ consent: '女儿代答' });
  });
});

describe('last time', () => {
  const last = {
    id: 'x',
    visited_at: '2026-09-12T02:00:00Z',
    state: 'approved',
    severity: 'none',
    checklist_version: '2026-1',
  } as const;

  it('is offered line by line and taken with one tap', async () => {
    const home = household({ last_visit: { ...last, answers: { basic_lack: ['grain'] } } });
    const world = open({ home, draft: { at: 'basic_lack' } });
    const offer = screen.getByRole('button', { name: /9月12日.*口粮不够.*和上次一样/ });
    expect(answers(world)['basic_lack']).toBeUndefined();
    fireEvent.click(offer);
    expect(answers(world)['basic_lack']).toEqual(['grain']);
    await waitFor(() => expect(screen.queryByRole('button', { name: /口粮不够/ })).toBeNull());
  });

  it('does not run away from whoever says more right after that tap', async () => {
    const home = household({ last_visit: { ...last, answers: { basic_lack: ['grain'] } } });
    const world = open({ home, draft: { at: 'basic_lack' } });
    fireEvent.click(screen.getByRole('button', { name: /口粮不够.*和上次一样/ }));
    pickIn('吃穿有没有缺的？', '缺被褥');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(group('吃穿有没有缺的？')).toBeTruthy();
    expect(answers(world)['basic_lack']).toEqual(['grain', 'bedding']);
  });
});

describe('a returned visit', () => {
  it('shows the comment on top and again beside its question, with the old answers filled in', () => {
    const returned = {
      visit_id: 'v0',
      comment: '请补收入',
      comments: [{ question: 'house_state', text: '照片里有裂缝' }],
      answers: CLEAN,
      notes: {},
      photos: [],
      reviewed_at: '2026-11-20T00:00:00Z',
      reviewer_name: '某书记',
    };
    open({ home: household({ returned }) });
    expect(screen.getByText('某书记 退回，请先改')).toBeTruthy();
    expect(screen.getByText('照片里有裂缝')).toBeTruthy();
    const safe = within(group('现住房安全吗？')).getByLabelText(/安全/) as HTMLInputElement;
    expect(safe.checked).toBe(true);
  });
});

describe('the member form', () => {
  it('adds a person, checks the number and lets answers name them', async () => {
    const world = open({ draft: { answers: { ...CLEAN, roster_change: ['born'] }, at: 'roster_edit' } });
    fireEvent.click(screen.getByRole('button', { name: '增加一个人' }));
    fireEvent.input(screen.getByLabelText('姓名'), { target: { value: '丁某' } });
    fireEvent.input(screen.getByLabelText('身份证号'), { target: { value: '110105194912310021' } });
    await screen.findByText('身份证号最后一位对不上，请核对');
    fireEvent.input(screen.getByLabelText('身份证号'), { target: { value: '11010519491231002x' } });
    await waitFor(() => expect(screen.queryByText(/最后一位对不上/)).toBeNull());
    expect((screen.getByLabelText('出生日期') as HTMLInputElement).value).toBe('1949-12-31');
    expect((screen.getByLabelText('性别') as HTMLSelectElement).value).toBe('female');
    expect(world.controller.form.value.around.people.map((p) => p.name)).toContain('丁某');
  });

  it('says that the household needs a head when the head is taken out, until that is undone', async () => {
    open({ draft: { answers: { ...CLEAN, roster_change: ['died'] }, at: 'roster_edit' } });
    fireEvent.click(screen.getByRole('button', { name: '减少 甲某' }));
    await screen.findByText(/没有户主了/);
    fireEvent.click(screen.getByRole('button', { name: '撤销' }));
    await waitFor(() => expect(screen.queryByText(/没有户主了/)).toBeNull());
    expect(screen.getByRole('button', { name: `减少 ${SON.name}` })).toBeTruthy();
  });
});

describe('saving', () => {
  const openSheet = () => {
    fireEvent.click(main());
    return within(screen.getByRole('dialog'));
  };

  it('says what is missing, jumps there, and saves only after "not asked" is confirmed', async () => {
    const { ask_help: _, ...most } = CLEAN;
    const world = open({ draft: { answers: most, at: 'ask_help' } });
    const sheet = openSheet();
    expect(sheet.getByText('还有 1 题没问')).toBeTruthy();
    const save = sheet.getByRole('button', { name: '保存' }) as HTMLButtonElement;
    expect(save.disabled).toBe(true);
    expect(sheet.getByText('先补问 1 题，或在上面勾选确认，才能保存。')).toBeTruthy();
    fireEvent.click(sheet.getByLabelText(/这些题没问到/));
    expect(sheet.queryByText(/才能保存/)).toBeNull();
    expect(save.disabled).toBe(false);
    fireEvent.click(save);
    await screen.findByRole('heading', { name: '已保存' });
    expect(screen.getByText('待传，有网自动发送')).toBeTruthy();
    expect(world.sent[0]?.body.answers).not.toHaveProperty('ask_help');
  });

  it('jumps to a missing question', async () => {
    const { house_state: _, ...most } = CLEAN;
    open({ draft: { answers: most, at: 'ask_help' } });
    fireEvent.click(openSheet().getByRole('button', { name: '现住房安全吗？' }));
    await waitFor(() => expect(group('现住房安全吗？')).toBeTruthy());
  });

  it('does not save while an answer is wrong, whatever is confirmed', () => {
    open({ draft: { answers: { ...CLEAN, job_state: 'nolabour' }, at: 'sign' } });
    const sheet = openSheet();
    expect(sheet.getByText('有 1 处要改')).toBeTruthy();
    expect(sheet.getByText(/名册中有劳动力/)).toBeTruthy();
    expect((sheet.getByRole('button', { name: '保存' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('is never held up by a missing place', async () => {
    const world = open({ draft: { answers: CLEAN, at: 'ask_help' } });
    const sheet = openSheet();
    fireEvent.click(sheet.getByLabelText('没有信号'));
    fireEvent.click(sheet.getByRole('button', { name: '保存' }));
    await screen.findByRole('heading', { name: '已保存' });
    expect(world.sent[0]?.body).toMatchObject({ location: null, location_missing_reason: 'signal' });
  });

  it('that failed says so and can be tried again', async () => {
    let full = true;
    open({
      draft: { answers: CLEAN, at: 'ask_help' },
      services: { enqueueVisit: () => (full ? Promise.reject(new Error('full')) : Promise.resolve('v1')) },
    });
    const sheet = openSheet();
    fireEvent.click(sheet.getByRole('button', { name: '保存' }));
    await sheet.findByText(/没能保存，填写的内容还在/);
    expect(screen.queryByText('已保存')).toBeNull();
    full = false;
    fireEvent.click(sheet.getByRole('button', { name: '保存' }));
    await screen.findByRole('heading', { name: '已保存' });
  });

  it('ends at once when consent is refused', async () => {
    const world = open({ draft: { answers: { consent: 'no', house_state: 'D' }, at: 'consent' } });
    const sheet = openSheet();
    expect(sheet.getByText(/只记下这次来过/)).toBeTruthy();
    fireEvent.click(sheet.getByRole('button', { name: '保存' }));
    await screen.findByRole('heading', { name: '已保存' });
    expect(world.sent[0]?.body.answers).toEqual({ consent: 'no' });
  });
});

describe('beside the last visit', () => {
  const last = (answers: object) =>
    household({
      last_visit: {
        id: 'v0',
        visited_at: '2026-11-12T02:00:00Z',
        state: 'approved',
        severity: 'none',
        checklist_version: '2026-1',
        answers: answers as never,
      },
    });

  it('shows what a section was and takes it over with one tap, then moves on', async () => {
    const world = open({ home: last(CLEAN), draft: { at: 'job_state' } });
    const card = within(screen.getByRole('region', { name: '就业产业：上次的回答' }));
    expect(card.getByText('种养、经营受损或失收吗？')).toBeTruthy();
    fireEvent.pointerDown(card.getByRole('button'));
    fireEvent.click(card.getByRole('button', { name: '这 2 问都和上次一样' }));
    expect(answers(world)).toMatchObject({ job_state: 'stable', biz_event: 'none' });
    await waitFor(() => expect(group(/人均纯收入/)).toBeTruthy());
    expect(screen.getByRole('button', { name: /就业产业 和上次一样/ })).toBeTruthy();
  });

  it('wants a reason for a large change before it saves', async () => {
    const world = open({
      home: last({ ...CLEAN, house_state: 'C', house_cause: 'age', house_fix: 'can' }),
      draft: { answers: CLEAN, at: 'ask_help' },
    });
    fireEvent.click(main());
    const sheet = within(screen.getByRole('dialog'));
    expect(sheet.getByText('有 1 处和上次差得多，为什么？')).toBeTruthy();
    const save = sheet.getByRole('button', { name: '保存' }) as HTMLButtonElement;
    expect(save.disabled).toBe(true);
    fireEvent.click(sheet.getByLabelText('情况真变了'));
    expect(save.disabled).toBe(false);
    fireEvent.click(save);
    await screen.findByRole('heading', { name: '已保存' });
    expect(world.sent[0]?.body.since_last?.changes['house_state']?.reason).toBe('real');
  });
});

describe('finding the way', () => {
  it('leads back to what was passed by, and says nothing while nothing was', async () => {
    const { basic_lack: _, ...most } = CLEAN;
    const world = open({ draft: { answers: most, at: 'water_state' } });
    fireEvent.click(screen.getByRole('button', { name: '没答的 1' }));
    await waitFor(() => expect(group('吃穿有没有缺的？')).toBeTruthy());
    expect(world.controller.draft.value.at).toBe('basic_lack');
    expect(screen.queryByRole('button', { name: /没答的/ })).toBeNull();
  });

  it('takes an answer back, so that it is not asked again', () => {
    const world = open({ draft: { answers: { house_state: 'D' }, at: 'house_state' } });
    fireEvent.click(screen.getByRole('button', { name: '清除回答：现住房安全吗？' }));
    expect(answers(world)).toEqual({});
    const safe = within(group('现住房安全吗？')).getByLabelText(/安全/) as HTMLInputElement;
    expect(safe.checked).toBe(false);
  });

  it('says when a keystroke is on the disk, and only then', async () => {
    let store: () => void = () => undefined;
    const world = open({ services: { saveDraft: () => new Promise((done) => (store = done)) } });
    expect(screen.queryByText('已存')).toBeNull();
    pickIn('已说明来意、用途并征得同意', '已同意');
    expect(screen.getByText('在存')).toBeTruthy();
    await waitFor(() => store());
    store();
    await screen.findByText('已存');
    expect(world.controller.stored.value).toBe('kept');
  });
});

describe('a newer checklist', () => {
  const newer = { ...checklist, version: '2026-2' };

  it('changes nothing by itself; refused, it stays out of the way but within reach', async () => {
    const world = open({ newer, resumed: true, draft: { answers: { consent: 'yes' } } });
    expect(screen.getByText(/走访清单有新版（2026-2）/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '看哪里不同' }));
    expect(screen.getByText('这一户要问的题和已有的回答都不变。')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '不换' }));
    expect(screen.queryByText(/走访清单有新版/)).toBeNull();
    expect(screen.getByText(/按 2026-1 填完/)).toBeTruthy();
    expect(world.controller.draft.value.checklist_version).toBe('2026-1');
  });
});
