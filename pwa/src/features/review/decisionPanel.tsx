/** The decision on one visit: approve, return with what is missing, or hand up. A failure says what to do about it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VisitDetail } from '../../core/api/types';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { user } from '../../core/session';
import { type Checklist, factLabel } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog, Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { type Choice, commentCount, type Decision, mayReturn } from './decision';
import { decide, decisionOf, type Outcome, reconsider, writeComment, writeOnQuestion } from './store';

/** Decisions that need words. */
export type Worded = Exclude<Choice, 'approved'>;

/** What the panel and the keyboard share. */
export interface Deciding {
  /** The step before sending that is open. */
  step: 'none' | 'confirming' | Worded;
  setStep: (step: Deciding['step']) => void;
  approve: () => void;
  /** Opens what needs words; on an open one with its comment written, sends it. */
  say: (choice: Worded) => void;
  again: () => void;
  change: () => void;
}

/** Why an approval deserves a second look, as texts; empty when it may go at once. */
export function cautions(visit: VisitDetail, decision: Decision): string[] {
  const missing = visit.photos.filter((photo) => photo.state === 'expected').length;
  const found = [
    visit.severity === 'red' && t('review.caution.red', { n: visit.light_counts.red }),
    missing > 0 && t('review.caution.photos', { n: missing }),
    commentCount(decision) > 0 && t('review.caution.comments', { n: commentCount(decision) }),
  ];
  return found.filter((one) => one !== false);
}

/** Only the village hands up; to the township nothing is above but the county, which has a desk of its own. */
export const mayHandUp = (): boolean => user.value?.role === 'first_secretary';

/** Whether this user decides on the visit now: what was handed up is the township's. */
export function mayDecide(visit: VisitDetail): boolean {
  return visit.state === 'submitted' || (visit.state === 'escalated' && user.value?.role === 'township');
}

/** The steps of deciding on a visit; `visit` is null while it is being read or when it is decided already. */
export function useDeciding(visit: VisitDetail | null): Deciding {
  const [open, setOpen] = useState<{ id: string | undefined; step: Deciding['step'] }>({
    id: undefined,
    step: 'none',
  });
  const id = visit?.id;
  // A step belongs to the visit it was opened on: another visit starts without one.
  const step = open.id === id ? open.step : 'none';
  const setStep = (next: Deciding['step']) => setOpen({ id, step: next });
  const after = (outcome: Outcome) => {
    if (!outcome.done) return;
    setStep('none');
    go(outcome.next ? `#/review/${outcome.next}` : '#/review', { replace: true });
  };
  const send = (choice: Choice) => {
    if (visit) void decide(visit.id, visit.household.head_name, choice).then(after);
  };
  const approve = () => {
    if (!visit || decisionOf(visit.id).phase === 'sending') return;
    const decision = decisionOf(visit.id);
    if (step !== 'confirming' && decision.request === null && cautions(visit, decision).length > 0)
      return setStep('confirming');
    setStep('none');
    return send('approved');
  };
  const say = (choice: Worded) => {
    if (!visit || (choice === 'escalated' && !mayHandUp())) return;
    if (step === choice && mayReturn(decisionOf(visit.id))) send(choice);
    else setStep(choice);
  };
  return {
    step,
    setStep,
    approve,
    say,
    again: () => send('approved'),
    change: () => {
      if (visit) void reconsider(visit.id, visit.household.head_name).then(after);
    },
  };
}

interface FormProps {
  visit: VisitDetail;
  checklist: Checklist;
  decision: Decision;
}

/** What the words of a decision are usually about; one tap writes them. */
const PHRASES: Record<Worded, readonly number[]> = { returned: [1, 2, 3, 4], escalated: [1, 2, 3] };

function Phrases({ visit, decision, choice }: FormProps & { choice: Worded }) {
  const add = (text: string) =>
    writeComment(visit.id, decision.comment.trim() === '' ? text : `${decision.comment.trim()} ${text}`);
  return (
    <fieldset class="rev-phrases" aria-label={t('review.phrases')}>
      {PHRASES[choice].map((n) => (
        <button key={n} type="button" class="chip" onClick={() => add(t(`review.phrase.${choice}.${n}`))}>
          {t(`review.phrase.${choice}.${n}`)}
        </button>
      ))}
    </fieldset>
  );
}

/** What goes with the decision: the general comment and those on answers. Ctrl and Enter send it. */
function Words({ choice, deciding, ...form }: FormProps & { choice: Worded; deciding: Deciding }) {
  const { visit, decision } = form;
  const [tried, setTried] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('textarea')?.focus(), []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the text field inside, caught where it sends from
    <div
      class="rev-words"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) deciding.say(choice);
      }}
    >
      <Field
        label={t(`review.comment.${choice}`)}
        hint={t(`review.commentHint.${choice}`)}
        error={tried && !mayReturn(decision) ? t('review.commentMissing') : undefined}
        value={decision.comment}
        multiline
        required
        maxLength={500}
        onInput={(text) => writeComment(visit.id, text)}
        onBlur={() => setTried(true)}
      />
      <Phrases {...form} choice={choice} />
      <QuestionComments {...form} />
    </div>
  );
}

