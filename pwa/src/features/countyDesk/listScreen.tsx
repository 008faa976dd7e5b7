/** The county's cases: numbers, saved filters, filters, the list, and what is done with those chosen. */
import { useEffect } from 'preact/hooks';
import { t } from '../../core/i18n';
import { back, go, place } from '../../core/nav';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { LoadMore } from '../../ui/loadMore';
import { useWide } from '../../ui/media';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { EmptyState, ErrorState } from '../../ui/states';
import { ChosenBar } from './assign';
import { AllBox, Cards, Table } from './caseList';
import { Overview } from './counts';
import { Filters } from './filters';
import { OfflineLine } from './frame';
import {
  type CaseFilter,
  type CaseState,
  hasFilter,
  listHref,
  meetingHref,
  NO_FILTER,
  partsOf,
  readFilter,
  STATES,
} from './model';
import { SavedFilters } from './saved';
import { cases, chosen, moreCases, readCases, showCases } from './store';
import { leavePage, Outcome } from './told';

function Bar({ filter, wide }: { filter: CaseFilter; wide: boolean }) {
  return (
    <AppBar
      title={t('desk.title')}
      note={wide ? user.value?.region.name : undefined}
      subtitle={wide ? t('desk.subtitle') : user.value?.region.name}
      back={{ label: t('app.back'), onClick: () => back('#/county') }}
      actions={
        <>
          <Button kind="plain" icon="search" label={wide ? undefined : t('desk.find')} href="#/cases/find">
            {wide ? t('desk.find') : undefined}
          </Button>
          <Button
            kind={wide ? 'quiet' : 'plain'}
            icon="list"
            label={wide ? undefined : t('desk.meeting')}
            href={meetingHref(filter)}
          >
            {wide ? t('desk.meeting') : undefined}
          </Button>
          <Button
            kind="plain"
            icon="refresh"
            label={t('desk.refresh')}
            busy={cases.value.loading}
            onClick={() => void readCases(filter)}
          />
        </>
      }
    />
  );
}

function More() {
  const { items, next, counts, loading, error } = cases.value;
  return (
    <LoadMore
      label={t('desk.more')}
      loaded={t('desk.loaded', { n: items.length, total: counts?.households ?? items.length })}
      more={next !== null}
      busy={loading}
      error={error}
      onMore={() => void moreCases()}
    />
  );
}

function Nothing({ filter }: { filter: CaseFilter }) {
  if (!hasFilter(filter))
    return (
      <EmptyState
        icon="check"
        title={t(`desk.empty.${filter.state}`)}
        text={t(`desk.emptyText.${filter.state}`)}
      />
    );
  return (
    <EmptyState
      icon="search"
      title={t('desk.noMatch')}
      text={t('desk.noMatchText')}
      action={
        <Button kind="quiet" href={listHref({ ...NO_FILTER, state: filter.state })}>
          {t('desk.clear')}
        </Button>
      }
    />
  );
}

function Rows({ filter, wide }: { filter: CaseFilter; wide: boolean }) {
  const { items, loading, error, counts } = cases.value;
  if (items.length === 0 && (loading || (counts === null && error === null)))
    return <Skeleton label={t('desk.loading')} lines={6} />;
  if (items.length === 0 && error !== null)
    return (
      <ErrorState
        title={t('desk.listError')}
        text={errorHelp(error)}
        retry={{ label: t('app.retry'), onClick: () => void readCases(filter) }}
      />
    );
  if (items.length === 0) return <Nothing filter={filter} />;
  return (
    <>
      {filter.state === 'handed_up' && <AllBox />}
      {wide ? <Table items={items} filter={filter} /> : <Cards items={items} filter={filter} />}
      <More />
    </>
  );
}

function Chosen({ filter }: { filter: CaseFilter }) {
  const rows = cases.value.items.filter((row) => chosen.value.includes(row.visit_id));
  if (rows.length === 0) return null;
  const given = rows.map((row) => ({ id: row.visit_id, name: row.household.head_name }));
  return (
    <ChosenBar
      given={given}
      onClear={() => {
        chosen.value = [];
      }}
      onDone={() => {
        chosen.value = [];
        void readCases(filter);
      }}
    />
  );
}

export function CasesScreen() {
  const wide = useWide();
  const filter = readFilter(place.value.query);
  const address = listHref(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filter
  useEffect(() => {
    void showCases(filter);
  }, [address, user.value?.id]);
  useEffect(() => leavePage, []);
  const open = (state: string) => go(listHref({ ...filter, state: state as CaseState }), { replace: true });
  return (
    <div class="desk">
      <Page wide bar={<Bar filter={filter} wide={wide} />} foot={<Chosen filter={filter} />}>
        <OfflineLine />
        <Segments
          label={t('desk.lists')}
          items={STATES.map((id) => ({ id, label: t(`desk.state.${id}`) }))}
          value={filter.state}
          controls="desk-list"
          onChange={open}
        />
        <div id="desk-list" class="stack">
          <Overview filter={filter} wide={wide} />
          <SavedFilters
            list="cases"
            query={partsOf(filter)}
            narrowed={hasFilter(filter)}
            onChoose={(query) => go(listHref(readFilter(query)), { replace: true })}
          />
          <Filters filter={filter} wide={wide} />
          <Outcome />
          <Rows filter={filter} wide={wide} />
        </div>
      </Page>
    </div>
  );
}
