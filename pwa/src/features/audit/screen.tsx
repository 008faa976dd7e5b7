/** The auditor's page: state of the chain, filters, list. */
import './audit.css';
import { useState } from 'preact/hooks';
import type { AuditPage } from '../../core/api/auditTypes';
import { api, call } from '../../core/api/client';
import { t } from '../../core/i18n';
import { place } from '../../core/nav';
import { online } from '../../core/network';
import { joined, type Reading, useReading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { LoadMore } from '../../ui/loadMore';
import { Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { Chain } from './chain';
import { Filters, use } from './filters';
import { type AuditQuery, listHref, NO_FILTER, readQuery, toFilter } from './model';
import { Rows } from './rows';

const PAGE = 50;

function readPage(query: AuditQuery, cursor: string | null): Promise<AuditPage> {
  const at = cursor === null ? {} : { cursor };
  return call(api.GET('/audit', { params: { query: { ...toFilter(query), limit: PAGE, ...at } } }));
}

interface QueryProps {
  query: AuditQuery;
}

/** What was chosen by a tap in the list, and the way back. */
function Chosen({ query, page }: QueryProps & { page: AuditPage | null }) {
  const name = page?.items.find((one) => one.actor_id === query.actor)?.actor_name ?? '…';
  if (query.actor === '' && query.target === '') return null;
  return (
    <p class="aud-chosen">
      {query.actor !== '' && (
        <Button kind="quiet" icon="close" onClick={() => use({ ...query, actor: '' })}>
          {t('audit.onlyActor', { name })}
        </Button>
      )}
      {query.target !== '' && (
        <Button kind="quiet" icon="close" onClick={() => use({ ...query, target: '' })}>
          {t('audit.onlyTarget')}
        </Button>
      )}
    </p>
  );
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  if (!narrowed) return <EmptyState icon="list" title={t('audit.empty')} text={t('audit.emptyText')} />;
  return (
    <EmptyState
      icon="search"
      title={t('audit.noMatch')}
      text={t('audit.noMatchText')}
      action={
        <Button kind="quiet" onClick={() => use(NO_FILTER)}>
          {t('audit.clearAll')}
        </Button>
      }
    />
  );
}

function More({ query, page, put }: QueryProps & { page: AuditPage; put: (page: AuditPage) => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const more = async () => {
    setBusy(true);
    setError(null);
    try {
      const next = await readPage(query, page.next);
      put({ next: next.next, items: joined(page.items, next.items, (row) => `${row.chain} ${row.number}`) });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <LoadMore
      label={t('audit.more')}
      loaded={t('audit.loaded', { n: page.items.length })}
      more={page.next !== null}
      busy={busy}
      error={error}
      say={errorHelp}
      onMore={() => void more()}
    />
  );
}

function List({ query, reading }: QueryProps & { reading: Reading<AuditPage> }) {
  const regions = useReading('audit-regions', () => call(api.GET('/regions', {})));
  const page = reading.data;
  if (page === null && reading.error !== null)
    return (
      <ErrorState
        title={t('audit.notRead')}
        text={errorHelp(reading.error)}
        retry={{ label: t('audit.retry'), onClick: reading.reload }}
      />
    );
  if (page === null) return <Skeleton label={t('audit.loading')} lines={6} />;
  if (page.items.length === 0) return <Nothing narrowed={listHref(query) !== listHref(NO_FILTER)} />;
  return (
    <>
      <Rows items={page.items} regions={regions.data?.items ?? []} query={query} />
      <More query={query} page={page} put={reading.put} />
    </>
  );
}

export function AuditScreen() {
  const query = readQuery(place.value.query);
  const reading = useReading(`${user.value?.id} ${listHref(query)}`, () => readPage(query, null));
  const refresh = (
    <Button
      kind="plain"
      icon="refresh"
      label={t('audit.refresh')}
      busy={reading.busy}
      onClick={reading.reload}
    />
  );
  const bar = (
    <AppBar
      title={user.value?.region.name ?? t('audit.title')}
      subtitle={t('audit.title')}
      actions={refresh}
    />
  );
  return (
    <div class="aud">
      <Page wide bar={bar}>
        {!online.value && (
          <Banner icon="offline" role="status">
            {t('audit.offline')}
          </Banner>
        )}
        <Chain />
        <Filters query={query} />
        <Chosen query={query} page={reading.data} />
        <List query={query} reading={reading} />
      </Page>
    </div>
  );
}
