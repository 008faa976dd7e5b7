/** Settling a case or handing it up: asked once more, sent once, and what to do when the answer is lost or a refusal. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RecheckDetail } from '../../core/api/deskTypes';
import { today } from '../../core/clock';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { online } from '../../core/network';
import { riskWord } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { obstacleWords } from './caseCard';
import { conclude, draftOf, type Outcome, reconsider } from './concluding';
import { type Choice, type Gap, gapsOf } from './form';
import { itemHref, listHref, type RecheckQuery } from './model';

/** What form, buttons and keyboard share. */
export interface Deciding {
  /** What is being asked once more. */
  asked: Choice | null;
  gaps: readonly Gap[];
  tries: number;
  ask: (choice: Choice) => void;
  cancel: () => void;
  confirm: () => void;
  again: () => void;
  change: () => void;
}

const NO_GAPS: readonly Gap[] = [];

/** On a phone the record and what is written about it take turns. */
export type Side = 'record' | 'words';

interface Step {
  of: string;
  asked: Choice | null;
  tries: number;
  side: Side;
}

const START: Step = { of: '', asked: null, tries: 0, side: 'record' };
/** The step a case is at. It outlives the layout: a tablet that is turned keeps its question. */
const step = signal<Step>(START);

const stepOf = (visitId: string): Step =>
  step.value.of === visitId ? step.value : { ...START, of: visitId };

export const sideOf = (visitId: string): Side => stepOf(visitId).side;

export function showSide(visitId: string, side: Side): void {
  step.value = { ...stepOf(visitId), side };
}

/** Forgets the step; for tests and sign-out. */
export function resetDeciding(): void {
  step.value = START;
}

/** The steps of deciding on a case; null while it is being read. `reload` reads it again after a refusal. */
export function useDeciding(detail: RecheckDetail | null, query: RecheckQuery, reload: () => void): Deciding {
  const now = stepOf(detail?.visit_id ?? '');
  const { asked, tries } = now;
  const setAsked = (next: Choice | null) => {
    step.value = { ...now, asked: next };
  };
  const mine = detail !== null && obstacleWords(detail) === null ? detail : null;
  const gaps = mine ? gapsOf(draftOf(mine.visit_id).words, mine.lights, today()) : NO_GAPS;
  const after = (outcome: Outcome) => {
    if (outcome.done) go(outcome.next ? itemHref(outcome.next, query) : listHref(query), { replace: true });
    else if (mine && draftOf(mine.visit_id).phase === 'refused') reload();
  };
  const send = (choice: Choice) => {
    if (mine) void conclude(mine, choice, mine.lights).then(after);
  };
  return {
    asked,
    gaps: tries > 0 ? gaps : NO_GAPS,
    tries,
    ask: (choice) => {
      if (!mine || !online.value || draftOf(mine.visit_id).request !== null) return;
      if (choice === 'settle' && !mine.may_settle) return;
      if (gaps.length > 0) step.value = { ...now, tries: tries + 1 };
      else setAsked(choice);
    },
    cancel: () => setAsked(null),
    confirm: () => {
      if (asked) send(asked);
      setAsked(null);
    },
    again: () => send('hand_up'), // the frozen request says what it is
    change: () => {
      if (mine) void reconsider(mine).then(after);
    },
  };
}

function Key({ name }: { name: string }) {
  return (
    <span class="key" aria-hidden="true">
      {name}
    </span>
  );
}

/** In a dialog that the keyboard opened, Enter does what was asked for; Escape takes it back. */
function useMainFocus(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return;
    document.querySelector<HTMLElement>('dialog[open] .dialog-actions > :last-child')?.focus();
  }, [isOpen]);
}

export function Asked({ detail, deciding }: { detail: RecheckDetail; deciding: Deciding }) {
  const { asked } = deciding;
  useMainFocus(asked !== null);
  const { words } = draftOf(detail.visit_id);
  return (
    <Dialog
      open={asked !== null}
      title={asked ? t(`rechecks.ask.${asked}`, { name: detail.household.head_name }) : ''}
      onClose={deciding.cancel}
      actions={
        <>
          <Button kind="quiet" onClick={deciding.cancel}>
            {t('rechecks.lookAgain')}
          </Button>
          <Button onClick={deciding.confirm}>{asked && t(`rechecks.askDo.${asked}`)}</Button>
        </>
      }
    >
      <p>{asked && t(`rechecks.askText.${asked}`)}</p>
      <div class="rck-quote">
        <p class="rck-quote-who">
          <b>{words.cause && riskWord(words.cause)}</b>
        </p>
        <p class="rck-quote-text">{words.opinion}</p>
      </div>
    </Dialog>
  );
}

function Unanswered({ detail, deciding }: { detail: RecheckDetail; deciding: Deciding }) {
  const { request, why } = draftOf(detail.visit_id);
  return (
    <div class="rck-decide">
      <Banner icon="offline" role="alert">
        <b>{t(`rechecks.unanswered.${request?.decision ?? 'hand_up'}`)}</b> {t('rechecks.unansweredText')}
        {why && <span class="rck-reason muted small">{why}</span>}
      </Banner>
      <div class="rck-buttons">
        <Button block kind="quiet" onClick={deciding.change}>
          {t('rechecks.changeFirst')}
        </Button>
        <Button block icon="refresh" onClick={deciding.again}>
          {t('rechecks.sendAgain')}
        </Button>
      </div>
    </div>
  );
}

interface PanelProps {
  detail: RecheckDetail;
  deciding: Deciding;
  wide: boolean;
}

function Buttons({ detail, deciding, wide }: PanelProps) {
  const busy = draftOf(detail.visit_id).phase === 'sending';
  const off = busy || !online.value;
  return (
    <div class="rck-buttons">
      {detail.may_settle && (
        <Button block kind="quiet" disabled={off} onClick={() => deciding.ask('settle')}>
          {t('rechecks.settle')}
          {wide && <Key name="S" />}
        </Button>
      )}
      <Button block busy={busy} disabled={off} onClick={() => deciding.ask('hand_up')}>
        {t('rechecks.handUp')}
        {wide && <Key name="H" />}
      </Button>
    </div>
  );
}

/** The buttons, or what stands in their place; nothing where this person may not decide. */
export function DecidingPanel({ detail, deciding, wide }: PanelProps) {
  if (obstacleWords(detail) !== null) return null;
  const { phase, why } = draftOf(detail.visit_id);
  if (phase === 'unanswered') return <Unanswered detail={detail} deciding={deciding} />;
  return (
    <div class="rck-decide">
      {phase === 'refused' && why && (
        <Banner icon="alert" role="alert">
          {t('rechecks.refused', { why })}
        </Banner>
      )}
      {deciding.gaps.length > 0 && (
        <p class="rck-gaps" role="status">
          {t('rechecks.gaps', { n: deciding.gaps.length })}
        </p>
      )}
      {!online.value && <p class="muted small">{t('rechecks.offlineSend')}</p>}
      {!detail.may_settle && <p class="muted small">{t('rechecks.noSettle')}</p>}
      <Buttons detail={detail} deciding={deciding} wide={wide} />
      <Asked detail={detail} deciding={deciding} />
    </div>
  );
}
