/** The worklist: filters, one row a visit with the reason to look at it, and the rest on demand. */
import { useEffect } from 'preact/hooks';
import type { VisitSummary } from '../../core/api/types';
import { now } from '../../core/clock';
import { severityWord } from '../../core/format';
import { t } from '../../core/i18n';
import { user } from '../../core/session';
import { errorHelp, lightCounts, severityShort, span, whyLine } from '../../record';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Icon } from '../../ui/icon';
import { Light, LightShape } from '../../ui/light';
import { LoadMore } from '../../ui/loadMore';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { EmptyState, ErrorState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import {
  type Counts,
  FILTERS,
  type Filter,
  LONG_WAIT,
  matches,
  type QueueState,
  STATES,
  waited,
} from './model';
import { Notices, TogetherBar } from './notices';
import { filter, moreOfQueue, openQueue, queue, setFilter, tallies } from './queue';
import { shown } from './store';

export const hrefOf = (id: string): string => `#/review/${id}`;

/** Read further while a filter is on, because what it looks for may stand on a later page; never without end. */
const FILTERED_MAX = 1000;

function countOf(name: Filter, counts: Counts | null): number | undefined {
  if (name === 'sampled') return queue.value.items.filter((one) => matches(one, name)).length;
  if (!counts || name === 'resubmitted') return undefined;
  return name === 'all' ? counts.total : counts[name];
}

function chipLabel(name: Filter) {
  if (name !== 'red' && name !== 'yellow' && name !== 'attention') return t(`review.filter.${name}`);
  return (
    <>
      <LightShape severity={name} size={12} />
      {severityShort(name)}
    </>
  );
}

function Filters() {
  const { counts, items } = queue.value;
  // Few queues have a drawn visit in them: the word is there when there is one.
  const drawn = filter.value === 'sampled' || items.some((one) => one.spot_check);
  return (
    <Chips
      label={t('review.filters')}
      items={FILTERS.filter((name) => name !== 'sampled' || drawn).map((name) => ({
        id: name,
        label: chipLabel(name),
        count: countOf(name, counts),
      }))}
      value={filter.value}
      onChange={(id) => setFilter(id as Filter)}
    />
  );
}

function Row({ visit, active }: { visit: VisitSummary; active: boolean }) {
  const { head_name, village, natural_village } = visit.household;
  // A first secretary knows the village; a township has many.
  const parts = user.value?.role === 'first_secretary' ? [natural_village] : [village, natural_village];
  const place = parts.filter(Boolean).join(' ');
  return (
    <li>
      <a class="pane-row" href={hrefOf(visit.id)} aria-current={active ? 'true' : undefined}>
        <span class="pane-row-words">
          <span class="pane-row-name">
            <b>{head_name}</b>
            <small>{place}</small>
          </span>
          <small class="rev-row-why">{whyLine(visit)}</small>
          <span class="rev-row-marks">
            {visit.state === 'submitted' && <Waited visit={visit} />}
            {visit.hinted && <Hinted />}
          </span>
        </span>
        <span class="pane-row-tags">
          <Light
            compact
            severity={visit.severity}
            word={lightCounts(visit.light_counts) || severityWord(visit.severity)}
          />
          {visit.revision > 1 && <Tag tone="accent">{t('review.corrected')}</Tag>}
          {visit.spot_check && visit.state === 'submitted' && <Tag tone="accent">{t('review.sampled')}</Tag>}
        </span>
      </a>
    </li>
  );
}

/** Something about the visit is worth a second look. It says nothing about the household or who visited. */
function Hinted() {
  return (
    <small class="rev-hinted">
      <Icon name="info" size={16} />
      <span aria-hidden="true">{t('review.hinted')}</span>
      <span class="visually-hidden">{t('review.hintedMeans')}</span>
    </small>
  );
}

const JUST_CAME = 10 * 60_000;

/** How long the visit has waited; too long is said in other words, not by a colour alone. */
function Waited({ visit }: { visit: VisitSummary }) {
  const ms = waited(visit, now());
  const long = ms >= LONG_WAIT;
  return (
    <small class={long ? 'rev-waits rev-waits-long' : 'rev-waits'}>
      {long && <Icon name="clock" size={16} />}
      {ms < JUST_CAME
        ? t('review.justCame')
        : t(long ? 'review.waitsLong' : 'review.waits', { span: span(ms) })}
    </small>
  );
}

function More() {
  const { items, next, counts, loading, error } = queue.value;
  if (next === null) return null;
  return (
    <LoadMore
      label={t('review.more')}
      loaded={t('review.loaded', { n: items.length, total: counts?.total ?? items.length })}
      more
      busy={loading}
      error={error}
      block
      onMore={() => void moreOfQueue()}
    />
  );
}

function Nothing() {
  const { state, items, next, loading } = queue.value;
  if (loading || next !== null) return <Skeleton label={t('review.loading')} lines={2} />;
  if (items.length > 0)
    return (
      <EmptyState
        icon="search"
        title={t('review.noMatch')}
        text={t('review.noMatchText')}
        action={
          <Button kind="quiet" onClick={() => setFilter('all')}>
            {t('review.showAll')}
          </Button>
        }
      />
    );
  return <EmptyState icon="check" title={t(`review.empty.${state}`)} text={t(`review.emptyText.${state}`)} />;
}

function Rows({ activeId }: { activeId: string | null }) {
  const { items, loading, error, state } = queue.value;
  if (items.length === 0 && loading) return <Skeleton label={t('review.loading')} lines={6} />;
  if (items.length === 0 && error !== null)
    return (
      <ErrorState
        title={t('review.listError')}
        text={errorHelp(error)}
        retry={{ label: t('review.retry'), onClick: () => void openQueue(state) }}
      />
    );
  if (shown.value.length === 0) return <Nothing />;
  return (
    <ul class="pane-rows rev-rows" aria-label={t('review.list')}>
      {shown.value.map((visit) => (
        <Row key={visit.id} visit={visit} active={visit.id === activeId} />
      ))}
    </ul>
  );
}

/** Loads on while a filter hides what is there. */
function useWholeListWhenFiltered(): void {
  const { next, loading, error, items } = queue.value;
  const wanted = filter.value !== 'all' && next !== null && error === null && items.length < FILTERED_MAX;
  useEffect(() => {
    if (wanted && !loading) void moreOfQueue();
  }, [wanted, loading]);
}

export function QueueList({
  activeId,
  onState,
}: {
  activeId: string | null;
  onState: (s: QueueState) => void;
}) {
  useWholeListWhenFiltered();
  const { state } = queue.value;
  return (
    <div class="rev-list">
      <Segments
        label={t('review.states')}
        controls="rev-rows"
        value={state}
        items={STATES.map((one) => ({ id: one, label: t(`review.state.${one}`), count: tallies.value[one] }))}
        onChange={(id) => onState(id as QueueState)}
      />
      <Filters />
      <Notices />
      {state === 'submitted' && <TogetherBar />}
      <div id="rev-rows" role="tabpanel" aria-label={t(`review.state.${state}`)}>
        <Rows activeId={activeId} />
        <More />
      </div>
    </div>
  );
}
