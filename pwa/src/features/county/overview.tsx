/** The numbers above the list: lights with their denominator, and where they are. */
import { severityWord } from '../../core/format';
import { t } from '../../core/i18n';
import { severityShort } from '../../record';
import { BarChart } from '../../ui/barChart';
import { LightShape } from '../../ui/light';
import { Skeleton } from '../../ui/progress';
import { type CountyQuery, LIT, type LitSeverity, listHref, shareText } from './model';
import { byTownship, list } from './store';

interface TileProps {
  severity: LitSeverity;
  value: number;
  total: number;
  query: CountyQuery;
}

function Tile({ severity, value, total, query }: TileProps) {
  const on = query.severity === severity;
  return (
    <li>
      <a
        class="cty-tile"
        href={listHref({ ...query, severity: on ? '' : severity })}
        aria-current={on ? 'true' : undefined}
      >
        <span class={`cty-tile-word light-${severity}`}>
          <LightShape severity={severity} />
          {severityWord(severity)}
        </span>
        <span class="cty-tile-number num">
          <b>{value.toLocaleString('en-US')}</b>{' '}
          {t('county.ofVisits', { total: total.toLocaleString('en-US') })}
        </span>
        <span class="muted small num">{shareText(value, total)}</span>
      </a>
    </li>
  );
}

export function Tiles({ query }: { query: CountyQuery }) {
  const { counts, loading } = list.value;
  if (!counts) return loading ? <Skeleton label={t('county.loading')} lines={1} /> : null;
  return (
    <ul class="cty-tiles" aria-label={t('county.summary')}>
      {LIT.map((severity) => (
        <Tile
          key={severity}
          severity={severity}
          value={counts[severity]}
          total={counts.total}
          query={query}
        />
      ))}
    </ul>
  );
}

/** Lights by township; nothing is drawn until every township is known. */
export function Townships({ query }: { query: CountyQuery }) {
  const rows = byTownship.value;
  if (rows.length < 2) return null;
  return (
    <section class="card">
      <BarChart
        title={t('county.byTownship')}
        rowWord={t('county.township')}
        tableWord={t('county.asTable')}
        legend={LIT.map((tone) => ({ tone, word: severityShort(tone) }))}
        rows={rows.map(({ code, name, counts }) => ({
          id: code,
          label: name,
          href: listHref({ ...query, region: code }),
          parts: LIT.map((tone) => ({ tone, value: counts[tone] })),
        }))}
      />
    </section>
  );
}
