/** What is different from the last visit, as rows a reader compares: question, before, now. */
import type { Member, VisitDetail } from '../core/api/types';
import { t } from '../core/i18n';
import { answerText, difference, factLabel, personName, plainText, type Shown } from './answers';
import type { Checklist } from './checklist';

export interface ChangeRow {
  readonly key: string;
  /** `question`, or `question@member` inside a loop. */
  readonly step: string;
  readonly question: string;
  readonly label: string;
  readonly before: Shown;
  readonly after: Shown;
  /** "+7,000 元" for amounts. */
  readonly delta: string | null;
}

/** Changes about one person (`who` set), or about the household. */
export interface ChangeGroup {
  readonly who: string | null;
  readonly rows: readonly ChangeRow[];
}

type Change = VisitDetail['changes'][number];

/** A loop item is named by its member, followed by the year when two years were asked: `m1`, `m1/2025`. */
function itemLabel(members: readonly Member[], item: string): string {
  const [id = '', year] = item.split(/[/:|]/);
  const name = personName(members, id);
  return year ? t('record.inYear', { name, year }) : name;
}

function changeRow(change: Change, checklist: Checklist, members: readonly Member[]): ChangeRow {
  const question = checklist.byId.get(change.question);
  const show = (value: Change['before']): Shown =>
    question
      ? answerText(question, value, members)
      : { text: plainText(value), asked: value !== null && value !== undefined };
  return {
    key: `${change.question}:${change.item ?? ''}`,
    step: change.item === null ? change.question : `${change.question}@${change.item}`,
    question: change.question,
    label: factLabel(checklist, change.question),
    before: show(change.before),
    after: show(change.after),
    delta: difference(change.before, change.after),
  };
}

/** Household rows first, then one group a person; inside a group in the order of the checklist. */
export function changeGroups(
  changes: readonly Change[],
  checklist: Checklist,
  members: readonly Member[],
): ChangeGroup[] {
  const order = new Map(checklist.questions.map((one, index) => [one.id, index]));
  const place = (change: Change) => order.get(change.question) ?? order.size;
  const groups = new Map<string | null, Change[]>();
  for (const change of [...changes].sort((a, b) => place(a) - place(b)))
    groups.set(change.item, [...(groups.get(change.item) ?? []), change]);
  return [...groups.entries()]
    .sort(([a], [b]) => Number(a !== null) - Number(b !== null))
    .map(([item, list]) => ({
      who: item === null ? null : itemLabel(members, item),
      rows: list.map((change) => changeRow(change, checklist, members)),
    }));
}
