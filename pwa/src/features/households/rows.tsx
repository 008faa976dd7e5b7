/** The lines of the worklist: group headings and one row a household, each of a known height. */
import type { Household } from '../../core/api/types';
import { daysBetween } from '../../core/clock';
import { categoryWord, severityWord, showDay } from '../../core/format';
import { t } from '../../core/i18n';
import { answeredReturns, arrived } from '../../core/outbox/returns';
import type { TextSize } from '../../core/prefs';
import { LightShape } from '../../ui/light';
import { Tag, type Tone } from '../../ui/tag';
import {
  type Context,
  GROUPS,
  type GroupId,
  groupOf,
  type SavedVisit,
  type Sorted,
  savedThisMonth,
} from './worklist';

export interface RowContext extends Context {
  drafts: ReadonlySet<string>;
}

interface Mark {
  tone: Tone;
  words: string;
}

/** What all rows of a list share; words are made only for the rows that are drawn. */
interface Shared extends RowContext {
  latest: ReadonlyMap<string, SavedVisit>;
  answered: ReadonlySet<string>;
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

function markOf(
  household: Household,
  group: GroupId,
  saved: SavedVisit | undefined,
  context: RowContext,
): Mark {
  if (group === 'returned') return { tone: 'solid', words: t('row.returned') };
  if (context.drafts.has(household.id)) return { tone: 'accent', words: t('row.draft') };
  if (group === 'done')
    return saved && !arrived(saved.state)
      ? { tone: 'plain', words: t('row.waiting') }
      : { tone: 'green', words: t('row.done') };
  if (household.due_on === null) return { tone: 'plain', words: '' };
  const days = daysBetween(context.today, household.due_on);
  if (days < 0) return { tone: 'strong', words: t('row.overdue', { n: -days }) };
  const words = days === 0 ? t('row.today') : t('row.due', { day: showDay(household.due_on) });
  return { tone: 'plain', words };
}

/** The second line: what to correct, or who lives there. */
function belowOf(household: Household, group: GroupId): string {
  const returned = household.returned;
  if (group === 'returned' && returned) return returned.comment || (returned.comments[0]?.text ?? '');
  const parts = [
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
  return { ...context, latest: savedThisMonth(context), answered: answeredReturns(context.saved) };
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

export function keyOf(line: Line): string {
  return line.kind === 'group' ? line.id : line.household.id;
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
  const visit = shared.latest.get(household.id);
  const group = line.group ?? groupOf(household, visit, shared.answered, shared.today);
  const mark = markOf(household, group, visit, shared);
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
          {belowOf(household, group)}
        </small>
      </span>
      {mark.words && <Tag tone={mark.tone}>{mark.words}</Tag>}
    </a>
  );
}
