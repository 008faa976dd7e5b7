/** The form itself: sections that fold when done, the current one open, one main button at the bottom. */
import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { errorText, ServerProblem } from '../../core/api/problem';
import { now } from '../../core/clock';
import { pick, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { holdReload } from '../../core/reload';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { Progress } from '../../ui/progress';
import { Tag } from '../../ui/tag';
import type { Controller } from './controller';
import { followPosition, type Gps } from './gps';
import { sameAsLast } from './last';
import { counted, findStep, nextAfter, type Step } from './model';
import { NewerChecklist } from './newerChecklist';
import { PlaceLine } from './place';
import { PracticeBand } from './practiceBand';
import { ReviewSheet } from './reviewSheet';
import { SameSection } from './sameSection';
import { PracticeDone, SavedView } from './savedView';
import { cards, numberOf, type OpenSection } from './sections';
import { StepView } from './stepView';
import { sectionsOf, useWay } from './way';
import { personName, withoutStop } from './words';

export interface FormProps {
  readonly controller: Controller;
  /** The draft goes on by another checklist: the form has to be opened anew. */
  readonly onMoved?: () => void;
}

export function FormScreen({ controller, onMoved = () => undefined }: FormProps) {
  const touched = useRef(true);
  const way = useWay(controller, touched);
  const gps = useGps(controller);
  useHousekeeping(controller);
  const { household } = controller.opened;
  const { phase } = controller;
  if (phase.value.kind === 'saved')
    return controller.opened.practice ? (
      <PracticeDone name={household.head_name} />
    ) : (
      <SavedView visitId={phase.value.visitId} name={household.head_name} />
    );
  const judging = controller.judging.value;
  return (
    <Page
      bar={<Bar controller={controller} />}
      foot={
        <div class="visit-foot">
          {judging && <judging.Strip controller={controller} onJump={way.jumpTo} />}
          <div class="visit-go">
            <Skipped controller={controller} onJump={way.jump} />
            <GoOn controller={controller} onGo={way.goOn} />
          </div>
        </div>
      }
    >
      <div
        class="stack"
        onPointerDownCapture={() => {
          touched.current = true;
        }}
        onKeyDownCapture={() => {
          touched.current = false;
        }}
      >
        <Notices controller={controller} gps={gps} />
        <NewerChecklist controller={controller} onMoved={onMoved} />
        <Sections
          controller={controller}
          openId={way.openId}
          onOpen={way.jump}
          onSettled={way.settled}
          onTaken={way.taken}
        />
      </div>
      <ReviewSheet
        controller={controller}
        gps={gps}
        open={way.checking}
        onClose={() => way.setChecking(false)}
        onJump={way.jumpTo}
      />
    </Page>
  );
}

/** Back to the first question that was passed by, in the thumb's reach; not there while none was. */
function Skipped({ controller, onJump }: { controller: Controller; onJump: (step: Step) => void }) {
  const { steps } = controller.form.value;
  const at = steps.findIndex(({ key }) => key === controller.at.value);
  const passed = controller.open.value.filter((step) => steps.indexOf(step) < at);
  const [first] = passed;
  if (!first) return null;
  return (
    <Button kind="quiet" onClick={() => onJump(first)}>
      {t('visit.skipped', { n: passed.length })}
    </Button>
  );
}

/** The main button: on to what is open, or to the look before saving. */
function GoOn({ controller, onGo }: { controller: Controller; onGo: () => void }) {
  const { at, photos, form } = controller;
  const last = nextAfter(form.value, at.value, photos.value.length) === null;
  return (
    <Button block onClick={onGo}>
      {last ? t('visit.finish') : t('visit.next')}
    </Button>
  );
}

/** Whether every keystroke so far is on this phone's disk. */
function Stored({ controller }: { controller: Controller }) {
  const stored = controller.stored.value;
  if (stored !== 'kept' && stored !== 'writing') return null;
  return (
    <span class={`visit-stored visit-stored-${stored}`}>
      <Icon name={stored === 'kept' ? 'check' : 'clock'} size={16} />
      {t(`visit.stored.${stored}`)}
    </span>
  );
}

/** Whose form it is, and how far. */
function Bar({ controller }: { controller: Controller }) {
  const { household, practice } = controller.opened;
  const { answered, total } = controller.progress.value;
  const form = controller.form.value;
  const here = findStep(form, controller.at.value)?.key ?? null;
  const n = numberOf(counted(form, controller.photos.value.length), form.steps, here);
  return (
    <AppBar
      title={household.head_name}
      note={t('visit.position', { n, total })}
      subtitle={
        <span class="visit-under">
          <span class="visit-address">{household.address}</span>
          <Stored controller={controller} />
        </span>
      }
      back={{
        label: t('visit.leave'),
        onClick: () => back(practice ? '#/practice' : `#/household/${household.id}`),
      }}
    >
      <div class="visit-progress">
        <Progress value={answered} max={total} label={t('visit.progress', { n: answered, total })} />
      </div>
      {practice && <PracticeBand />}
    </AppBar>
  );
}

interface SectionsProps {
  readonly controller: Controller;
  readonly openId: string;
  readonly onOpen: (step: Step) => void;
  readonly onSettled: (step: Step) => void;
  /** A section was taken over from the last visit. */
  readonly onTaken: (section: string) => void;
}

/** The open section between the folded ones; those before and after share one surface each. */
function Sections({ controller, openId, onOpen, onSettled, onTaken }: SectionsProps) {
  const sections = sectionsOf(controller);
  const at = sections.findIndex((one) => one.section.id === openId);
  const current = sections[at];
  const folds = (list: readonly OpenSection[]) =>
    list.length > 0 && (
      <div class="visit-folds">
        {list.map((one) => (
          <Fold
            key={one.section.id}
            one={one}
            controller={controller}
            onOpen={() => onOpen(firstStep(controller, one))}
          />
        ))}
      </div>
    );
  return (
    <>
      {folds(sections.slice(0, Math.max(0, at)))}
      {current && (
        <SectionView
          key={openId}
          one={current}
          controller={controller}
          onSettled={onSettled}
          onTaken={onTaken}
        />
      )}
      {folds(sections.slice(at + 1))}
    </>
  );
}

function firstStep(controller: Controller, one: OpenSection): Step {
  const open = new Set(controller.open.value);
  const [first] = one.steps;
  return one.steps.find((step) => open.has(step)) ?? (first as Step);
}

function useGps(controller: Controller): Gps {
  const gps = useMemo(() => {
    const made = followPosition(navigator.geolocation, now, controller.locate);
    // Taken for good before the form was closed: no other fix is waited for.
    if (controller.draft.peek().location?.accepted_reason) made.stop();
    return made;
  }, [controller]);
  useEffect(() => gps.stop, [gps]);
  return gps;
}

/** While the form is open: no reload under the hands, and everything on disk before the page is hidden. */
function useHousekeeping(controller: Controller): void {
  useEffect(() => holdReload(), []);
  const filling = controller.phase.value.kind === 'filling';
  useEffect(() => {
    if (!filling) controller.aloud.value?.stop();
  }, [filling]);
  useEffect(() => {
    const store = () => {
      controller.aloud.value?.stop();
      void controller.flush().catch(() => undefined);
    };
    const hide = () => {
      if (document.visibilityState === 'hidden') store();
    };
    document.addEventListener('visibilitychange', hide);
    addEventListener('pagehide', store);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      removeEventListener('pagehide', store);
      controller.aloud.value?.stop();
    };
  }, [controller]);
}

