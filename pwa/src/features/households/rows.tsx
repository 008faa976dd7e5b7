/** The lines of the worklist: group headings and one row a household, each of a known height. */
import type { Household } from '../../core/api/types';
import { daysBetween } from '../../core/clock';
import { categoryWord, severityWord, showDay } from '../../core/format';
import { t } from '../../core/i18n';
import { arrived } from '../../core/outbox/returns';
import type { TextSize } from '../../core/prefs';
import { LightShape } from '../../ui/light';
import { Tag, type Tone } from '../../ui/tag';
import {
  type Context,
  dueDay,
  GROUPS,
  type GroupId,
  groupOf,
  metresTo,
  type Sorted,
  savedThisMonth,
  type View,
  viewOf,
} from './worklist';

export interface RowContext extends Context {
  drafts: ReadonlySet<string>;
}

interface Mark {
  tone: Tone;
  words: string;
}

/** What all rows of a list share; words are made only for the rows that are drawn. */
interface Shared extends View {
  drafts: ReadonlySet<string>;
}

interface Row {
  kind: 'row';
  household: Household;
  /** null when the row has to find out, as in search results. */
  group: GroupId | null;
  shared: Shared;
  first: boolean;
  last: boolean;
}

export type Line = { kind: 'group'; id: GroupId; count: number } | Row;

function markOf(household: Household, group: GroupId, shared: Shared): Mark {
  if (group === 'returned') return { tone: 'solid', words: t('row.returned') };
  if (shared.drafts.has(household.id)) return { tone: 'accent', words: t('row.draft') };
  if (group === 'done') {
    const saved = savedThisMonth(household, shared);
    return saved && !arrived(saved.state)
      ? { tone: 'plain', words: t('row.waiting') }
      : { tone: 'green', words: t('row.done') };
  }
  const due = dueDay(household, shared);
  if (due === null) return { tone: 'plain', words: '' };
  const days = daysBetween(shared.today, due);
  if (days < 0) return { tone: 'strong', words: t('row.overdue', { n: -days }) };
  return { tone: 'plain', words: days === 0 ? t('row.today') : t('row.due', { day: showDay(due) }) };
}

/** "180 米", for houses one may walk to; farther ones only fill the line. */
function awayOf(household: Household, shared: Shared): string {
  const metres = metresTo(household, shared);
  return metres !== null && metres < 1000 ? t('row.metres', { n: metres }) : '';
}

/** The second line: what to correct, or who lives there. */
function belowOf(household: Household, group: GroupId, shared: Shared): string {
  const returned = household.returned;
  if (group === 'returned' && returned) return returned.comment || (returned.comments[0]?.text ?? '');
  const parts = [
    awayOf(household, shared),
    categoryWord(household.category),
    t('row.members', { n: household.members.length }),
    household.natural_village || household.village,
  ];
  return parts.filter(Boolean).join(' · ');
}

function toLines(items: readonly Household[], group: GroupId | null, shared: Shared): Line[] {
  const end = items.length - 1;
  return items.map((household, i) => ({
    kind: 'row',
    household,
    group,
    shared,
    first: i === 0,
    last: i === end,
  }));
}

function share(context: RowContext): Shared {
  return { ...viewOf(context), drafts: context.drafts };
}

/** The worklist as lines, empty groups left out. */
export function linesOf(sorted: Sorted, context: RowContext): Line[] {
  const shared = share(context);
  return GROUPS.flatMap((id): Line[] => {
    const items = sorted.groups[id];
    if (items.length === 0) return [];
    return [{ kind: 'group', id, count: items.length }, ...toLines(items, id, shared)];
  });
}

/** Search results as lines, best first, without headings. */
export function resultLines(found: readonly Household[], context: RowContext): Line[] {
  return toLines(found, null, share(context));
}

const NORMAL = (line: Line) => (line.kind === 'group' ? 44 : 74);
const LARGE = (line: Line) => (line.kind === 'group' ? 54 : 92);

/** Heights of the lines for a text size, one stable function each. */
export function heights(size: TextSize): (line: Line) => number {
  return size === 'large' ? LARGE : NORMAL;
}

/** One line of the list: a heading or a household. */
export function ListLine({ line }: { line: Line }) {
  if (line.kind === 'row') return <HouseholdRow line={line} />;
  return (
    <h2 class="group hh-group">
      <span>{t(`group.${line.id}`)}</span>
      <span class="num">{t('group.count', { n: line.count })}</span>
    </h2>
  );
}

function HouseholdRow({ line }: { line: Row }) {
  const { household, shared } = line;
  const group = line.group ?? groupOf(household, shared);
  const mark = markOf(household, group, shared);
  const severity = household.last_visit?.severity;
  const edge = `${line.first ? ' hh-first' : ''}${line.last ? ' hh-last' : ''}`;
  return (
    <a class={`row-link hh-row${edge}`} href={`#/household/${household.id}`}>
      <span class="row-who">
        <b class="hh-name">{household.head_name}</b>
        <small>
          {severity && severity !== 'none' && (
            <span class={`hh-light light-${severity}`}>
              <LightShape severity={severity} size={13} />
              {severityWord(severity)}
            </span>
          )}
          {belowOf(household, group, shared)}
        </small>
      </span>
      {mark.words && <Tag tone={mark.tone}>{mark.words}</Tag>}
    </a>
  );
}
