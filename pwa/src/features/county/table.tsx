/** Flagged visits: a table with room, cards on phones. The name is the link; arrows move between rows. */
import type { VisitSummary } from '../../core/api/types';
import { categoryWord, severityWord, showInstant, stateWord } from '../../core/format';
import { t } from '../../core/i18n';
import { lightCounts, riskWord, stateTone, whyLine } from '../../record';
import { Light } from '../../ui/light';
import { Tag } from '../../ui/tag';
import { type CountyQuery, visitHref } from './model';

interface ListProps {
  items: readonly VisitSummary[];
  query: CountyQuery;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Up and down between the links of the rows. */
function moveFocus(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (step === undefined || !(event.target instanceof HTMLAnchorElement)) return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLAnchorElement>('a.cty-open')];
  const next = links[links.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function lightWords(visit: VisitSummary): string {
  return lightCounts(visit.light_counts) || severityWord(visit.severity);
}

function placeOf({ household }: VisitSummary): string {
  return [household.village, household.natural_village].filter(Boolean).join(' ');
}

function Row({ visit, query }: { visit: VisitSummary; query: CountyQuery }) {
  const { household } = visit;
  return (
    <tr>
      <th scope="row">
        <a class="cty-open" href={visitHref(visit.id, query)}>
          {household.head_name}
        </a>
        <small class="num cty-number">{household.number}</small>
      </th>
      <td>
        {household.township}
        <small>{placeOf(visit)}</small>
      </td>
      <td>{categoryWord(household.category)}</td>
      <td>
        <Light compact severity={visit.severity} word={lightWords(visit)} />
      </td>
      <td class="cty-why">
        {whyLine(visit)}
        <small>{visit.risks.map(riskWord).join(' · ')}</small>
      </td>
      <td class="num nowrap">{showInstant(visit.visited_at)}</td>
      <td>
        <Tag tone={stateTone(visit.state)}>{stateWord(visit.state)}</Tag>
      </td>
    </tr>
  );
}

const COLUMNS = ['head', 'place', 'category', 'lights', 'why', 'visited', 'stateOf'] as const;

export function Table({ items, query }: ListProps) {
  return (
    <table class="cty-table" onKeyDown={moveFocus}>
      <caption class="visually-hidden">{t('county.list')}</caption>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col">
              {t(`county.column.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((visit) => (
          <Row key={visit.id} visit={visit} query={query} />
        ))}
      </tbody>
    </table>
  );
}

export function Cards({ items, query }: ListProps) {
  return (
    <ul class="cty-cards" aria-label={t('county.list')} onKeyDown={moveFocus}>
      {items.map((visit) => (
        <li key={visit.id}>
          <a class="cty-open cty-card" href={visitHref(visit.id, query)}>
            <span class="cty-card-head">
              <b>{visit.household.head_name}</b>
              <Light compact severity={visit.severity} word={lightWords(visit)} />
            </span>
            <span class="muted small">
              {visit.household.township} · {placeOf(visit)} · {categoryWord(visit.household.category)}
            </span>
            <span>{whyLine(visit)}</span>
            <span class="muted small">
              {showInstant(visit.visited_at)} · {stateWord(visit.state)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
