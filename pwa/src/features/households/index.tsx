/** The grid member's home: this month's progress, search, and the worklist with the next thing to do on top. */
import './households.css';
import { computed, type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { errorText } from '../../core/api/problem';
import { cadence, download, households, refreshedAt, refreshHouseholds } from '../../core/assignments';
import { today } from '../../core/clock';
import { draftHouseholds } from '../../core/drafts';
import { registerTexts, t } from '../../core/i18n';
import { toTop } from '../../core/nav';
import { savedVisits } from '../../core/outbox';
import { textSize } from '../../core/prefs';
import { whenQuiet } from '../../core/quiet';
import { user } from '../../core/session';
import { texts as zh } from '../../i18n/zh-CN/households';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Progress, Ring, Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { StatusLine } from '../../ui/statusLine';
import { VirtualList } from '../../ui/virtualList';
import { here, looking } from './here';
import { heights, ListLine, linesOf, type RowContext, resultLines } from './rows';
import { normal, Search } from './search';
import { type Sorted, sortWork } from './worklist';

registerTexts({ zh, en: () => import('../../i18n/en/households') });

/** What is typed redraws this and the list, not the page around them. */
function SearchBox({ query }: { query: Signal<string> }) {
  const value = query.value;
  const words = t('households.clear');
  const input = useRef<HTMLInputElement>(null);
  const clear = useMemo(() => {
    const empty = () => {
      query.value = '';
      input.current?.focus(); // the button that had the focus is gone
    };
    return <Button kind="plain" icon="close" label={words} onClick={empty} />;
  }, [query, words]);
  return (
    <div class="hh-search">
      <Icon name="search" size={22} />
      <input
        ref={input}
        type="search"
        aria-label={t('households.searchLabel')}
        placeholder={t('households.search')}
        value={value}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        onInput={(event) => {
          toTop(); // where the best hits are, wherever the list was left
          query.value = event.currentTarget.value;
        }}
      />
      <div class={value === '' ? 'hh-nothing-typed' : undefined}>{clear}</div>
    </div>
  );
}

/** Today first: that is what one can still do something about. The month stands below it. */
function TodayCard({ sorted }: { sorted: Sorted }) {
  const { today, forToday, done, total } = sorted;
  const people = households.value.reduce((sum, household) => sum + household.members.length, 0);
  return (
    <section class="card hh-month">
      <Ring
        value={today}
        max={forToday}
        label={t('households.todayRing', { done: today, total: forToday })}
      />
      <div>
        <p class="muted small">
          {user.value?.region.name} · {t('households.today')}
        </p>
        <p class="hh-count num">
          <b>{today}</b> {t('households.ofCount', { total: forToday })}
        </p>
        <p class="muted small num">
          {t('households.monthCount', { done, total, people })} ·{' '}
          {t('households.delivered', { n: sorted.delivered })}
        </p>
      </div>
    </section>
  );
}

const lookAround = (tapped: boolean) =>
  void import('./near').then(
    (near) => near.lookAround(tapped),
    () => {},
  );

/** Near ones come first once the phone knows where it is; it asks for that only when somebody taps here. */
function NearButton() {
  useEffect(() => {
    const timer = setTimeout(() => lookAround(false), 800);
    return () => clearTimeout(timer);
  }, []);
  if (looking.value !== 'ask') return null;
  return (
    <Button kind="quiet" icon="pin" onClick={() => lookAround(true)}>
      {t('households.near')}
    </Button>
  );
}

function DownloadNotice() {
  const { phase, loaded, error } = download.value;
  if (phase === 'downloading') {
    const words = t('households.downloading', { n: loaded });
    const expected = Math.max(households.value.length, loaded + 1);
    return (
      <div class="stack hh-download" role="status">
        <p class="small muted num">{words}</p>
        <Progress value={loaded} max={expected} label={words} />
      </div>
    );
  }
  if (phase !== 'failed' || households.value.length === 0) return null;
  return (
    <Banner
      icon="info"
      role="status"
      action={
        <Button kind="quiet" onClick={() => void refreshHouseholds()}>
          {t('app.retry')}
        </Button>
      }
    >
      {t('households.downloadFailed')}：{errorText(error)}
    </Banner>
  );
}

/** Nothing to list yet: being read, failed the first time, or really empty. */
function Nothing() {
  const { phase, error } = download.value;
  const busy = phase === 'reading' || phase === 'downloading';
  const again = () => void refreshHouseholds();
  if (busy) return <Skeleton lines={6} label={t('app.loading')} />;
  if (phase === 'failed' || refreshedAt.value === null)
    return (
      <ErrorState
        title={t('households.firstFailed')}
        text={error === undefined ? undefined : errorText(error)}
        retry={{ label: t('app.retry'), onClick: again }}
      />
    );
  return (
    <EmptyState
      title={t('households.empty')}
      text={t('households.emptyText')}
      action={
        <Button kind="quiet" icon="refresh" onClick={again}>
          {t('households.refresh')}
        </Button>
      }
    />
  );
}

const searching = computed(() => new Search(households.value));

/** In quiet moments makes a search ready, so that its first key stroke is as quick as the others. */
function makeReady(search: Search): () => void {
  let over = false;
  const pieces = search.preparations();
  const next = () => {
    if (!over && !pieces.next().done) whenQuiet(next);
  };
  whenQuiet(next);
  return () => {
    over = true;
  };
}

/** What the lists depend on, the same object as long as none of it changes. */
function useListContext(): RowContext {
  const day = today();
  const [saved, drafts, often, point] = [savedVisits.value, draftHouseholds.value, cadence.value, here.value];
  return useMemo(
    () => ({ today: day, saved, drafts, cadence: often, here: point }),
    [day, saved, drafts, often, point],
  );
}

function NothingFound({ query }: { query: string }) {
  return (
    <EmptyState
      icon="search"
      title={t('households.nothingFound', { query })}
      text={t('households.nothingFoundText')}
      action={
        <Button kind="quiet" icon="plus" href="#/new">
          {t('households.add')}
        </Button>
      }
    />
  );
}

/** The worklist, or what was found in it: one list whose rows stay while somebody types. */
function Listing({ typed }: { typed: ReadonlySignal<string> }) {
  const query = typed.value.trim();
  const context = useListContext();
  const [all, search] = [households.value, searching.value];
  const sorted = useMemo(() => sortWork(all, context), [all, context]);
  const work = useMemo(() => linesOf(sorted, context), [sorted, context]);
  const found = useMemo(() => (normal(query) === '' ? null : search.find(query)), [search, query]);
  const lines = useMemo(() => (found ? resultLines(found, context) : work), [found, work, context]);
  const above = useMemo(
    () => (
      <>
        <TodayCard sorted={sorted} />
        <NearButton />
      </>
    ),
    [sorted],
  );
  if (found?.length === 0) return <NothingFound query={query} />;
  return (
    <>
      {found && (
        <p class="group" role="status">
          {t('households.found', { n: found.length })}
        </p>
      )}
      <div class="stack" hidden={found !== null}>
        {above}
      </div>
      <VirtualList
        items={lines}
        heightOf={heights(textSize.value)}
        label={t('households.list')}
        render={(line) => <ListLine line={line} />}
      />
    </>
  );
}

export function HouseholdsHome() {
  const query = useSignal('');
  const search = searching.value;
  useEffect(() => makeReady(search), [search]);
  const has = households.value.length > 0;
  const bar = (
    <AppBar
      title={t('households.title')}
      subtitle={<StatusLine />}
      actions={
        <div class="hh-acts">
          {has && <Button kind="plain" icon="plus" label={t('households.add')} href="#/new" />}
          <Button
            kind="plain"
            icon="refresh"
            label={t('households.refresh')}
            busy={download.value.phase === 'downloading'}
            onClick={() => void refreshHouseholds()}
          />
        </div>
      }
    >
      {has && <SearchBox query={query} />}
    </AppBar>
  );
  return (
    <Page bar={bar}>
      <DownloadNotice />
      {has ? <Listing typed={query} /> : <Nothing />}
    </Page>
  );
}
