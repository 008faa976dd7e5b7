/** How many cases there are, by township and by cause: households, persons, and how many are nobody's yet. */
import type { CaseFigures, CasePage } from '../../core/api/deskTypes';
import { t } from '../../core/i18n';
import { riskWord } from '../../record';
import { Skeleton } from '../../ui/progress';
import { type CaseFilter, listHref, withWorker } from './model';
import { cases } from './store';

type Counts = NonNullable<CasePage['counts']>;

interface Line extends CaseFigures {
  id: string;
  label: string;
  /** Narrows to this line, or widens again where it is chosen. */
  href: string;
  on: boolean;
}

function Lines({ title, lines, open }: { title: string; lines: readonly Line[]; open: boolean }) {
  const longest = Math.max(1, ...lines.map((one) => one.households));
  return (
    <table class="desk-lines">
      <caption>{title}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{t('desk.households')}</th>
          {open && <th scope="col">{t('desk.unassigned')}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <a href={one.href} aria-current={one.on ? 'true' : undefined}>
                {one.label}
              </a>
              <i style={{ width: `${(one.households / longest) * 100}%` }} aria-hidden="true" />
            </th>
            <td class="num">{t('desk.figures', { n: one.households, persons: one.persons })}</td>
            {open && (
              <td class="num">{one.unassigned > 0 ? t('desk.unassignedN', { n: one.unassigned }) : ''}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const townLines = (counts: Counts, filter: CaseFilter): Line[] =>
  counts.by_township.map((one) => {
    const on = filter.region.startsWith(one.township);
    const href = listHref({ ...filter, region: on ? '' : one.township });
    return { ...one, id: one.township, label: one.name || one.township, href, on };
  });

const causeLines = (counts: Counts, filter: CaseFilter): Line[] =>
  counts.by_cause.map((one) => {
    const cause = one.cause as CaseFilter['cause'];
    const on = filter.cause === cause;
    return {
      ...one,
      id: cause,
      label: riskWord(cause),
      href: listHref({ ...filter, cause: on ? '' : cause }),
      on,
    };
  });

function Tile({ n, label, href, on }: { n: number; label: string; href?: string; on?: boolean }) {
  const inside = (
    <>
      <b class="num">{n.toLocaleString('en-US')}</b>
      <span>{label}</span>
    </>
  );
  return (
    <li>
      {href ? (
        <a class="desk-tile" href={href} aria-current={on ? 'true' : undefined}>
          {inside}
        </a>
      ) : (
        <span class="desk-tile">{inside}</span>
      )}
    </li>
  );
}

function Tiles({ counts, filter }: { counts: Counts; filter: CaseFilter }) {
  const onlyFree = filter.assigned === 'nobody';
  return (
    <ul class="desk-tiles" aria-label={t('desk.summary')}>
      <Tile n={counts.households} label={t(`desk.tile.${filter.state}`)} />
      <Tile n={counts.persons} label={t('desk.tile.persons')} />
      {filter.state === 'handed_up' && (
        <Tile
          n={counts.unassigned}
          label={t('desk.tile.unassigned')}
          href={listHref(withWorker(filter, onlyFree ? '' : 'nobody'))}
          on={onlyFree}
        />
      )}
    </ul>
  );
}

/** Numbers first; on phones what they are made of is folded, since the list comes first there. */
export function Overview({ filter, wide }: { filter: CaseFilter; wide: boolean }) {
  const { counts, loading } = cases.value;
  if (!counts) return loading ? <Skeleton label={t('desk.loading')} lines={1} /> : null;
  if (counts.households === 0) return null;
  const open = filter.state === 'handed_up';
  const lines = (
    <div class="desk-breakdown">
      <Lines title={t('desk.byTownship')} lines={townLines(counts, filter)} open={open} />
      <Lines title={t('desk.byCause')} lines={causeLines(counts, filter)} open={open} />
    </div>
  );
  return (
    <div class="desk-overview">
      <Tiles counts={counts} filter={filter} />
      {wide ? (
        <section class="card">{lines}</section>
      ) : (
        <details class="card desk-fold">
          <summary>{t('desk.breakdown')}</summary>
          {lines}
        </details>
      )}
    </div>
  );
}