function QuestionComments({ visit, checklist, decision }: FormProps) {
  const entries = Object.entries(decision.comments);
  if (entries.length === 0) return null;
  return (
    <ul class="rev-comments" aria-label={t('review.onQuestions')}>
      {entries.map(([question, text]) => {
        const label = factLabel(checklist, question);
        return (
          <li key={question}>
            <span>
              <b>{label}</b>
              {text}
            </span>
            <Button
              kind="plain"
              icon="close"
              label={t('review.removeComment', { label })}
              onClick={() => writeOnQuestion(visit.id, question, '')}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Unanswered({ decision, deciding }: { decision: Decision; deciding: Deciding }) {
  const choice = decision.request?.decision ?? 'approved';
  return (
    <div class="rev-words">
      <Banner icon="offline" role="alert">
        <b>{t(`review.${decision.tried ? 'unanswered' : 'waiting'}.${choice}`)}</b>{' '}
        {t(decision.tried ? 'review.unansweredText' : 'review.waitingText')}
        {decision.why && <span class="rev-why muted">{decision.why}</span>}
      </Banner>
      <Button block icon="refresh" onClick={deciding.again}>
        {t('review.sendAgain')}
      </Button>
      <Button block kind="quiet" onClick={deciding.change}>
        {t('review.changeFirst')}
      </Button>
    </div>
  );
}

function Key({ name }: { name: string }) {
  return (
    <span class="key" aria-hidden="true">
      {name}
    </span>
  );
}

/** In a dialog that the keyboard opened, Enter does what was asked for; Escape takes it back. */
export function useMainFocus(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return;
    document.querySelector<HTMLElement>('dialog[open] .dialog-actions > :last-child')?.focus();
  }, [isOpen]);
}

function Confirm({
  visit,
  decision,
  deciding,
}: {
  visit: VisitDetail;
  decision: Decision;
  deciding: Deciding;
}) {
  const isOpen = deciding.step === 'confirming';
  useMainFocus(isOpen);
  return (
    <Dialog
      open={isOpen}
      title={t('review.confirmTitle')}
      onClose={() => deciding.setStep('none')}
      actions={
        <>
          <Button kind="quiet" onClick={() => deciding.setStep('none')}>
            {t('review.lookAgain')}
          </Button>
          <Button onClick={deciding.approve}>{t('review.approveAnyway')}</Button>
        </>
      }
    >
      <p>{t('review.confirmText', { name: visit.household.head_name })}</p>
      <ul class="rev-cautions">
        {cautions(visit, decision).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Dialog>
  );
}

export interface PanelProps {
  visit: VisitDetail;
  checklist: Checklist;
  deciding: Deciding;
  wide: boolean;
}

function Buttons({ deciding, busy, wide }: { deciding: Deciding; busy: boolean; wide: boolean }) {
  return (
    <div class={mayHandUp() ? 'rev-buttons rev-buttons-3' : 'rev-buttons'}>
      {mayHandUp() && (
        <Button block kind="quiet" disabled={busy} onClick={() => deciding.say('escalated')}>
          {t(wide ? 'review.escalate' : 'review.escalateShort')}
          {wide && <Key name="E" />}
        </Button>
      )}
      <Button block kind="quiet" disabled={busy} onClick={() => deciding.say('returned')}>
        {t(wide ? 'review.return' : 'review.returnShort')}
        {wide && <Key name="R" />}
      </Button>
      <Button block busy={busy} onClick={deciding.approve}>
        {t('review.approve')}
        {wide && <Key name="A" />}
      </Button>
    </div>
  );
}

function Send({ decision, deciding, choice }: { decision: Decision; deciding: Deciding; choice: Worded }) {
  const busy = decision.phase === 'sending';
  return (
    <>
      <Button block kind="quiet" disabled={busy} onClick={() => deciding.setStep('none')}>
        {t(`review.cancel.${choice}`)}
      </Button>
      <Button block busy={busy} disabled={!mayReturn(decision)} onClick={() => deciding.say(choice)}>
        {t(`review.confirm.${choice}`)}
      </Button>
    </>
  );
}

/** The buttons, or what stands in their place while a decision is being written, sent or unanswered. */
export function DecisionPanel({ visit, checklist, deciding, wide }: PanelProps) {
  const decision = decisionOf(visit.id);
  if (decision.phase === 'unanswered') return <Unanswered decision={decision} deciding={deciding} />;
  if (!mayDecide(visit)) return <p class="rev-decided muted">{t(`review.is.${visit.state}`)}</p>;
  const form = { visit, checklist, decision };
  const choice = deciding.step === 'none' || deciding.step === 'confirming' ? null : deciding.step;
  const words = choice && <Words key={choice} {...form} choice={choice} deciding={deciding} />;
  const send = choice && <Send decision={decision} deciding={deciding} choice={choice} />;
  return (
    <div class="rev-decide">
      {decision.phase === 'refused' && (
        <Banner icon="alert" role="alert">
          {decision.why}
        </Banner>
      )}
      {wide && choice ? (
        <>
          {words}
          <div class="rev-send">{send}</div>
        </>
      ) : (
        <>
          {wide && <QuestionComments {...form} />}
          <Buttons deciding={deciding} busy={decision.phase === 'sending'} wide={wide} />
        </>
      )}
      {!wide && (
        <Sheet
          open={choice !== null}
          title={choice ? t(`review.wordsTitle.${choice}`, { name: visit.household.head_name }) : ''}
          onClose={() => deciding.setStep('none')}
          actions={send}
        >
          {words}
        </Sheet>
      )}
      <Confirm visit={visit} decision={decision} deciding={deciding} />
    </div>
  );
}
