/** One run: how far it is, and every light it opened or closed. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { ChangePage, FlagChange, Run } from '../../../core/api/policyTypes';
import { categoryWord, severityWord } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { go } from '../../../core/nav';
import { joined, useReading } from '../../../core/reading';
import { errorHelp, runReason } from '../../../record';
import { Card, Facts } from '../../../ui/card';
import { Chips } from '../../../ui/chips';
import { Light } from '../../../ui/light';
import { LoadMore } from '../../../ui/loadMore';
import { Select } from '../../../ui/select';
import { EmptyState } from '../../../ui/states';
import { Tag } from '../../../ui/tag';
import { Frame, Read } from '../frame';
import { hrefOf } from '../places';
import { count } from '../values';
import { isOver, tookSeconds } from './model';
import { byWord, changesWord, RunProgress, RunState, readRun, useFollow } from './parts';

interface Filter {
  direction: '' | 'opened' | 'closed';
  rule: string;
}

function readChanges(id: string, filter: Filter, after: string | null): Promise<ChangePage> {
  const query = {
    limit: 50,
    ...(filter.direction === '' ? {} : { direction: filter.direction }),
    ...(filter.rule === '' ? {} : { rule: filter.rule }),
    ...(after === null ? {} : { after }),
  };
  return call(api.GET('/policy/rejudgements/{run_id}/changes', { params: { path: { run_id: id }, query } }));
}

function Change({ change }: { change: FlagChange }) {
  const { household } = change;
  const opened = change.direction === 'opened';
  return (
    <li class="pol-house">
      <p class="pol-house-head">
        <a href={`#/county/${change.visit_id}`}>{household.head_name}</a>
        <Tag tone={opened ? 'strong' : 'plain'}>{t(`policy.runs.${change.direction}`)}</Tag>
      </p>
      <p>
        <Light compact severity={change.severity} word={severityWord(change.severity)} /> {pick(change.label)}{' '}
        <span class="pol-code">{change.rule}</span>
      </p>
      <p class="muted small">
        {[household.township, household.village, household.natural_village].filter(Boolean).join(' ')} ·{' '}
        {categoryWord(household.category)} · <span class="num">{household.number}</span>
      </p>
      <p class="muted small">
        {t(opened ? 'policy.runs.raisedBy' : 'policy.runs.raisedThen', {
          pack: change.pack,
          version: change.pack_version,
        })}
      </p>
    </li>
  );
}

const DIRECTIONS = ['', 'opened', 'closed'] as const;

interface FilterProps {
  page: ChangePage;
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

function Filters({ page, filter, onFilter }: FilterProps) {
  const chosen = page.counts.filter((one) => filter.rule === '' || one.rule === filter.rule);
  const sum = (name: 'opened' | 'closed') => chosen.reduce((total, one) => total + one[name], 0);
  const counts = { '': sum('opened') + sum('closed'), opened: sum('opened'), closed: sum('closed') };
  return (
    <>
      <Chips
        label={t('policy.runs.direction')}
        value={filter.direction}
        items={DIRECTIONS.map((id) => ({
          id,
          label: t(id === '' ? 'policy.runs.both' : `policy.runs.${id}`),
          count: counts[id],
        }))}
        onChange={(id) => onFilter({ ...filter, direction: id as Filter['direction'] })}
      />
      <Select
        label={t('policy.runs.rule')}
        anyWord={t('policy.runs.anyRule')}
        value={filter.rule}
        options={page.counts.map((one) => ({
          id: one.rule,
          label: `${one.rule} ${pick(one.label)}（+${one.opened} −${one.closed}）`,
        }))}
        onChange={(rule) => onFilter({ ...filter, rule })}
      />
    </>
  );
}

function Changes({ id }: { id: string }) {
  const [filter, setFilter] = useState<Filter>({ direction: '', rule: '' });
  const reading = useReading(JSON.stringify(filter), () => readChanges(id, filter, null));
  const [known, setKnown] = useState<ChangePage | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (reading.data) setKnown(reading.data);
  }, [reading.data]);
  const more = async (page: ChangePage) => {
    setBusy(true);
    setError(null);
    try {
      const next = await readChanges(id, filter, page.next);
      const keyOf = (one: FlagChange) => `${one.household.id} ${one.rule} ${one.direction}`;
      reading.put({ ...page, items: joined(page.items, next.items, keyOf), next: next.next });
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <Card title={t('policy.runs.list')}>
      <div class="stack">
        {known && known.counts.length > 0 && <Filters page={known} filter={filter} onFilter={setFilter} />}
        <Read {...reading} label={t('policy.loading')} lines={3}>
          {(page) => (
            <>
              {page.items.length === 0 && (
                <EmptyState
                  icon="check"
                  title={t('policy.runs.noChanges')}
                  text={t('policy.runs.noChangesText')}
                />
              )}
              <ul class="pol-houses pol-houses-wide">
                {page.items.map((change) => (
                  <Change key={`${change.household.id} ${change.rule} ${change.direction}`} change={change} />
                ))}
              </ul>
              <LoadMore
                label={t('policy.more')}
                more={page.next !== null}
                busy={busy}
                error={error}
                say={errorHelp}
                onMore={() => void more(page)}
              />
            </>
          )}
        </Read>
      </div>
    </Card>
  );
}

function About({ run, onNews }: { run: Run; onNews: (run: Run) => void }) {
  const { lost, still } = useFollow(run, onNews);
  const seconds = tookSeconds(run);
  const rows = [
    { label: t('policy.runs.why'), value: runReason(run) },
    { label: t('policy.runs.who'), value: byWord(run) },
    { label: t('policy.runs.result'), value: isOver(run) ? changesWord(run) : '—' },
    ...(seconds === null
      ? []
      : [
          {
            label: t('policy.runs.judged'),
            value: t('policy.runs.took', {
              n: count(run.total),
              s: seconds < 0.1 ? '<0.1' : seconds.toFixed(1),
            }),
          },
        ]),
    ...(run.unreadable > 0
      ? [
          {
            label: t('policy.runs.unreadable'),
            value: t('policy.runs.unreadableText', { n: count(run.unreadable) }),
          },
        ]
      : []),
    { label: t('policy.runs.version'), value: <span class="pol-code">{run.version}</span> },
  ];
  return (
    <Card title={t(`policy.runs.trigger.${run.trigger}`)} aside={<RunState run={run} />}>
      {!isOver(run) && <RunProgress run={run} lost={lost} still={still} />}
      <Facts rows={rows} />
      <p class="muted small">{t('policy.runs.kept')}</p>
    </Card>
  );
}

export function RunScreen({ runId }: { runId: string }) {
  const reading = useReading(runId, () => readRun(runId));
  return (
    <Frame
      at="runs"
      title={t('policy.runs.one')}
      back={{ label: t('policy.runs.back'), onClick: () => go(hrefOf('runs'), { replace: true }) }}
    >
      <Read {...reading} label={t('policy.loading')}>
        {(run) => (
          <>
            <About run={run} onNews={reading.put} />
            {isOver(run) && <Changes id={runId} />}
          </>
        )}
      </Read>
    </Frame>
  );
}
