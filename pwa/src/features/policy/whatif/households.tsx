/** The households behind a number of a trial, a page at a time. */
import { useState } from 'preact/hooks';
import type { HouseholdsOf, SimulatedHousehold, SimulatedPage } from '../../../core/api/policyTypes';
import { categoryWord, showInstant } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { joined, useReading } from '../../../core/reading';
import { errorHelp } from '../../../record';
import { Button } from '../../../ui/button';
import { Sheet } from '../../../ui/dialog';
import { LoadMore } from '../../../ui/loadMore';
import { EmptyState } from '../../../ui/states';
import { Read } from '../frame';
import { rulebook } from '../store';
import { count } from '../values';
import type { Trial } from './model';
import { kindWord } from './results';
import { difference, readHouseholds } from './store';

function ruleName(id: string): string {
  const rule = rulebook.value.data?.rules.items.find((one) => one.rule === id);
  return rule ? pick(rule.label) : id;
}

function Rules({ ids, word, mark }: { ids: readonly string[]; word: string; mark: string }) {
  if (ids.length === 0) return null;
  return (
    <p class="wi-diff">
      <b aria-hidden="true">{mark}</b>
      <span>
        {word}
        {ids.map((id) => `${ruleName(id)}（${id}）`).join('、')}
      </span>
    </p>
  );
}

function Row({ row }: { row: SimulatedHousehold }) {
  const { gained, lost } = difference(row.now, row.then);
  const { household } = row;
  const same = gained.length + lost.length === 0;
  return (
    <li class="pol-house">
      <p class="pol-house-head">
        {row.now.length > 0 ? (
          <a href={`#/county/${row.visit_id}`}>{household.head_name}</a>
        ) : (
          <b>{household.head_name}</b>
        )}
        <span class="muted small num">{household.number}</span>
      </p>
      <p class="muted small">
        {[household.township, household.village, household.natural_village].filter(Boolean).join(' ')} ·{' '}
        {categoryWord(household.category)} · {t('policy.persons', { n: row.persons })} ·{' '}
        {t('policy.whatif.visited', { day: showInstant(row.visited_at) })}
      </p>
      <Rules ids={gained} word={t('policy.whatif.gained')} mark="+" />
      <Rules ids={lost} word={t('policy.whatif.lost')} mark="−" />
      {same && <Rules ids={row.now} word={t('policy.whatif.keeps')} mark="·" />}
      {row.kind_now !== row.kind_then && (
        <p class="small">
          {t('policy.whatif.kindChange', { now: kindWord(row.kind_now), later: kindWord(row.kind_then) })}
        </p>
      )}
    </li>
  );
}

interface MoreState {
  items: readonly SimulatedHousehold[];
  next: string | null;
  busy: boolean;
  error: unknown;
}

function Pages({ first, trial, list }: { first: SimulatedPage; trial: Trial; list: HouseholdsOf }) {
  const [held, setHeld] = useState<MoreState>({
    items: first.items,
    next: first.next,
    busy: false,
    error: null,
  });
  const more = async () => {
    setHeld({ ...held, busy: true, error: null });
    try {
      const page = await readHouseholds(trial, list, held.next);
      const items = joined(held.items, page.items, (row) => row.household.id);
      setHeld({ items, next: page.next, busy: false, error: null });
    } catch (error) {
      setHeld({ ...held, busy: false, error });
    }
  };
  if (held.items.length === 0) return <EmptyState icon="search" title={t('policy.whatif.nobody')} />;
  return (
    <>
      <ul class="pol-houses">
        {held.items.map((row) => (
          <Row key={row.household.id} row={row} />
        ))}
      </ul>
      <LoadMore
        label={t('policy.more')}
        loaded={t('policy.listed', { n: count(held.items.length), total: count(first.total) })}
        more={held.next !== null}
        busy={held.busy}
        error={held.error}
        say={errorHelp}
        onMore={() => void more()}
      />
    </>
  );
}

function List({ trial, list }: { trial: Trial; list: HouseholdsOf }) {
  const key = JSON.stringify([trial, list]);
  const reading = useReading(key, () => readHouseholds(trial, list, null));
  return (
    <Read {...reading} label={t('policy.whatif.readingList')} lines={4}>
      {(first) => <Pages key={key} first={first} trial={trial} list={list} />}
    </Read>
  );
}

export interface BehindProps {
  trial: Trial;
  list: HouseholdsOf | null;
  title: string;
  onClose: () => void;
}

export function Behind({ trial, list, title, onClose }: BehindProps) {
  return (
    <Sheet
      open={list !== null}
      title={title}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('policy.close')}</Button>}
    >
      {list && <List trial={trial} list={list} />}
    </Sheet>
  );
}
