/** The decision on one visit: approve, or return with what is missing. A failure says what happened and what to do. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VisitDetail } from '../../core/api/types';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { type Checklist, factLabel } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog, Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { type Choice, commentCount, type Decision, mayReturn } from './decision';
import { decide, decisionOf, type Outcome, reconsider, writeComment, writeOnQuestion } from './store';

/** What the panel and the keyboard share. */
export interface Deciding {
  /** The step before sending that is open. */
  step: 'none' | 'returning' | 'confirming';
  setStep: (step: Deciding['step']) => void;
  approve: () => void;
  /** Opens the return; on an open one with its comment written, sends it. */
  giveBack: () => void;
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
  const giveBack = () => {
    if (!visit) return;
    if (step === 'returning' && mayReturn(decisionOf(visit.id))) send('returned');
    else setStep('returning');
  };
  return {
    step,
    setStep,
    approve,
    giveBack,
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

/** What goes back with the visit: the general comment and those on answers. */
function ReturnWords({ visit, checklist, decision }: FormProps) {
  const [tried, setTried] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('textarea')?.focus(), []);
  return (
    <div class="rev-words" ref={box}>
      <Field
        label={t('review.comment')}
        hint={t('review.commentHint')}
        error={tried && !mayReturn(decision) ? t('review.commentMissing') : undefined}
        value={decision.comment}
        multiline
        required
        maxLength={500}
        onInput={(text) => writeComment(visit.id, text)}
        onBlur={() => setTried(true)}
      />
      <QuestionComments visit={visit} checklist={checklist} decision={decision} />
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
        <b>{t(`review.unanswered.${choice}`)}</b> {t('review.unansweredText')}
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
    <span class="rev-key" aria-hidden="true">
      {name}
    </span>
  );
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
  return (
    <Dialog
      open={deciding.step === 'confirming'}
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

/** The two buttons, or what stands in their place while a decision is being written, sent or unanswered. */
export function DecisionPanel({ visit, checklist, deciding, wide }: PanelProps) {
  const decision = decisionOf(visit.id);
  const busy = decision.phase === 'sending';
  if (visit.state !== 'submitted') return <p class="rev-decided muted">{t(`review.is.${visit.state}`)}</p>;
  if (decision.phase === 'unanswered') return <Unanswered decision={decision} deciding={deciding} />;
  const returning = deciding.step === 'returning';
  const confirmReturn = (
    <Button block busy={busy} disabled={!mayReturn(decision)} onClick={deciding.giveBack}>
      {t('review.confirmReturn')}
    </Button>
  );
  const cancel = (
    <Button block kind="quiet" disabled={busy} onClick={() => deciding.setStep('none')}>
      {t('review.cancel')}
    </Button>
  );
  const words = <ReturnWords visit={visit} checklist={checklist} decision={decision} />;
  return (
    <div class="rev-decide">
      {decision.phase === 'refused' && (
        <Banner icon="alert" role="alert">
          {decision.why}
        </Banner>
      )}
      {wide && returning ? (
        <>
          {words}
          {confirmReturn}
          {cancel}
        </>
      ) : (
        <>
          {wide && <QuestionComments visit={visit} checklist={checklist} decision={decision} />}
          <div class="rev-buttons">
            <Button block kind="quiet" disabled={busy} onClick={deciding.giveBack}>
              {t('review.return')}
              {wide && <Key name="R" />}
            </Button>
            <Button block busy={busy} onClick={deciding.approve}>
              {t('review.approve')}
              {wide && <Key name="A" />}
            </Button>
          </div>
        </>
      )}
      {!wide && (
        <Sheet
          open={returning}
          title={t('review.returnTitle', { name: visit.household.head_name })}
          onClose={() => deciding.setStep('none')}
          actions={
            <>
              {cancel}
              {confirmReturn}
            </>
          }
        >
          {words}
        </Sheet>
      )}
      <Confirm visit={visit} decision={decision} deciding={deciding} />
    </div>
  );
}
