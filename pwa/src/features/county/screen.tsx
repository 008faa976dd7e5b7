/** The county's view of flagged visits: numbers, filters, list; and one visit with the history of its household. */
import './county.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { errorHelp, RecordLights, type RecordState, useRecord, VisitRecordView } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { LoadMore } from '../../ui/loadMore';
import { useWide } from '../../ui/media';
import { Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { Filters } from './filters';
import { History } from './history';
import { type CountyQuery, hasFilter, listHref, NO_FILTER, readQuery, visitHref } from './model';
import { Charts, Tiles } from './overview';
import { list, moreOfList, readList, readRegions, showList } from './store';
import { Cards, Table } from './table';

function OfflineLine() {
  if (online.value) return null;
  return (
    <Banner icon="offline" role="status">
      {t('county.offline')}
    </Banner>
  );
}

function More() {
  const { items, next, counts, query, loading, error } = list.value;
  const total = counts && (query.severity === '' ? counts.total - counts.none : counts[query.severity]);
  return (
    <LoadMore
      label={t('county.more')}
      loaded={t('county.loaded', { n: items.length, total: (total ?? items.length).toLocaleString('en-US') })}
      more={next !== null}
      busy={loading}
      error={error}
      onMore={() => void moreOfList()}
    />
  );
}

function Nothing({ query }: { query: CountyQuery }) {
  if (!hasFilter(query))
    return <EmptyState icon="lamp" title={t('county.empty')} text={t('county.emptyText')} />;
  return (
    <EmptyState
      icon="search"
      title={t('county.noMatch')}
      text={t('county.noMatchText')}
      action={
        <Button kind="quiet" href={listHref(NO_FILTER)}>
          {t('county.clear')}
        </Button>
      }
    />
  );
}

function Rows({ query, wide }: { query: CountyQuery; wide: boolean }) {
  const { items, loading, error, counts } = list.value;
  if (items.length === 0 && (loading || (counts === null && error === null)))
    return <Skeleton label={t('county.loading')} lines={6} />;
  if (items.length === 0 && error !== null)
    return (
      <ErrorState
        title={t('county.listError')}
        text={errorHelp(error)}
        retry={{ label: t('county.retry'), onClick: () => void readList(query) }}
      />
    );
  if (items.length === 0) return <Nothing query={query} />;
  return (
    <>
      {wide ? <Table items={items} query={query} /> : <Cards items={items} query={query} />}
      <More />
    </>
  );
}

/** Whether the list lies one step back in the browser's history. */
let listBelow = false;

export interface CountyScreenProps {
  /** Ways into the county's other work, above the numbers. */
  above?: ComponentChildren;
  /** Filters somebody saved: gets what narrows now, and takes what is to narrow. */
  saved?: ((query: CountyQuery, choose: (query: CountyQuery) => void) => ComponentChildren) | undefined;
}

export function CountyScreen({ above, saved }: CountyScreenProps) {
  const wide = useWide();
  const query = readQuery(place.value.query);
  const address = listHref(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filters
  useEffect(() => {
    listBelow = true;
    void readRegions();
    void showList(query);
  }, [address, user.value?.id]);
  const bar = (
    <AppBar
      title={user.value?.region.name ?? t('county.title')}
      note={t('county.title')}
      subtitle={t('county.subtitle')}
      actions={
        <Button
          kind="plain"
          icon="refresh"
          label={t('county.refresh')}
          busy={list.value.loading}
          onClick={() => void readList(query)}
        />
      }
    />
  );
  return (
    <div class="cty">
      <Page wide bar={bar}>
        <OfflineLine />
        {above}
        <div class="cty-overview">
          <Tiles query={query} />
          <Charts query={query} wide={wide} />
        </div>
        {saved?.(query, (chosen) => go(listHref(chosen), { replace: true }))}
        <Filters query={query} wide={wide} />
        <Rows query={query} wide={wide} />
      </Page>
    </div>
  );
}

function Loaded({ state, query, wide }: { state: RecordState; query: CountyQuery; wide: boolean }) {
  const { record, error, reload } = state;
  const [round, setRound] = useState(0);
  if (!record)
    return error === null ? (
      <Skeleton label={t('record.loading')} lines={5} />
    ) : (
      <ErrorState
        title={t('record.error')}
        text={errorHelp(error)}
        retry={{ label: t('record.retry'), onClick: reload }}
      />
    );
  const history = (
    <Card
      title={t('county.history')}
      aside={<a href={`#/cases/h/${record.visit.household.id}`}>{t('county.story')}</a>}
    >
      <History key={round} householdId={record.visit.household.id} visitId={record.visit.id} query={query} />
    </Card>
  );
  const hrefOf = (id: string) => visitHref(id, query);
  // The light is out: in the visit, in the household's history and in the list that lies below.
  const onDismissed = () => {
    reload();
    setRound(round + 1);
    if (list.value.counts !== null) void readList(query);
  };
  return (
    <div class={wide ? 'cty-split' : undefined}>
      <div class="stack">
        {error !== null && (
          <Banner icon="offline" role="status">
            {t('record.kept')}
          </Banner>
        )}
        <VisitRecordView
          key={record.visit.id}
          record={record}
          hrefOf={hrefOf}
          lightsAside={wide}
          onDismissed={onDismissed}
        >
          {!wide && history}
        </VisitRecordView>
      </div>
      {wide && (
        <div class="cty-side">
          <Card title={t('record.lights')}>
            <RecordLights key={record.visit.id} record={record} onDismissed={onDismissed} />
          </Card>
          {history}
        </div>
      )}
    </div>
  );
}

export function CountyVisit({ visitId }: { visitId: string }) {
  const wide = useWide();
  const state = useRecord(visitId);
  const query = readQuery(place.value.query);
  const back = () => {
    if (listBelow) history.back();
    else go(listHref(query), { replace: true });
  };
  const bar = <AppBar title={t('county.visit')} back={{ label: t('county.back'), onClick: back }} />;
  return (
    <div class="cty">
      <Page wide bar={bar}>
        <OfflineLine />
        <Loaded state={state} query={query} wide={wide} />
      </Page>
    </div>
  );
}
