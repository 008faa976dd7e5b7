/** The numbers above the list: lights with their denominator, and where they are. */
import { severityWord } from '../../core/format';
import { t } from '../../core/i18n';
import { riskWord, severityShort } from '../../record';
import { BarChart } from '../../ui/barChart';
import { LightShape } from '../../ui/light';
import { Skeleton } from '../../ui/progress';
import { type CountyQuery, LIT, type LitSeverity, listHref, RISKS_SHOWN, shareText } from './model';
import { list } from './store';

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
          {t('county.ofHouseholds', { total: total.toLocaleString('en-US') })}
        </span>
        <span class="cty-tile-share muted small num">{shareText(value, total)}</span>
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

type Lights = Readonly<Record<LitSeverity, number>>;

const partsOf = (lights: Lights) => LIT.map((tone) => ({ tone, value: lights[tone] }));
const legend = () => LIT.map((tone) => ({ tone, word: severityShort(tone) }));

function ByTownship({ query }: { query: CountyQuery }) {
  const rows = list.value.counts?.by_township ?? [];
  if (rows.length < 2) return null;
  return (
    <BarChart
      title={t('county.byTownship')}
      rowWord={t('county.township')}
      tableWord={t('county.asTable')}
      legend={legend()}
      rows={rows.map((row) => ({
        id: row.code,
        label: row.name,
        href: listHref({ ...query, region: row.code }),
        parts: partsOf(row),
      }))}
    />
  );
}

function ByRisk({ query }: { query: CountyQuery }) {
  const rows = list.value.counts?.by_risk ?? [];
  if (rows.length < 2) return null;
  return (
    <BarChart
      title={t('county.byRisk')}
      rowWord={t('county.risk')}
      tableWord={t('county.asTable')}
      legend={legend()}
      rows={rows.slice(0, RISKS_SHOWN).map((row) => ({
        id: row.risk,
        label: riskWord(row.risk),
        href: listHref({ ...query, risk: row.risk }),
        parts: partsOf(row),
      }))}
    />
  );
}

/** Where the lights are and what for, as far as the server counts it. On phones the list comes first: folded. */
export function Charts({ query, wide }: { query: CountyQuery; wide: boolean }) {
  const counts = list.value.counts;
  const townshipsKnown = (counts?.by_township?.length ?? 0) > 1;
  const risksKnown = (counts?.by_risk?.length ?? 0) > 1;
  if (!townshipsKnown && !risksKnown) return null;
  const charts = (
    <>
      <ByTownship query={query} />
      <ByRisk query={query} />
    </>
  );
  if (wide) return <section class="card cty-charts">{charts}</section>;
  return (
    <details class="card cty-fold">
      <summary>{t('county.charts')}</summary>
      <div class="cty-charts">{charts}</div>
    </details>
  );
}
