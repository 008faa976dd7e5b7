/** The township's list: what is due with its days, what came of the rest, by month and village. */
import { useEffect, useRef } from 'preact/hooks';
import type { Recheck } from '../../core/api/deskTypes';
import { severityWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { go } from '../../core/nav';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Icon } from '../../ui/icon';
import { Light } from '../../ui/light';
import { LoadMore } from '../../ui/loadMore';
import { Skeleton } from '../../ui/progress';
import { Select } from '../../ui/select';
import { EmptyState, ErrorState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { isOpen, itemHref, LISTS, listHref, NO_FILTER, type RecheckQuery, villagesOf } from './model';
import { MonthCard } from './month';
import { moreRows, readRows, regions, rows } from './store';
import { leftWords, monthWord, outcomeWords, placeWords, untilWords } from './words';

interface ListProps {
  query: RecheckQuery;
  activeId: string | null;
}

/** The lists of what is still to be done. */
const isWaiting = ({ state }: RecheckQuery): boolean => state === 'due' || state === 'overdue';

const use = (query: RecheckQuery) => go(listHref(query), { replace: true });

function States({ query }: { query: RecheckQuery }) {
  const counts = rows.value.heading?.counts;
  const box = useRef<HTMLDivElement>(null);
  const { state } = query;
  // On a phone the line of lists is longer than the screen: the open one is brought in sight.
  useEffect(() => {
    const chip = box.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    const line = chip?.parentElement;
    if (chip && line && state) line.scrollLeft = chip.offsetLeft - line.offsetLeft - line.clientWidth / 3;
  }, [state]);
  return (
    <div ref={box}>
      <Chips
        label={t('rechecks.lists')}
        items={LISTS.map((one) => ({ id: one, label: t(`rechecks.list.${one}`), count: counts?.[one] }))}
        value={state}
        onChange={(id) => use({ ...query, state: LISTS.find((one) => one === id) ?? 'due' })}
      />
    </div>
  );
}

function Filters({ query }: { query: RecheckQuery }) {
  const months = new Set([...rows.value.months, ...(query.month ? [query.month] : [])]);
  return (
    <search class="rck-filters" aria-label={t('rechecks.filters')}>
      <Select
        label={t('rechecks.byMonth')}
        anyWord={t('rechecks.allMonths')}
        value={query.month}
        options={[...months].map((id) => ({ id, label: monthWord(id) }))}
        onChange={(month) => use({ ...query, month })}
      />
      <Select
        label={t('rechecks.byVillage')}
        anyWord={t('rechecks.allVillages')}
        value={query.region}
        options={villagesOf(regions.value).map((one) => ({ id: one.code, label: one.name }))}
        onChange={(region) => use({ ...query, region })}
      />
    </search>
  );
}

/** The time of a case that is due; too late is said in other words and by an icon, not by a colour. */
function Time({ row }: { row: Recheck }) {
  return (
    <small class={row.overdue ? 'rck-time rck-late' : 'rck-time'}>
      <b>
        {row.overdue && <Icon name="clock" size={16} />}
        {leftWords(row)}
      </b>
      <span>{untilWords(row)}</span>
    </small>
  );
}

function Said({ row }: { row: Recheck }) {
  return (
    <>
      {row.opinion && <small class="rck-said">{row.opinion}</small>}
      <small>{outcomeWords(row)}</small>
    </>
  );
}

/** What tells a case apart before its lights: it was handed up by the village, or sent back by the county. */
export function CaseTags({ row }: { row: Recheck }) {
  return (
    <>
      {row.rounds > 0 && isOpen(row.state) && <Tag tone="strong">{t('rechecks.sentBack')}</Tag>}
      {row.rounds === 0 && row.escalated && <Tag tone="accent">{t('rechecks.escalated')}</Tag>}
    </>
  );
}

function Row({ row, active, query }: { row: Recheck; active: boolean; query: RecheckQuery }) {
  return (
    <li>
      <a class="pane-row" href={itemHref(row.visit_id, query)} aria-current={active ? 'true' : undefined}>
        <span class="pane-row-words">
          <span class="pane-row-name">
            <b>{row.household.head_name}</b>
            <small>{placeWords(row)}</small>
          </span>
          <small class="rck-why">{row.top_lights.map(pick).join(' · ') || t('rechecks.noLights')}</small>
          {isOpen(row.state) ? <Time row={row} /> : <Said row={row} />}
        </span>
        <span class="pane-row-tags">
          <Light compact severity={row.severity} word={severityWord(row.severity)} />
          <CaseTags row={row} />
        </span>
      </a>
    </li>
  );
}

function More() {
  const { items, next, heading, query, loading, error } = rows.value;
  if (next === null) return null;
  const total = heading?.counts[query.state] ?? items.length;
  return (
    <LoadMore
      label={t('rechecks.more')}
      loaded={t('rechecks.loaded', { n: items.length, total })}
      more
      busy={loading}
      error={error}
      block
      onMore={() => void moreRows()}
    />
  );
}

function Nothing({ query }: { query: RecheckQuery }) {
  if (query.month === '' && query.region === '')
    return (
      <EmptyState
        icon={isWaiting(query) ? 'check' : 'list'}
        title={t(`rechecks.empty.${query.state}`)}
        text={t(`rechecks.emptyText.${query.state}`)}
      />
    );
  return (
    <EmptyState
      icon="search"
      title={t('rechecks.noMatch')}
      text={t('rechecks.noMatchText')}
      action={
        <Button kind="quiet" onClick={() => use({ ...NO_FILTER, state: query.state })}>
          {t('rechecks.showAll')}
        </Button>
      }
    />
  );
}

function Rows({ query, activeId }: ListProps) {
  const { items, loading, error, heading } = rows.value;
  if (items.length === 0 && (loading || (heading === null && error === null)))
    return <Skeleton label={t('rechecks.loading')} lines={6} />;
  if (items.length === 0 && error !== null)
    return (
      <ErrorState
        title={t('rechecks.listError')}
        text={errorHelp(error)}
        retry={{ label: t('rechecks.retry'), onClick: () => void readRows(query) }}
      />
    );
  if (items.length === 0) return <Nothing query={query} />;
  return (
    <ul class="pane-rows rck-rows" aria-label={t('rechecks.listLabel')}>
      {items.map((row) => (
        <Row key={row.visit_id} row={row} active={row.visit_id === activeId} query={query} />
      ))}
    </ul>
  );
}

export function RecheckList({ query, activeId }: ListProps) {
  return (
    <div class="rck-list">
      <States query={query} />
      <Filters query={query} />
      {user.value?.role === 'township' && isWaiting(query) && <MonthCard query={query} />}
      <Rows query={query} activeId={activeId} />
      <More />
    </div>
  );
}
