/** The reviewer's desk: worklist, visit and decision side by side where there is room, one after the other on phones. */
import '../../ui/keysHelp.css';
import '../../ui/panes.css';
import './review.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { go, parsePlace } from '../../core/nav';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { prefetchRecord, RecordLights, type RecordState, severityShort, useRecord } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { useWide } from '../../ui/media';
import { Progress, Skeleton } from '../../ui/progress';
import { useShortcuts } from '../../ui/shortcuts';
import { EmptyState } from '../../ui/states';
import { type Deciding, DecisionPanel, mayDecide, useDeciding } from './decisionPanel';
import { Detail, dismissed } from './detail';
import { ShortcutHelp } from './help';
import { neighbour, progressOf, type QueueState } from './model';
import { askTogether } from './notices';
import { openQueue, queue, tallies } from './queue';
import { hrefOf, QueueList } from './queueList';
import { watchDesk } from './sender';
import { keepNow, lastDecided, recallDecisions, shown } from './store';

function useQueue(): void {
  const id = user.value?.id;
  useEffect(() => {
    let stop = () => {};
    let gone = false;
    // What was decided before is known before anything is shown, sent or kept.
    const begin = async () => {
      await recallDecisions().catch(() => undefined);
      if (gone) return;
      if (queue.value.counts === null || queue.value.error !== null) void openQueue(queue.value.state);
      stop = watchDesk();
    };
    void begin();
    const hide = () => void keepNow();
    document.addEventListener('visibilitychange', hide);
    return () => {
      gone = true;
      stop();
      document.removeEventListener('visibilitychange', hide);
    };
  }, [id]);
}

/** How many of what; each number keeps its word on the same line. */
function CountsLine() {
  const { counts } = queue.value;
  if (!counts) return null;
  const lights = (['red', 'yellow', 'attention'] as const).map(
    (one) => `${severityShort(one)} ${counts[one]}`,
  );
  const changes = [
    t('review.changed', { n: counts.changed }),
    t('review.unchanged', { n: counts.unchanged }),
  ];
  return (
    <span class="rev-counts num">
      {[...lights, ...changes].map((words) => (
        <span key={words}>{words}</span>
      ))}
    </span>
  );
}

function ProgressLine() {
  const progress = progressOf(tallies.value);
  if (!progress || progress.total === 0) return null;
  const label = t('review.progress', { done: progress.done, total: progress.total });
  return (
    <div class="rev-progress">
      <span class="num">{label}</span>
      <Progress value={progress.done} max={progress.total} label={label} tone="green" />
    </div>
  );
}

interface QueueBarProps {
  onHelp: () => void;
  wide: boolean;
  places: ComponentChildren;
}

function QueueBar({ onHelp, wide, places }: QueueBarProps) {
  const { state, counts, loading } = queue.value;
  return (
    <AppBar
      title={t('review.title', { place: user.value?.region.name ?? '' })}
      note={counts ? t(`review.count.${state}`, { n: counts.total }) : undefined}
      subtitle={<CountsLine />}
      actions={
        <>
          {wide && places}
          {wide && <ProgressLine />}
          <Button
            kind="plain"
            icon="refresh"
            label={t('review.refresh')}
            busy={loading}
            onClick={() => void openQueue(state)}
          />
          {wide && (
            <Button kind="plain" label={t('review.keys')} onClick={onHelp}>
              <kbd class="key">?</kbd>
            </Button>
          )}
        </>
      }
    >
      {!wide && places}
      {!wide && <ProgressLine />}
    </AppBar>
  );
}

/** The network line: what is decided now is kept and sent later. */
function OfflineLine() {
  if (online.value) return null;
  return (
    <Banner icon="offline" role="status">
      {t('review.offline')}
    </Banner>
  );
}

/** Says aloud what was decided; a screen reader hears it, everyone sees it for as long as the next visit is new. */
function DecidedLine() {
  const last = lastDecided.value;
  return (
    <p class="visually-hidden" role="status">
      {last ? t(`review.${last.kept ? 'keptOne' : 'done'}.${last.choice}`, { name: last.name }) : ''}
    </p>
  );
}

function Aside({ state, deciding }: { state: RecordState; deciding: Deciding }) {
  const { record } = state;
  if (!record) return state.loading ? <Skeleton label={t('record.loading')} lines={3} /> : null;
  return (
    <>
      <section class="rev-aside-lights" aria-label={t('record.lights')}>
        <RecordLights key={record.visit.id} record={record} onDismissed={() => dismissed(state.reload)} />
      </section>
      <div class="rev-aside-decide">
        <DecisionPanel visit={record.visit} checklist={record.checklist} deciding={deciding} wide />
      </div>
    </>
  );
}

interface DeskProps {
  visitId: string | null;
  state: RecordState;
  deciding: Deciding;
  onState: (state: QueueState) => void;
  onHelp: () => void;
  places: ComponentChildren;
}

