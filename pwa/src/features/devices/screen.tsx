/** Phones of the area: filters, list, and the order to one of them. */
import './devices.css';
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { DevicePage, DeviceRow } from '../../core/api/deviceTypes';
import type { Region } from '../../core/api/types';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { online } from '../../core/network';
import { joined, type Reading, useReading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Field } from '../../ui/field';
import { LoadMore } from '../../ui/loadMore';
import { useWide } from '../../ui/media';
import { Skeleton } from '../../ui/progress';
import { Select } from '../../ui/select';
import { EmptyState, ErrorState } from '../../ui/states';
import { type DeviceQuery, listHref, NO_FILTER, readQuery, STATES, toFilter, withRow } from './model';
import { OrderDialog } from './orderDialog';
import { Cards, Table } from './table';

const PAGE = 50;
const TYPING_MS = 300;

function readPage(query: DeviceQuery, search: string, cursor: string | null): Promise<DevicePage> {
  const at = cursor === null ? {} : { cursor };
  return call(api.GET('/devices', { params: { query: { ...toFilter(query, search), limit: PAGE, ...at } } }));
}

function use(query: DeviceQuery): void {
  go(listHref(query), { replace: true });
}

/** What was typed, once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** The townships, for whom there is more than one. */
function useTownships(): Region[] {
  const mine = user.value;
  const county = mine?.role === 'county';
  const reading = useReading(`regions/${mine?.id}/${county}`, async () =>
    county ? (await call(api.GET('/regions', {}))).items : [],
  );
  return (reading.data ?? []).filter((one) => one.code.length === 9);
}

interface FiltersProps {
  query: DeviceQuery;
  search: string;
  onSearch: (text: string) => void;
  counts: DevicePage['counts'] | undefined;
}

function Filters({ query, search, onSearch, counts }: FiltersProps) {
  const townships = useTownships();
  return (
    <search class="dev-filters">
      <div class={townships.length > 1 ? 'dev-find dev-find-two' : 'dev-find'}>
        <Field
          label={t('devices.search')}
          hideLabel
          type="search"
          placeholder={t('devices.search')}
          value={search}
          maxLength={40}
          onInput={onSearch}
        />
        {townships.length > 1 && (
          <Select
            label={t('devices.township')}
            anyWord={t('devices.wholeCounty')}
            value={query.township}
            options={townships.map(({ code, name }) => ({ id: code, label: name }))}
            onChange={(township) => use({ ...query, township })}
          />
        )}
      </div>
      <Chips
        label={t('devices.filters')}
        value={query.state}
        items={[
          { id: '', label: t('devices.state.all'), count: counts?.all },
          ...STATES.map((state) => ({
            id: state,
            label: t(`devices.state.${state}`),
            count: counts?.[state],
          })),
        ]}
        onChange={(state) => use({ ...query, state: state as DeviceQuery['state'] })}
      />
    </search>
  );
}

interface MoreProps {
  page: DevicePage;
  query: DeviceQuery;
  search: string;
  put: (page: DevicePage) => void;
}

function More({ page, query, search, put }: MoreProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const more = async () => {
    setBusy(true);
    setError(null);
    try {
      const next = await readPage(query, search, page.next);
      put({ ...page, next: next.next, items: joined(page.items, next.items, (row) => row.id) });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  const total = query.state === '' ? page.counts.all : page.counts[query.state];
  return (
    <LoadMore
      label={t('devices.more')}
      loaded={t('devices.loaded', { n: page.items.length, total })}
      more={page.next !== null}
      busy={busy}
      error={error}
      say={errorHelp}
      onMore={() => void more()}
    />
  );
}

function Nothing({ narrowed, onAll }: { narrowed: boolean; onAll: () => void }) {
  if (!narrowed) return <EmptyState icon="phone" title={t('devices.empty')} text={t('devices.emptyText')} />;
  return (
    <EmptyState
      icon="search"
      title={t('devices.noMatch')}
      text={t('devices.noMatchText')}
      action={
        <Button kind="quiet" onClick={onAll}>
          {t('devices.showAll')}
        </Button>
      }
    />
  );
}

interface ListProps {
  reading: Reading<DevicePage>;
  query: DeviceQuery;
  search: string;
  onAll: () => void;
}

function List({ reading, query, search, onAll }: ListProps) {
  const wide = useWide();
  const [chosen, setChosen] = useState<DeviceRow | null>(null);
  const [given, setGiven] = useState('');
  const page = reading.data;
  if (page === null) return null;
  const Rows = wide ? Table : Cards;
  const done = (row: DeviceRow) => {
    reading.put(withRow(page, row));
    setChosen(null);
    setGiven(t(`devices.dialog.given.${row.order}`, { name: row.display_name }));
  };
  return (
    <>
      <p role="status" class={given === '' ? 'visually-hidden' : 'dev-given'}>
        {given}
      </p>
      {page.items.length === 0 ? (
        <Nothing narrowed={listHref(query) !== listHref(NO_FILTER) || search.trim() !== ''} onAll={onAll} />
      ) : (
        <>
          <Rows page={page} onOrder={setChosen} />
          <More page={page} query={query} search={search} put={reading.put} />
        </>
      )}
      {chosen && (
        <OrderDialog
          key={chosen.id}
          row={chosen}
          at={page.at}
          onClose={() => setChosen(null)}
          onGiven={done}
        />
      )}
    </>
  );
}

function Read({ reading, query, search, onAll }: ListProps) {
  if (reading.data === null)
    return reading.error === null ? (
      <Skeleton label={t('devices.loading')} lines={6} />
    ) : (
      <ErrorState
        title={t('devices.notRead')}
        text={errorHelp(reading.error)}
        retry={{ label: t('devices.retry'), onClick: reading.reload }}
      />
    );
  return (
    <>
      {reading.error !== null && (
        <Banner icon="alert" role="status">
          {t('devices.old', { error: errorHelp(reading.error) })}
        </Banner>
      )}
      <List reading={reading} query={query} search={search} onAll={onAll} />
    </>
  );
}

export function DevicesScreen() {
  const query = readQuery(place.value.query);
  const [typed, setTyped] = useState('');
  const search = useSettled(typed);
  const key = `${user.value?.id} ${listHref(query)} ${search.trim()}`;
  const reading = useReading(key, () => readPage(query, search, null));
  const [counts, setCounts] = useState<DevicePage['counts'] | undefined>();
  useEffect(() => {
    if (reading.data) setCounts(reading.data.counts);
  }, [reading.data]);
  const all = () => {
    setTyped('');
    use(NO_FILTER);
  };
  const bar = (
    <AppBar
      title={user.value?.region.name ?? t('devices.title')}
      note={t('devices.title')}
      subtitle={
        reading.data
          ? `${t('devices.about')} · ${t('devices.asOf', { time: showInstant(reading.data.at) })}`
          : t('devices.about')
      }
      actions={
        <Button
          kind="plain"
          icon="refresh"
          label={t('devices.refresh')}
          busy={reading.busy}
          onClick={reading.reload}
        />
      }
    />
  );
  return (
    <div class="dev">
      <Page wide bar={bar}>
        {!online.value && (
          <Banner icon="offline" role="status">
            {t('devices.offline')}
          </Banner>
        )}
        <Filters query={query} search={typed} onSearch={setTyped} counts={counts} />
        <Read reading={reading} query={query} search={search} onAll={all} />
      </Page>
    </div>
  );
}
