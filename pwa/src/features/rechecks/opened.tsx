/** One case in front of the officer: the record of the visit, where it stands, and what is being written about it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { RecheckDetail } from '../../core/api/deskTypes';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { type Reading, useReading } from '../../core/reading';
import { errorHelp, type RecordState, useRecord, VisitRecordView } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { ErrorState } from '../../ui/states';
import { CaseCard, obstacleWords } from './caseCard';
import { draftOf, recallDraft } from './concluding';
import { type Deciding, DecidingPanel, type Side, showSide, sideOf, useDeciding } from './deciding';
import { useKeys, useNextInAdvance } from './keys';
import { itemHref, neighbour, type RecheckQuery } from './model';
import { OutcomeForm } from './outcomeForm';
import { Outcomes } from './outcomes';
import { readRows, rows } from './store';

/** Other visits and versions are looked at on the review desk. */
const hrefOf = (id: string): string => `#/review/${id}`;

interface Case {
  reading: Reading<RecheckDetail>;
  record: RecordState;
  deciding: Deciding;
  /** The visit and its place in the list are read again: a light is out. */
  again: () => void;
}

function useCase(visitId: string, query: RecheckQuery): Case {
  const reading = useReading(`recheck/${visitId}`, () =>
    call(api.GET('/rechecks/{visit_id}', { params: { path: { visit_id: visitId } } })),
  );
  const record = useRecord(visitId);
  useEffect(() => void recallDraft(visitId), [visitId]);
  const deciding = useDeciding(reading.data, query, reading.reload);
  const again = () => {
    reading.reload();
    record.reload();
    void readRows(query);
  };
  return { reading, record, deciding, again };
}

/** Grey lines, or why the case did not come and what to do. */
function Unread({ reading }: { reading: Case['reading'] }) {
  if (reading.error === null) return <Skeleton label={t('rechecks.loading')} lines={4} />;
  return (
    <ErrorState
      title={t('rechecks.caseError')}
      text={errorHelp(reading.error)}
      retry={{ label: t('rechecks.retry'), onClick: reading.reload, busy: reading.busy }}
    />
  );
}

function Record({ at }: { at: Case }) {
  const { record, error, loading, reload } = at.record;
  const box = useRef<HTMLDivElement>(null);
  const id = record?.visit.id;
  useEffect(() => {
    if (id !== undefined) box.current?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }, [id]);
  if (loading) return <Skeleton label={t('record.loading')} lines={6} />;
  if (!record)
    return (
      <ErrorState
        title={t('record.error')}
        text={errorHelp(error)}
        retry={{ label: t('record.retry'), onClick: reload }}
      />
    );
  return (
    <div ref={box}>
      <VisitRecordView key={record.visit.id} record={record} hrefOf={hrefOf} onDismissed={at.again} />
    </div>
  );
}

/** Where the case stands and what was said about it; until it is read, why not. */
function Standing({ at }: { at: Case }) {
  const { data } = at.reading;
  const visit = at.record.record?.visit ?? null;
  if (data === null) return <Unread reading={at.reading} />;
  return (
    <>
      <CaseCard detail={data} visit={visit} />
      <Outcomes outcomes={data.outcomes} lights={visit?.lights ?? data.lights} />
    </>
  );
}

/** Whether something is to be decided here, or was sent and has no answer yet. */
const isToDecide = (detail: RecheckDetail): boolean =>
  obstacleWords(detail) === null || draftOf(detail.visit_id).request !== null;

interface CaseProps {
  visitId: string;
  query: RecheckQuery;
  offline: ComponentChildren;
  onHelp: () => void;
}

/** What both kinds of screens of a case do. */
function useWorking({ visitId, query, onHelp }: CaseProps): Case {
  const at = useCase(visitId, query);
  useKeys(visitId, query, at.deciding, onHelp);
  useNextInAdvance(visitId, at.record.record !== null);
  return at;
}

/** At a desk: the record in the middle, the case and what is written about it beside it. */
export function WideCase(props: CaseProps) {
  const at = useWorking(props);
  const { data } = at.reading;
  const { gaps, tries } = at.deciding;
  return (
    <>
      <main class="pane-middle" id="main">
        {props.offline}
        <Record at={at} />
      </main>
      <aside class="pane pane-aside rck-aside" aria-label={t('rechecks.case')}>
        <div class="rck-aside-words">
          <Standing at={at} />
          {data !== null && isToDecide(data) && <OutcomeForm detail={data} gaps={gaps} tries={tries} />}
        </div>
        {data !== null && isToDecide(data) && (
          <div class="rck-aside-decide">
            <DecidingPanel detail={data} deciding={at.deciding} wide />
          </div>
        )}
      </aside>
    </>
  );
}

function PhoneBar({ visitId, query, onBack, name }: PhoneProps & { name: string | undefined }) {
  const { items } = rows.value;
  const place = items.findIndex((row) => row.visit_id === visitId);
  const step = (by: 1 | -1) =>
    go(itemHref(neighbour(items, visitId, by) ?? visitId, query), { replace: true });
  const arrows = place >= 0 && (
    <>
      <Button
        kind="plain"
        icon="previous"
        label={t('rechecks.previous')}
        disabled={place === 0}
        onClick={() => step(-1)}
      />
      <Button
        kind="plain"
        icon="next"
        label={t('rechecks.next')}
        disabled={place === items.length - 1}
        onClick={() => step(1)}
      />
    </>
  );
  return (
    <AppBar
      title={name ?? t('rechecks.one')}
      note={place >= 0 ? `${place + 1} / ${items.length}` : undefined}
      back={{ label: t('rechecks.back'), onClick: onBack }}
      actions={arrows}
    />
  );
}

const SIDES: readonly Side[] = ['record', 'words'];
type PhoneProps = CaseProps & { onBack: () => void };

function Sides({ side, onSide }: { side: Side; onSide: (side: Side) => void }) {
  return (
    <Segments
      label={t('rechecks.sides')}
      controls="rck-side"
      value={side}
      items={SIDES.map((id) => ({ id, label: t(`rechecks.side.${id}`) }))}
      onChange={(id) => onSide(id === 'record' ? 'record' : 'words')}
    />
  );
}

/** On a phone the record and what is written about it take turns; the buttons are in the thumb's reach. */
export function PhoneCase(props: PhoneProps) {
  const at = useWorking(props);
  const side = sideOf(props.visitId);
  const setSide = (next: Side) => showSide(props.visitId, next);
  const { data } = at.reading;
  const open = data !== null && isToDecide(data);
  const shown = open ? side : 'record';
  const panel = open && <DecidingPanel detail={data} deciding={at.deciding} wide={false} />;
  const start = (
    <Button block icon="edit" onClick={() => setSide('words')}>
      {t('rechecks.write')}
    </Button>
  );
  return (
    <Page
      bar={<PhoneBar {...props} name={data?.household.head_name} />}
      foot={open ? (shown === 'words' ? panel : start) : undefined}
    >
      {props.offline}
      {open && <Sides side={side} onSide={setSide} />}
      <div class="stack" id="rck-side" role={open ? 'tabpanel' : undefined}>
        {shown === 'record' || data === null ? (
          <>
            <Standing at={at} />
            <Record at={at} />
          </>
        ) : (
          <OutcomeForm detail={data} gaps={at.deciding.gaps} tries={at.deciding.tries} />
        )}
      </div>
    </Page>
  );
}
