/** All answers of a visit in the order of the checklist, each loop item under the person it is about. */
import type { Answers, Member } from '../core/api/types';
import type { Json } from '../core/canonical';
import { pick, t } from '../core/i18n';
import { answerText, type People, personName, type Shown } from './answers';
import type { Checklist, Loop, Question } from './checklist';

export interface AnswerRow {
  readonly key: string;
  /** `question`, or `question@member` inside a loop. */
  readonly step: string;
  readonly question: string;
  readonly label: string;
  readonly shown: Shown;
  readonly observer: boolean;
}

/** Rows about one person (`who` set), or about the household. */
export interface AnswerGroup {
  readonly who: string | null;
  readonly rows: readonly AnswerRow[];
}

export interface AnswerSection {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly AnswerGroup[];
  /** Questions of this section that nobody asked. */
  readonly notAsked: readonly AnswerRow[];
  readonly askedCount: number;
}

type Item = { readonly [field: string]: Json | undefined };
const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entries of a loop; a missing or broken list has none. */
export function loopItems(answers: Answers, loop: string): Item[] {
  const value = answers[loop];
  return Array.isArray(value) ? value.filter(isItem) : [];
}

/** "覃秀兰" or "覃秀兰 · 2025 年" when the visit asked about two years. */
export function itemName(people: People, loop: Loop, item: Item): string {
  const id = item[loop.key];
  const name = personName(people, typeof id === 'string' ? id : '');
  const year = item['year'];
  return year === undefined || year === null ? name : t('record.inYear', { name, year: String(year) });
}

function row(
  question: Question,
  key: string,
  value: Json | undefined,
  people: People,
  who?: Json,
): AnswerRow {
  return {
    key,
    step: typeof who === 'string' ? `${question.id}@${who}` : question.id,
    question: question.id,
    label: pick(question.label),
    shown: answerText(question, value, people),
    observer: question.observer,
  };
}

function loopGroups(
  loop: Loop,
  questions: readonly Question[],
  answers: Answers,
  people: People,
): AnswerGroup[] {
  return loopItems(answers, loop.id).map((item, index) => ({
    who: itemName(people, loop, item),
    rows: questions.map((one) => row(one, `${one.id}:${index}`, item[one.id], people, item[loop.key])),
  }));
}

/** Sections with at least one question; photos are shown elsewhere and left out. */
export function answerSections(
  checklist: Checklist,
  answers: Answers,
  members: readonly Member[],
): AnswerSection[] {
  return checklist.sections
    .map((section) => sectionRows(section.id, pick(section.title), checklist, answers, members))
    .filter((section) => section.groups.length + section.notAsked.length > 0);
}

function sectionRows(
  id: string,
  title: string,
  checklist: Checklist,
  answers: Answers,
  people: People,
): AnswerSection {
  const mine = checklist.questions.filter((one) => one.section === id && one.type !== 'photo');
  const plain = mine
    .filter((one) => one.loop === null || isPlainAnswer(answers, one.id))
    .map((one) => row(one, one.id, answers[one.id], people));
  const groups = checklist.loops.flatMap((loop) =>
    loopGroups(
      loop,
      mine.filter((one) => one.loop === loop.id && !isPlainAnswer(answers, one.id)),
      answers,
      people,
    ),
  );
  const asked = plain.filter((one) => one.shown.asked);
  const all: AnswerGroup[] = asked.length > 0 ? [{ who: null, rows: asked }] : [];
  const full = [...all, ...groups.filter((group) => group.rows.length > 0)];
  return {
    id,
    title,
    groups: full,
    notAsked: plain.filter((one) => !one.shown.asked),
    askedCount: full.reduce((sum, group) => sum + group.rows.filter((one) => one.shown.asked).length, 0),
  };
}

/** A loop question may also be answered for the whole household (aid of students without a list). */
function isPlainAnswer(answers: Answers, id: string): boolean {
  return answers[id] !== undefined && answers[id] !== null;
}
