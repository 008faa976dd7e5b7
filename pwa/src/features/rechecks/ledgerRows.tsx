/** The ledger's cases: a table with room, cards on phones. The name is the link; arrows move between rows. */
import type { Recheck } from '../../core/api/deskTypes';
import { severityWord, showDay, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { riskWord } from '../../record';
import { Light } from '../../ui/light';
import { Tag, type Tone } from '../../ui/tag';
import { itemHref, LISTS, NO_FILTER } from './model';
import { outcomeWords, placeWords } from './words';

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Up and down between the links of the rows. */
function moveFocus(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined || !(event.target instanceof HTMLAnchorElement)) return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLAnchorElement>('a.rck-open')];
  const next = links[links.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/** The case within the list it is on, so that its neighbours stand beside it. */
function hrefOf(row: Recheck): string {
  const state = LISTS.find((one) => one === row.state) ?? 'due';
  return itemHref(row.visit_id, { ...NO_FILTER, state });
}

const TONES: Partial<Record<Recheck['state'], Tone>> = {
  settled: 'green',
  handed_up: 'accent',
  due: 'strong',
};

function State({ row }: { row: Recheck }) {
  return <Tag tone={TONES[row.state] ?? 'plain'}>{t(`rechecks.state.${row.state}`)}</Tag>;
}

function Row({ row }: { row: Recheck }) {
  return (
    <tr>
      <th scope="row">
        <a class="rck-open" href={hrefOf(row)}>
          {row.household.head_name}
        </a>
        <small class="num rck-number">{row.household.number}</small>
      </th>
      <td>
        {row.household.village}
        <small>{row.household.natural_village}</small>
      </td>
      <td>{row.cause && riskWord(row.cause)}</td>
      <td class="num">{row.persons}</td>
      <td>
        <Light compact severity={row.severity} word={severityWord(row.severity)} />
      </td>
      <td class="num nowrap">
        {row.outcome_at && showInstant(row.outcome_at)}
        <small>{row.officer_name}</small>
      </td>
      <td class="rck-table-said">
        <State row={row} />
        <small>{row.opinion}</small>
      </td>
    </tr>
  );
}

const COLUMNS = ['head', 'place', 'cause', 'persons', 'light', 'when', 'state'] as const;

function Table({ items }: { items: readonly Recheck[] }) {
  return (
    <table class="rck-table" onKeyDown={moveFocus}>
      <caption class="visually-hidden">{t('rechecks.ledger.cases')}</caption>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col">
              {t(`rechecks.ledger.head.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((row) => (
          <Row key={row.visit_id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Cards({ items }: { items: readonly Recheck[] }) {
  return (
    <ul class="rck-cards" aria-label={t('rechecks.ledger.cases')} onKeyDown={moveFocus}>
      {items.map((row) => (
        <li key={row.visit_id}>
          <a class="rck-open rck-card" href={hrefOf(row)}>
            <span class="rck-card-head">
              <b>{row.household.head_name}</b>
              <State row={row} />
            </span>
            <span class="muted small">
              {placeWords(row)} · {t('rechecks.ledger.people', { n: row.persons })} ·{' '}
              {t('rechecks.ledger.reviewedOn', { day: showDay(row.decided_on) })}
            </span>
            {row.opinion && <span class="rck-said">{row.opinion}</span>}
            <span class="muted small">{outcomeWords(row)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function LedgerCases({ items, wide }: { items: readonly Recheck[]; wide: boolean }) {
  return wide ? <Table items={items} /> : <Cards items={items} />;
}
