/** One case: the visit, what the township found, the county's decision; the next case follows by itself. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { CaseDetail, CountyChoice, CountyDecision } from '../../core/api/deskTypes';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { useReading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp, prefetchRecord, useRecord, VisitRecordView } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Sheet } from '../../ui/dialog';
import { useWide } from '../../ui/media';
import { Skeleton } from '../../ui/progress';
import { useShortcuts } from '../../ui/shortcuts';
import { ErrorState } from '../../ui/states';
import { AssignSheet, myself, useAssigning } from './assign';
import { DecidePanel } from './decidePanel';
import { type Deciding, useDeciding } from './deciding';
import { Below, Read } from './frame';
import { ShortcutHelp } from './keys';
import { type CaseFilter, caseHref, listHref, neighbour, nextCase, readFilter, storyHref } from './model';
import { cases, moreCases, showCases, takeOff } from './store';
import { leavePage, Outcome, tell } from './told';
import { CaseFacts, Decisions, Township } from './township';

function Assigned({ one, onDone }: { one: CaseDetail; onDone: () => void }) {
  const [open, setOpen] = useState(false);
  const given = [{ id: one.visit_id, name: one.household.head_name }];
  const done = () => {
    setOpen(false);
    onDone();
  };
  const self = useAssigning(given, done);
  const mine = one.assignee_id !== null && one.assignee_id === user.value?.id;
  return (
    <Card title={t('desk.case')}>
      <CaseFacts one={one} />
      {one.state === 'handed_up' && (
        <div class="inline desk-acts">
          {!mine && (
            <Button kind="quiet" busy={self.busy} onClick={() => self.give(myself(), '')}>
              {t('desk.toMe')}
            </Button>
          )}
          <Button kind="quiet" onClick={() => setOpen(true)}>
            {t('desk.assign')}
          </Button>
        </div>
      )}
      {self.error !== null && <p role="alert">{errorHelp(self.error)}</p>}
      {open && <AssignSheet given={given} onClose={() => setOpen(false)} onDone={done} />}
    </Card>
  );
}

function Newer({ one }: { one: CaseDetail }) {
  if (one.newer_visit === null) return null;
  return (
    <Banner
      icon="info"
      action={
        <Button kind="plain" href={`#/county/${one.newer_visit.id}`}>
          {t('desk.open')}
        </Button>
      }
    >
      {t('desk.newer', { when: showInstant(one.newer_visit.visited_at) })}
    </Banner>
  );
}

function Visit({ visitId, filter, changed }: { visitId: string; filter: CaseFilter; changed: () => void }) {
  const { record, error, reload } = useRecord(visitId);
  // The light is out in the visit and in the case.
  const onDismissed = () => {
    reload();
    changed();
  };
  if (record)
    return (
      <VisitRecordView
        key={visitId}
        record={record}
        hrefOf={(id) => `#/county/${id}`}
        onDismissed={onDismissed}
      >
        <p>
          <a href={storyHref(record.visit.household.id)}>{t('desk.story')}</a>{' '}
          <a href={listHref(filter)}>{t('desk.backToList')}</a>
        </p>
      </VisitRecordView>
    );
  if (error === null) return <Skeleton label={t('desk.loading')} lines={5} />;
  return (
    <ErrorState
      title={t('desk.visitNotRead')}
      text={errorHelp(error)}
      retry={{ label: t('app.retry'), onClick: reload }}
    />
  );
}

/** Reads the neighbours' visits while this one is judged, and more of the list near its end. */
function useNeighbours(visitId: string, filter: CaseFilter): { before: string | null; after: string | null } {
  const { items } = cases.value;
  const after = neighbour(items, visitId, 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the case stands for the filter in its address
  useEffect(() => {
    void showCases(filter, true);
  }, [visitId]);
  useEffect(() => {
    if (after !== null) prefetchRecord(after);
    else if (items.length > 0) void moreCases();
  }, [after, items.length]);
  return { before: neighbour(items, visitId, -1), after };
}

interface Desk {
  visitId: string;
  filter: CaseFilter;
  deciding: Deciding;
  box: RefObject<HTMLDivElement | null>;
  reload: () => void;
}

function Wide({ one, desk }: { one: CaseDetail; desk: Desk }) {
  return (
    <div class="desk-split">
      <div class="stack">
        <Visit visitId={desk.visitId} filter={desk.filter} changed={desk.reload} />
      </div>
      <aside class="desk-aside" aria-label={t('desk.decision')}>
        <div class="desk-aside-words">
          <Newer one={one} />
          <Township one={one} />
          <Decisions one={one} />
          <Assigned one={one} onDone={desk.reload} />
        </div>
        <div class={one.obstacle === null ? 'card' : undefined}>
          <DecidePanel one={one} deciding={desk.deciding} box={desk.box} />
        </div>
      </aside>
    </div>
  );
}

function Narrow({ one, desk }: { one: CaseDetail; desk: Desk }) {
  return (
    <div class="stack">
      {one.obstacle !== null && <DecidePanel one={one} deciding={desk.deciding} />}
      <Newer one={one} />
      <Township one={one} />
      <Decisions one={one} />
      <Assigned one={one} onDone={desk.reload} />
      <Visit visitId={desk.visitId} filter={desk.filter} changed={desk.reload} />
    </div>
  );
}

function useCase(visitId: string) {
  const params = { path: { visit_id: visitId } };
  return useReading(`case/${visitId}`, () => call(api.GET('/county/cases/{visit_id}', { params })));
}

/** What follows a decision: the list forgets the case, and the next one is opened. */
function follow(one: CaseDetail, decision: CountyDecision, filter: CaseFilter): void {
  const next = nextCase(cases.value.items, one.visit_id);
  tell(t(`desk.done.${decision.decision}`, { name: one.household.head_name }));
  takeOff(one.visit_id);
  go(next === null ? listHref(filter) : caseHref(next, filter), { replace: true });
}

interface StepsProps {
  visitId: string;
  filter: CaseFilter;
  one: CaseDetail | null;
  wide: boolean;
  onChoice: (choice: CountyChoice) => void;
}

/** The way to the cases before and after, by buttons and by keys. */
function Steps({ visitId, filter, one, wide, onChoice }: StepsProps) {
  const [help, setHelp] = useState(false);
  const { before, after } = useNeighbours(visitId, filter);
  const step = (to: string | null) => to !== null && go(caseHref(to, filter), { replace: true });
  useShortcuts(
    {
      j: () => step(after),
      k: () => step(before),
      m: () => onChoice('monitor'),
      n: () => onChoice('no_risk'),
      b: () => onChoice('back'),
      '?': () => setHelp(true),
    },
    ['j', 'k'],
  );
  return (
    <>
      {wide && one && (
        <Button kind="plain" icon="clock" href={storyHref(one.household.id)}>
          {t('desk.story')}
        </Button>
      )}
      <Button
        kind="plain"
        icon="previous"
        label={t('desk.previous')}
        disabled={before === null}
        onClick={() => step(before)}
      />
      <Button
        kind="plain"
        icon="next"
        label={t('desk.next')}
        disabled={after === null}
        onClick={() => step(after)}
      />
      {wide && (
        <Button kind="plain" label={t('desk.keys')} onClick={() => setHelp(true)}>
          <kbd class="key">?</kbd>
        </Button>
      )}
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}

/** "3 / 40": which of the list it is, where it is known. */
function placeInList(visitId: string): string | undefined {
  const { items, counts } = cases.value;
  const at = items.findIndex((row) => row.visit_id === visitId);
  return at < 0 ? undefined : `${at + 1} / ${counts?.households ?? items.length}`;
}

export function CaseScreen({ visitId }: { visitId: string }) {
  const wide = useWide();
  const filter = readFilter(place.value.query);
  const reading = useCase(visitId);
  const one = reading.data;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => leavePage, []);
  const decided = (decision: CountyDecision) => one && follow(one, decision, filter);
  const deciding = useDeciding(visitId, decided, reading.reload);
  const mayDecide = one !== null && one.obstacle === null;
  const choose = (choice: CountyChoice) => {
    if (!mayDecide) return;
    deciding.write({ choice });
    if (!wide) setOpen(true);
    box.current?.querySelector('textarea')?.focus();
  };
  const desk: Desk = { visitId, filter, deciding, box, reload: reading.reload };
  const button = <Button onClick={() => setOpen(true)}>{t('desk.decide')}</Button>;
  return (
    <Below
      title={(!wide && one?.household.head_name) || t('desk.case')}
      note={placeInList(visitId)}
      subtitle={one && [one.household.township, one.household.village].join(' · ')}
      home={listHref(filter)}
      actions={<Steps visitId={visitId} filter={filter} one={one} wide={wide} onChoice={choose} />}
      foot={!wide && mayDecide ? button : undefined}
    >
      <Outcome />
      <Read reading={reading}>
        {(found) => (wide ? <Wide one={found} desk={desk} /> : <Narrow one={found} desk={desk} />)}
      </Read>
      {!wide && one && (
        <Sheet open={open && mayDecide} title={one.household.head_name} onClose={() => setOpen(false)}>
          <DecidePanel one={one} deciding={deciding} box={box} />
        </Sheet>
      )}
    </Below>
  );
}