function Unsaved({ controller }: { controller: Controller }) {
  const failed = useComputed(() => controller.stored.value === 'failed');
  if (!failed.value) return null;
  return (
    <Banner tone="red" icon="alert" role="alert">
      {t('visit.unsaved')}
    </Banner>
  );
}

function Notices({ controller, gps }: { controller: Controller; gps: Gps }) {
  const { household, problem, draft } = controller.opened;
  const { returned } = household;
  const state = gps.state.value;
  return (
    <>
      <Unsaved controller={controller} />
      {problem && (
        <Banner tone="amber" icon="alert">
          {t('visit.refused', { why: withoutStop(errorText(new ServerProblem(problem))) })}
        </Banner>
      )}
      {returned && draft.revises === returned.visit_id && (
        <Banner tone="accent" icon="refresh">
          <b>{t('visit.returned', { name: returned.reviewer_name })}</b>
          <br />
          {returned.comment}
        </Banner>
      )}
      <PlaceLine controller={controller} gps={gps} />
      {state.kind === 'refused' && <Banner icon="pin">{t('visit.gps.refused')}</Banner>}
    </>
  );
}

interface SectionProps {
  readonly one: OpenSection;
  readonly controller: Controller;
}

type SectionViewProps = SectionProps & Pick<SectionsProps, 'onSettled' | 'onTaken'>;

function SectionView({ one, controller, onSettled, onTaken }: SectionViewProps) {
  return (
    <section class="visit-section" aria-label={pick(one.section.title)}>
      <h2>{pick(one.section.title)}</h2>
      <SameSection controller={controller} section={one.section} onTaken={onTaken} />
      {cards(one.steps).map((steps) => (
        <div key={steps[0]?.key} class="visit-card">
          <CardTitle controller={controller} step={steps[0]} />
          {steps.map((step) => (
            <StepView key={step.key} controller={controller} step={step} onSettled={onSettled} />
          ))}
        </div>
      ))}
    </section>
  );
}

/** Whom the questions of a loop are about. */
function CardTitle({ controller, step }: { controller: Controller; step: Step | undefined }) {
  const person = controller.form.value.around.people.find((p) => p.id === step?.who);
  const loop = controller.opened.checklist.loops.find((l) => l.id === step?.loop);
  if (!person || !loop) return null;
  return (
    <h3>
      {loop.title && `${pick(loop.title)} · `}
      {pick(personName(person, controller.opened.checklist))}
    </h3>
  );
}

function Fold({ one, controller, onOpen }: SectionProps & { onOpen: () => void }) {
  return (
    <div>
      <button type="button" class="visit-fold" onClick={onOpen}>
        <span>{pick(one.section.title)}</span>
        <FoldState one={one} controller={controller} />
        <Icon name="next" size={20} />
      </button>
    </div>
  );
}

function FoldState({ one, controller }: SectionProps) {
  const form = controller.form.value;
  const wrong = controller.issues.value.some((issue) => one.steps.some((step) => step.key === issue.key));
  if (wrong) return <Tag tone="amber">{t('visit.fold.wrong')}</Tag>;
  const open = controller.open.value.filter((step) => step.question.section === one.section.id).length;
  if (!one.done)
    return (
      <span class="small muted">
        {open > 0 ? t('visit.fold.open', { n: open }) : t('visit.fold.optional')}
      </span>
    );
  const { last } = controller;
  const same = last !== null && sameAsLast(form, one.steps, last);
  if (same) return <Tag tone="green">{t('visit.fold.same')}</Tag>;
  const trouble = form.taken.some((taken) => taken.problem && taken.step.question.section === one.section.id);
  return trouble ? <Tag tone="accent">{t('visit.fold.trouble')}</Tag> : <Tag>{t('visit.fold.done')}</Tag>;
}
