/** Filters of the county; every choice is in the address, so a view can be sent to a colleague. */
import { severityWord, stateWord } from '../../core/format';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { RISKS, riskWord } from '../../record';
import { Button } from '../../ui/button';
import { Select } from '../../ui/select';
import {
  type CountyQuery,
  hasFilter,
  LIT,
  listHref,
  NO_FILTER,
  STATES,
  TOWNSHIP_DIGITS,
  townships,
  villages,
} from './model';
import { regions } from './store';

function use(query: CountyQuery): void {
  go(listHref(query), { replace: true });
}

const named = (ids: readonly string[], word: (id: never) => string) =>
  ids.map((id) => ({ id, label: word(id as never) }));

function Places({ query }: { query: CountyQuery }) {
  const township = query.region.slice(0, TOWNSHIP_DIGITS);
  const inside = villages(regions.value, query.region);
  const option = (one: { code: string; name: string }) => ({ id: one.code, label: one.name });
  return (
    <>
      <Select
        label={t('county.township')}
        anyWord={t('county.wholeCounty')}
        value={township}
        options={townships(regions.value).map(option)}
        onChange={(region) => use({ ...query, region })}
      />
      <Select
        label={t('county.village')}
        anyWord={t('county.allVillages')}
        value={query.region.length > TOWNSHIP_DIGITS ? query.region : ''}
        disabled={inside.length === 0}
        options={inside.map(option)}
        onChange={(region) => use({ ...query, region: region || township })}
      />
    </>
  );
}

function Fields({ query }: { query: CountyQuery }) {
  return (
    <search class="cty-filters">
      <Places query={query} />
      <Select
        label={t('county.severity')}
        anyWord={t('county.anySeverity')}
        value={query.severity}
        options={named(LIT, severityWord)}
        onChange={(severity) => use({ ...query, severity: severity as CountyQuery['severity'] })}
      />
      <Select
        label={t('county.risk')}
        anyWord={t('county.anyRisk')}
        value={query.risk}
        options={named(RISKS, riskWord)}
        onChange={(risk) => use({ ...query, risk })}
      />
      <Select
        label={t('county.state')}
        anyWord={t('county.anyState')}
        value={query.state}
        options={named(STATES, stateWord)}
        onChange={(state) => use({ ...query, state: state as CountyQuery['state'] })}
      />
      <Button kind="plain" disabled={!hasFilter(query)} onClick={() => use(NO_FILTER)}>
        {t('county.clear')}
      </Button>
    </search>
  );
}

/** On phones folded into one line that says how many filters are on. */
export function Filters({ query, wide }: { query: CountyQuery; wide: boolean }) {
  if (wide) return <Fields query={query} />;
  const on = Object.values(query).filter((value) => value !== '').length;
  return (
    <details class="card cty-fold" open={on > 0}>
      <summary>{on > 0 ? t('county.filtersOn', { n: on }) : t('county.filters')}</summary>
      <Fields query={query} />
    </details>
  );
}
