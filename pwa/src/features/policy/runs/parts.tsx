/** A run over the county: its line in a list and how far it is. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { Run } from '../../../core/api/policyTypes';
import { now } from '../../../core/clock';
import { showInstant } from '../../../core/format';
import { t } from '../../../core/i18n';
import { runReason } from '../../../record';
import { Progress } from '../../../ui/progress';
import { Tag, type Tone } from '../../../ui/tag';
import { count } from '../values';
import { isOver, pollMs, runHref, standsStill } from './model';

const TONES: Record<Run['state'], Tone> = { waiting: 'plain', running: 'solid', done: 'green' };

export function RunState({ run }: { run: Run }) {
  return <Tag tone={TONES[run.state]}>{t(`policy.runs.state.${run.state}`)}</Tag>;
}

export const readRun = (id: string): Promise<Run> =>
  call(api.GET('/policy/rejudgements/{run_id}', { params: { path: { run_id: id } } }));

/** Follows a run until it is over; a lost answer is asked for again. `still` when it has not moved for long. */
export function useFollow(run: Run | null, onNews: (run: Run) => void): { lost: boolean; still: boolean } {
  const [lost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const [moved, setMoved] = useState({ done: -1, at: now() });
  useEffect(() => {
    const wait = run === null ? null : pollMs(run);
    if (run === null || wait === null) return undefined;
    const timer = setTimeout(() => {
      readRun(run.id).then(
        (next) => {
          setLost(false);
          if (next.done !== moved.done) setMoved({ done: next.done, at: now() });
          setRound(round + 1);
          onNews(next);
        },
        () => {
          setLost(true);
          setRound(round + 1);
        },
      );
    }, wait);
    return () => clearTimeout(timer);
  }, [run, round]);
  return { lost, still: run !== null && standsStill(run, moved.at, now()) };
}

export function RunProgress({ run, lost, still }: { run: Run; lost: boolean; still: boolean }) {
  const words = t('policy.runs.progress', { done: count(run.done), total: count(run.total) });
  return (
    <div class="stack run-progress">
      <Progress value={run.done} max={run.total} label={words} />
      <p class="small num" role="status">
        {run.state === 'waiting' ? t('policy.runs.waits') : words}
      </p>
      {lost && <p class="muted small">{t('policy.runs.lost')}</p>}
      {still && !lost && <p class="muted small">{t('policy.runs.still')}</p>}
    </div>
  );
}

/** "新亮 12 · 熄灭 3 · 涉及 14 户". */
export function changesWord(run: Run): string {
  if (run.opened + run.closed === 0) return t('policy.runs.noChanges');
  return t('policy.runs.changes', {
    opened: count(run.opened),
    closed: count(run.closed),
    households: count(run.households_changed),
  });
}

export function byWord(run: Run): string {
  const at = showInstant(run.created_at);
  return run.requested_by === null
    ? t('policy.runs.byItself', { at })
    : t('policy.runs.by', { name: run.requested_by, at });
}

export function RunLine({ run }: { run: Run }) {
  return (
    <li class="row">
      <a class="run-line" href={runHref(run.id)}>
        <span class="run-head">
          <b>{t(`policy.runs.trigger.${run.trigger}`)}</b>
          <RunState run={run} />
        </span>
        <span>{runReason(run)}</span>
        {isOver(run) && <span class="num">{changesWord(run)}</span>}
        <span class="muted small">{byWord(run)}</span>
      </a>
    </li>
  );
}
