/** The township's ledger by cause: what was entered and of how many households, every case, and all of it as a file. */
import './rechecks.css';
import './ledger.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { codeOf } from '../../core/api/problem';
import { today } from '../../core/clock';
import { t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { errorHelp, riskWord } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { LoadMore } from '../../ui/loadMore';
import { useWide } from '../../ui/media';
import { Skeleton } from '../../ui/progress';
import { Select } from '../../ui/select';
import { EmptyState, ErrorState } from '../../ui/states';
import { Causes } from './causes';
import {
  type LedgerQuery,
  type LedgerState,
  ledgerHref,
  readLedgerQuery,
  STATES,
  WHOLE,
  withMonth,
} from './ledgerModel';
import { LedgerCases } from './ledgerRows';
import { ledger, moreLedger, readLedger, saveLedger } from './ledgerStore';
import { villagesOf } from './model';
import { noteListBelow, OfflineLine } from './screen';
import { readRegions, regions } from './store';
import { monthWord } from './words';

const use = (query: LedgerQuery) => go(ledgerHref(query), { replace: true });

function Months({ query }: { query: LedgerQuery }) {
  const known = new Set([...ledger.value.months, query.first, query.last]);
  const months = [...known].filter(Boolean).sort().reverse();
  return (
    <>
      {(['first', 'last'] as const).map((end) => (
        <Select
          key={end}
          label={t(`rechecks.ledger.${end}`)}
          anyWord={t(`rechecks.ledger.any.${end}`)}
          value={query[end]}
          options={months.map((id) => ({ id, label: monthWord(id) }))}
          onChange={(month) => use(withMonth(query, end, month))}
        />
      ))}
    </>
  );
}

function Filters({ query }: { query: LedgerQuery }) {
  return (
    <search class="rck-ledger-filters" aria-label={t('rechecks.filters')}>
      <Months query={query} />
      <Select
        label={t('rechecks.byVillage')}
        anyWord={t('rechecks.allVillages')}
        value={query.region}
        options={villagesOf(regions.value).map((one) => ({ id: one.code, label: one.name }))}
        onChange={(region) => use({ ...query, region })}
      />
      <Select
        label={t('rechecks.ledger.state')}
        anyWord={t('rechecks.ledger.anyState')}
        value={query.state}
        options={STATES.map((id) => ({ id, label: t(`rechecks.list.${id}`) }))}
        onChange={(state) => use({ ...query, state: state as LedgerState | '' })}
      />
    </search>
  );
}

/** "乡镇台账-白沙镇-2026-11-24.csv". */
const fileName = (): string =>
  `${[t('rechecks.ledger.file'), user.value?.region.name, today()].filter(Boolean).join('-')}.csv`;

function Download({ query }: { query: LedgerQuery }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const empty = (ledger.value.ledger?.items.length ?? 0) === 0;
  const save = async () => {
    setBusy(true);
    setError(null);
    await saveLedger(query, fileName()).catch(setError);
    setBusy(false);
  };
  return (
    <div class="rck-download">
      <Button
        kind="quiet"
        icon="download"
        busy={busy}
        disabled={empty || !online.value}
        onClick={() => void save()}
      >
        {t('rechecks.ledger.download')}
      </Button>
      {error !== null && (
        <Banner icon="alert" role="alert">
          {codeOf(error) === 'too_many_rows' ? t('rechecks.ledger.tooMany') : errorHelp(error)}
        </Banner>
      )}
    </div>
  );
}

function Nothing({ query }: { query: LedgerQuery }) {
  if (ledgerHref(query) === ledgerHref(WHOLE))
    return (
      <EmptyState icon="list" title={t('rechecks.ledger.empty')} text={t('rechecks.ledger.emptyText')} />
    );
  return (
    <EmptyState
      icon="search"
      title={t('rechecks.noMatch')}
      text={t('rechecks.noMatchText')}
      action={
        <Button kind="quiet" onClick={() => use(WHOLE)}>
          {t('rechecks.showAll')}
        </Button>
      }
    />
  );
}

function More() {
  const { ledger: read, loading, error } = ledger.value;
  if (!read?.next) return null;
  return (
    <LoadMore
      label={t('rechecks.more')}
      more
      busy={loading}
      error={error}
      say={errorHelp}
      block
      onMore={() => void moreLedger()}
    />
  );
}

function Content({ query, wide }: { query: LedgerQuery; wide: boolean }) {
  const { ledger: read, error } = ledger.value;
  if (read === null && error !== null)
    return (
      <ErrorState
        title={t('rechecks.ledger.error')}
        text={errorHelp(error)}
        retry={{ label: t('rechecks.retry'), onClick: () => void readLedger(query) }}
      />
    );
  if (read === null) return <Skeleton label={t('rechecks.loading')} lines={6} />;
  if (read.causes.length === 0) return <Nothing query={query} />;
  return (
    <>
      <Causes
        lines={read.causes}
        households={read.households}
        chosen={query.cause}
        onChoose={(cause) => use({ ...query, cause })}
      />
      <div class="rck-cases-head">
        <h2>
          {query.cause === ''
            ? t('rechecks.ledger.cases')
            : t('rechecks.ledger.casesOf', { cause: riskWord(query.cause) })}
        </h2>
        <Download query={query} />
      </div>
      <LedgerCases items={read.items} wide={wide} />
      <More />
    </>
  );
}

export function LedgerScreen({ places }: { places?: ComponentChildren }) {
  const wide = useWide();
  const query = readLedgerQuery(place.value.query);
  const address = ledgerHref(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filters
  useEffect(() => {
    noteListBelow();
    void readRegions();
    void readLedger(query);
  }, [address, user.value?.id]);
  const bar = (
    <AppBar
      title={user.value?.region.name ?? ''}
      note={t('rechecks.ledger.title')}
      subtitle={t('rechecks.ledger.subtitle')}
      actions={
        <>
          {wide && places}
          <Button
            kind="plain"
            icon="refresh"
            label={t('rechecks.refresh')}
            busy={ledger.value.loading}
            onClick={() => void readLedger(query)}
          />
        </>
      }
    >
      {!wide && places}
    </AppBar>
  );
  return (
    <div class="rck-ledger">
      <Page wide bar={bar}>
        <OfflineLine />
        <Filters query={query} />
        <Content query={query} wide={wide} />
      </Page>
    </div>
  );
}
