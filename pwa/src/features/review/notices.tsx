/** Above the list: decisions that wait for a network, decisions that came too late, and approving many together. */
import { signal } from '@preact/signals';
import { t } from '../../core/i18n';
import { online } from '../../core/network';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { useMainFocus } from './decisionPanel';
import { setFilter } from './queue';
import { sendAll } from './sender';
import { acknowledge, pending, refusedLate } from './store';
import { approveTogether, closeResult, plain, together } from './together';

function Waiting() {
  const waiting = pending.value;
  if (waiting.length === 0) return null;
  return (
    <details class="rev-waiting">
      <summary>{t('review.kept', { n: waiting.length })}</summary>
      <ul>
        {waiting.map(([id, decision]) => (
          <li key={id}>
            <a href={`#/review/${id}`}>{decision.name || t('review.one')}</a>
            <span>{decision.request && t(`review.choice.${decision.request.decision}`)}</span>
          </li>
        ))}
      </ul>
      <Button kind="quiet" block icon="refresh" onClick={() => void sendAll()}>
        {t('review.sendKept')}
      </Button>
    </details>
  );
}

function Refused() {
  return (
    <>
      {refusedLate.value.map(([id, decision]) => (
        <Banner
          key={id}
          icon="alert"
          role="alert"
          action={
            <Button kind="plain" onClick={() => acknowledge(id)}>
              {t('review.understood')}
            </Button>
          }
        >
          <a href={`#/review/${id}`}>{t('review.refusedLate', { name: decision.name ?? '' })}</a>
          <span class="rev-why">{decision.why}</span>
        </Banner>
      ))}
    </>
  );
}

export function Notices() {
  return (
    <>
      <Refused />
      <Waiting />
    </>
  );
}

const asking = signal(false);

/** Opens the question, where there is anything to approve together. */
export function askTogether(): void {
  if (online.value && plain.value.length > 1) asking.value = true;
}

function Result() {
  const { result } = together.value;
  if (!result) return null;
  const look = () => {
    closeResult();
    setFilter('sampled');
  };
  return (
    <Banner
      icon="check"
      role="status"
      action={
        <Button kind="plain" onClick={result.sampled > 0 ? look : closeResult}>
          {t(result.sampled > 0 ? 'review.lookAtSample' : 'review.understood')}
        </Button>
      }
    >
      {t('review.togetherDone', { n: result.approved })}
      {result.sampled > 0 && ` ${t('review.togetherSampled', { n: result.sampled })}`}
      {result.awaited > 0 && ` ${t('review.togetherAwaited', { n: result.awaited })}`}
      {result.refused > 0 && ` ${t('review.togetherRefused', { n: result.refused })}`}
    </Banner>
  );
}

function Question() {
  const visits = plain.value;
  const { busy, why } = together.value;
  const isOpen = asking.value;
  useMainFocus(isOpen);
  const close = () => {
    asking.value = false;
  };
  const approve = async () => {
    if (await approveTogether(visits)) close();
  };
  return (
    <Dialog
      open={isOpen}
      title={t('review.togetherTitle', { n: visits.length })}
      onClose={close}
      actions={
        <>
          <Button kind="quiet" disabled={busy} onClick={close}>
            {t('review.lookAgain')}
          </Button>
          <Button busy={busy} onClick={() => void approve()}>
            {t('review.togetherDo', { n: visits.length })}
          </Button>
        </>
      }
    >
      <p>{t('review.togetherText')}</p>
      <p class="rev-names">{visits.map((one) => one.household.head_name).join('、')}</p>
      {why !== null && (
        <Banner icon="alert" role="alert">
          {why}
        </Banner>
      )}
    </Dialog>
  );
}

/** Offered where at least two are plain: one alone is decided like any other. */
export function TogetherBar() {
  const n = plain.value.length;
  return (
    <>
      <Result />
      {n > 1 && (
        <div class="rev-together">
          <Button kind="quiet" block icon="check" disabled={!online.value} onClick={askTogether}>
            {t('review.together', { n })}
          </Button>
          {!online.value && <p class="muted small">{t('review.togetherOnline')}</p>}
        </div>
      )}
      <Question />
    </>
  );
}
