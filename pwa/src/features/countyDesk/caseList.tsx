/** The cases: a table with room, cards on phones. The name opens a case, the box before it chooses it. */
import type { Recheck } from '../../core/api/deskTypes';
import { severityWord, showInstant } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { riskWord } from '../../record';
import { Light } from '../../ui/light';
import { Tag } from '../../ui/tag';
import { type CaseFilter, caseHref, MOST_AT_ONCE, toggle, waitingDays, workerOf } from './model';
import { cases, chosen } from './store';

interface ListProps {
  items: readonly Recheck[];
  filter: CaseFilter;
}

/** Past this a case has waited for longer than a meeting's rhythm. */
const LONG_WAIT_DAYS = 30;

const placeOf = ({ household }: Recheck): string =>
  [household.village, household.natural_village].filter(Boolean).join(' ');

const choosing = (filter: CaseFilter): boolean => filter.state === 'handed_up';

function Box({ row }: { row: Recheck }) {
  const on = chosen.value.includes(row.visit_id);
  return (
    <label class="desk-box">
      <input
        type="checkbox"
        checked={on}
        disabled={!on && chosen.value.length >= MOST_AT_ONCE}
        aria-label={t('desk.choose', { name: row.household.head_name })}
        onChange={() => {
          chosen.value = toggle(chosen.value, row.visit_id);
        }}
      />
    </label>
  );
}

/** Chooses what is listed, up to what the server takes at once; or nothing again. */
export function AllBox() {
  const { items } = cases.value;
  const all = items.slice(0, MOST_AT_ONCE).map((row) => row.visit_id);
  const on = all.length > 0 && all.every((id) => chosen.value.includes(id));
  return (
    <label class="desk-box desk-box-all">
      <input
        type="checkbox"
        checked={on}
        ref={(box) => {
          if (box) box.indeterminate = !on && chosen.value.length > 0;
        }}
        onChange={() => {
          chosen.value = on ? [] : all;
        }}
      />
      <span>{t('desk.chooseAll', { n: all.length })}</span>
    </label>
  );
}

function Waiting({ row }: { row: Recheck }) {
  const days = waitingDays(row);
  const words = days === 0 ? t('desk.today') : t('desk.waits', { n: days });
  return <span class={days > LONG_WAIT_DAYS ? 'desk-long' : undefined}>{words}</span>;
}

function When({ row }: { row: Recheck }) {
  if (row.state === 'handed_up') return <Waiting row={row} />;
  return row.concluded_at === null ? null : <>{showInstant(row.concluded_at)}</>;
}

function Marks({ row }: { row: Recheck }) {
  return row.rounds > 0 ? <Tag tone="accent">{t('desk.again', { n: row.rounds })}</Tag> : null;
}

function Worker({ row }: { row: Recheck }) {
  const worker = workerOf(row);
  return worker === null ? <span class="muted nowrap">{t('desk.nobody')}</span> : <>{worker}</>;
}

function Row({ row, filter }: { row: Recheck; filter: CaseFilter }) {
  const { household } = row;
  return (
    <tr class={chosen.value.includes(row.visit_id) ? 'desk-chosen' : undefined}>
      {choosing(filter) && (
        <td class="desk-box-cell">
          <Box row={row} />
        </td>
      )}
      <th scope="row">
        <a class="desk-open" href={caseHref(row.visit_id, filter)}>
          {household.head_name}
        </a>
        <small class="num">{t('desk.persons', { n: row.persons })}</small>
      </th>
      <td class="desk-place">
        {household.township}
        <small>{placeOf(row)}</small>
      </td>
      <td>
        <Light compact severity={row.severity} word={severityWord(row.severity)} />
      </td>
      <td class="desk-why">
        {row.cause !== null && <b>{riskWord(row.cause)}</b>}
        <small class="desk-said">{row.top_lights.map(pick).join(' · ')}</small>
      </td>
      <td class="desk-why">
        <span class="desk-said">{row.opinion}</span>
        <Marks row={row} />
      </td>
      <td>
        <Worker row={row} />
      </td>
      <td class="num nowrap">
        <When row={row} />
      </td>
    </tr>
  );
}

const COLUMNS = ['head', 'place', 'light', 'cause', 'opinion', 'worker'] as const;

export function Table({ items, filter }: ListProps) {
  return (
    <table class="desk-table">
      <caption class="visually-hidden">{t('desk.list')}</caption>
      <thead>
        <tr>
          {choosing(filter) && (
            <th scope="col">
              <span class="visually-hidden">{t('desk.chooseColumn')}</span>
            </th>
          )}
          {COLUMNS.map((name) => (
            <th key={name} scope="col">
              {t(`desk.column.${name}`)}
            </th>
          ))}
          <th scope="col">{t(choosing(filter) ? 'desk.column.waits' : 'desk.column.decided')}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((row) => (
          <Row key={row.visit_id} row={row} filter={filter} />
        ))}
      </tbody>
    </table>
  );
}

function Card({ row, filter }: { row: Recheck; filter: CaseFilter }) {
  return (
    <li class={chosen.value.includes(row.visit_id) ? 'desk-card desk-chosen' : 'desk-card'}>
      {choosing(filter) && <Box row={row} />}
      <a class="desk-card-open" href={caseHref(row.visit_id, filter)}>
        <span class="desk-card-head">
          <b>{row.household.head_name}</b>
          <Light compact severity={row.severity} word={severityWord(row.severity)} />
        </span>
        <span class="muted small">
          {row.household.township} · {placeOf(row)} · {t('desk.persons', { n: row.persons })}
        </span>
        <span>
          {row.cause !== null && <b>{riskWord(row.cause)}</b>} <span class="desk-said">{row.opinion}</span>
        </span>
        <span class="muted small">
          <Worker row={row} /> · <When row={row} /> <Marks row={row} />
        </span>
      </a>
    </li>
  );
}

export function Cards({ items, filter }: ListProps) {
  return (
    <ul class="desk-cards" aria-label={t('desk.list')}>
      {items.map((row) => (
        <Card key={row.visit_id} row={row} filter={filter} />
      ))}
    </ul>
  );
}
