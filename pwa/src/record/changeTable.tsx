/** Differences from the last visit: question, before, now; loops under the person they are about. */
import type { Member, VisitDetail } from '../core/api/types';
import { dayOf } from '../core/clock';
import { showDay } from '../core/format';
import { t } from '../core/i18n';
import type { Shown } from './answers';
import { type ChangeGroup, changeGroups } from './changes';
import type { Checklist } from './checklist';

export interface ChangeTableProps {
  changes: VisitDetail['changes'];
  previous: VisitDetail['previous_visit'];
  checklist: Checklist;
  members: readonly Member[];
  /** Reasons the visitor gave for large changes, by step. */
  reasons?: NonNullable<VisitDetail['since_last']>['changes'] | undefined;
}

function Words({ shown }: { shown: Shown }) {
  return <span class={shown.asked ? undefined : 'rec-not-asked'}>{shown.text}</span>;
}

type GroupProps = Pick<ChangeTableProps, 'reasons'> & { group: ChangeGroup };

function Group({ group, reasons = {} }: GroupProps) {
  return (
    <tbody>
      {group.who !== null && (
        <tr>
          <th colSpan={3} scope="rowgroup" class="rec-diff-who">
            {group.who}
          </th>
        </tr>
      )}
      {group.rows.map((row) => (
        <tr key={row.key}>
          <th scope="row">{row.label}</th>
          <td class="rec-diff-was">
            <Words shown={row.before} />
          </td>
          <td class="rec-diff-now">
            <Words shown={row.after} />
            {row.delta && <span class="rec-diff-delta num">{row.delta}</span>}
            <Reason of={reasons[row.step]} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}

function Reason({ of }: { of: NonNullable<ChangeTableProps['reasons']>[string] | undefined }) {
  if (!of) return null;
  return (
    <small class="rec-diff-why">{t('record.changeReason', { why: t(`record.reason.${of.reason}`) })}</small>
  );
}

/** A table, or one sentence when there is nothing to compare or nothing changed. */
export function ChangeTable({ changes, previous, checklist, members, reasons }: ChangeTableProps) {
  if (previous === null) return <p class="rec-note">{t('record.firstVisit')}</p>;
  const since = showDay(dayOf(Date.parse(previous.visited_at)));
  if (changes.length === 0) return <p class="rec-note">{t('record.nothingChanged', { since })}</p>;
  return (
    <ChangeRows
      caption={t('record.changesSince', { since })}
      before={t('record.before', { since })}
      changes={changes}
      checklist={checklist}
      members={members}
      reasons={reasons}
    />
  );
}

type RowsProps = Omit<ChangeTableProps, 'previous'> & {
  caption: string;
  /** Head of the column of what was before. */
  before: string;
};

export function ChangeRows({ caption, before, changes, checklist, members, reasons }: RowsProps) {
  return (
    <table class="rec-diff">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('record.question')}</th>
          <th scope="col">{before}</th>
          <th scope="col">{t('record.now')}</th>
        </tr>
      </thead>
      {changeGroups(changes, checklist, members).map((group) => (
        <Group key={group.who ?? ''} group={group} reasons={reasons} />
      ))}
    </table>
  );
}