function Desk({ visitId, state, deciding, onState, onHelp, places }: DeskProps) {
  return (
    <div class="page pane-page">
      <QueueBar wide onHelp={onHelp} places={places} />
      <div class="rev-desk">
        <nav class="pane pane-list rev-col" aria-label={t('review.list')}>
          <QueueList activeId={visitId} onState={onState} />
        </nav>
        <main class="pane-middle" id="main">
          <OfflineLine />
          {visitId === null ? <NothingOpen /> : <Detail state={state} lightsAside />}
        </main>
        <aside class="pane pane-aside" aria-label={t('review.decision')}>
          {visitId !== null && <Aside state={state} deciding={deciding} />}
        </aside>
      </div>
    </div>
  );
}

function NothingOpen() {
  if (queue.value.items.length > 0 || !progressOf(tallies.value)?.done) return null;
  return <EmptyState icon="check" title={t('review.allDone')} text={t('review.allDoneText')} />;
}

/** Whether the list lies one step back in the browser's history: visits replace each other, the list stays under them. */
let listBelow = false;

function backToList(): void {
  if (listBelow) history.back();
  else go('#/review', { replace: true });
}

function PhoneList({ onState, places }: Pick<DeskProps, 'onState' | 'places'>) {
  useEffect(() => {
    listBelow = true;
  }, []);
  return (
    <Page bar={<QueueBar wide={false} onHelp={() => undefined} places={places} />}>
      <OfflineLine />
      <QueueList activeId={null} onState={onState} />
    </Page>
  );
}

function PhoneVisit({
  visitId,
  state,
  deciding,
}: Omit<DeskProps, 'onState' | 'onHelp' | 'places'> & { visitId: string }) {
  const place = shown.value.findIndex((visit) => visit.id === visitId);
  const step = (by: 1 | -1) => go(hrefOf(neighbour(shown.value, visitId, by) ?? visitId), { replace: true });
  const { record } = state;
  const bar = (
    <AppBar
      title={t('review.one')}
      note={place >= 0 ? `${place + 1} / ${shown.value.length}` : undefined}
      back={{ label: t('review.back'), onClick: backToList }}
      actions={
        place >= 0 && (
          <>
            <Button
              kind="plain"
              icon="previous"
              label={t('review.previous')}
              disabled={place === 0}
              onClick={() => step(-1)}
            />
            <Button
              kind="plain"
              icon="next"
              label={t('review.next')}
              disabled={place === shown.value.length - 1}
              onClick={() => step(1)}
            />
          </>
        )
      }
    />
  );
  const foot = record ? (
    <DecisionPanel visit={record.visit} checklist={record.checklist} deciding={deciding} wide={false} />
  ) : undefined;
  return (
    <Page bar={bar} foot={foot}>
      <OfflineLine />
      <Detail state={state} lightsAside={false} />
    </Page>
  );
}

/** Reads the next visit while this one is being judged, so that J answers at once. */
function useNextInAdvance(visitId: string | null, ready: boolean): void {
  const next = visitId === null ? null : neighbour(shown.value, visitId, 1);
  useEffect(() => {
    if (ready && next !== null && next !== visitId) prefetchRecord(next);
  }, [ready, next, visitId]);
}

export function ReviewScreen({
  visitId,
  places,
}: Pick<DeskProps, 'visitId'> & { places?: ComponentChildren }) {
  const wide = useWide();
  const [help, setHelp] = useState(false);
  useQueue();
  const state = useRecord(visitId);
  const visit = state.record?.visit ?? null;
  const deciding = useDeciding(visit && mayDecide(visit) ? visit : null);
  const first = shown.value[0]?.id;
  useNextInAdvance(visitId, state.record !== null);
  useEffect(() => {
    const [at = 'review'] = parsePlace(location.hash).parts;
    // Who has gone elsewhere while the queue was read is not called back.
    if (wide && visitId === null && first !== undefined && at === 'review')
      go(hrefOf(first), { replace: true });
  }, [wide, visitId, first]);
  const step = (by: 1 | -1) => {
    const target = neighbour(shown.value, visitId, by);
    if (target !== null && target !== visitId) go(hrefOf(target), { replace: visitId !== null });
  };
  useShortcuts(
    {
      j: () => step(1),
      k: () => step(-1),
      a: deciding.approve,
      r: () => deciding.say('returned'),
      e: () => deciding.say('escalated'),
      d: () => document.querySelector<HTMLElement>('.rec-dismiss')?.click(),
      b: askTogether,
      '?': () => setHelp(true),
    },
    ['j', 'k'],
  );
  const onState = (next: QueueState) => {
    void openQueue(next);
    if (wide) go('#/review', { replace: true });
  };
  const page = wide ? (
    <Desk
      visitId={visitId}
      state={state}
      deciding={deciding}
      onState={onState}
      onHelp={() => setHelp(true)}
      places={places}
    />
  ) : visitId === null ? (
    <PhoneList onState={onState} places={places} />
  ) : (
    <PhoneVisit visitId={visitId} state={state} deciding={deciding} />
  );
  return (
    <>
      {page}
      <DecidedLine />
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
