/** Everything known of a household over time: visits, versions, lights and decisions, newest first. */
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import { errorText } from '../../core/api/problem';
import { severityWord, showInstant, stateWord } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { isLit, lightCounts, roleWord, stateTone, whyLine } from '../../record';
import { Button } from '../../ui/button';
import { Light } from '../../ui/light';
import { Skeleton } from '../../ui/progress';
import { Tag } from '../../ui/tag';
import { type CountyQuery, type HistoryEntry, timeline, visitHref } from './model';

interface HistoryState {
  id: string;
  entries: HistoryEntry[] | null;
  error: unknown;
}

function useHistory(householdId: string): HistoryState & { reload: () => void } {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<HistoryState>({ id: householdId, entries: null, error: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads the same household again
  useEffect(() => {
    let gone = false;
    setState({ id: householdId, entries: null, error: null });
    call(api.GET('/households/{household_id}', { params: { path: { household_id: householdId } } })).then(
      (household) => {
        if (!gone) setState({ id: householdId, entries: timeline(household.history), error: null });
      },
      (error: unknown) => {
        if (!gone) setState({ id: householdId, entries: null, error });
      },
    );
    return () => {
      gone = true;
    };
  }, [householdId, round]);
  return { ...state, reload: () => setRound(round + 1) };
}

interface EntryProps {
  entry: HistoryEntry;
  current: boolean;
  query: CountyQuery;
}

function Entry({ entry, current, query }: EntryProps) {
  const lights =
    entry.lights
      ?.filter(isLit)
      .map((light) => pick(light.label))
      .join(' · ') || whyLine(entry);
  return (
    <li class={`cty-entry light-${entry.severity}`}>
      <a href={visitHref(entry.id, query)} aria-current={current ? 'page' : undefined}>
        <span class="cty-entry-head">
          <b>{showInstant(entry.visited_at)}</b>
          {entry.revision > 1 && <Tag tone="accent">{t('record.revision', { n: entry.revision })}</Tag>}
          <Tag tone={stateTone(entry.state)}>{stateWord(entry.state)}</Tag>
        </span>
        <span class="cty-entry-lights">
          <Light
            compact
            severity={entry.severity}
            word={lightCounts(entry.light_counts) || severityWord(entry.severity)}
          />
          <span>{lights}</span>
        </span>
        {entry.reviews?.map((review) => (
          <span key={review.id} class="cty-entry-review">
            {stateWord(review.decision)} · {review.reviewer_name}（{roleWord(review.reviewer_role)}）
            {review.comment && `：${review.comment}`}
          </span>
        ))}
      </a>
    </li>
  );
}

export interface HistoryProps {
  householdId: string;
  visitId: string;
  query: CountyQuery;
}

export function History({ householdId, visitId, query }: HistoryProps) {
  const { entries, error, reload } = useHistory(householdId);
  if (error !== null)
    return (
      <div role="alert" class="stack">
        <p>{t('county.historyError', { error: errorText(error) })}</p>
        <Button kind="quiet" icon="refresh" onClick={reload}>
          {t('county.retry')}
        </Button>
      </div>
    );
  if (entries === null) return <Skeleton label={t('county.loadingHistory')} lines={3} />;
  return (
    <ol class="cty-timeline" aria-label={t('county.history')}>
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} current={entry.id === visitId} query={query} />
      ))}
    </ol>
  );
}
