/** Where a case stands: its time and what orders it, what the village and the county said, and what is in the way. */
import { useState } from 'preact/hooks';
import type { RecheckClock, RecheckDetail } from '../../core/api/deskTypes';
import type { VisitDetail } from '../../core/api/types';
import { dayOf } from '../../core/clock';
import { severityWord, showDay, showInstant, stateWord } from '../../core/format';
import { hasText, pick, t } from '../../core/i18n';
import { user } from '../../core/session';
import { ArticleSheet, roleWord } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { useCountyWord } from './countyWord';
import { isOpen } from './model';
import { leftWords, outcomeWords, spanWords, untilWords } from './words';

/** The sentence that gives the time, and whether it binds this place. */
function Basis({ clock }: { clock: RecheckClock }) {
  const [open, setOpen] = useState<string | null>(null);
  const article = clock.articles.find((one) => one.id === open) ?? null;
  return (
    <p class="rck-basis small">
      <span class="muted">{t(clock.binding ? 'rechecks.binding' : 'rechecks.notBinding')}</span>
      {clock.articles.map((one) => (
        <button key={one.id} type="button" class="rec-article" onClick={() => setOpen(one.id)}>
          {t('record.article', { id: one.id })}
        </button>
      ))}
      <ArticleSheet article={article} onClose={() => setOpen(null)} />
    </p>
  );
}

function Time({ detail }: { detail: RecheckDetail }) {
  return (
    <>
      <p class="rck-deadline">
        {detail.overdue && <Icon name="alert" size={22} />}
        <b>{leftWords(detail)}</b>
        <span>{untilWords(detail)}</span>
      </p>
      <p class="muted small">
        {t('rechecks.runs', {
          label: pick(detail.clock.label),
          span: spanWords(detail.clock),
          day: showDay(detail.starts_on),
        })}
      </p>
      <Basis clock={detail.clock} />
    </>
  );
}

/** Words of somebody, with who and when over them. */
function Quote({ title, who, text }: { title: string; who: string; text: string }) {
  return (
    <div class="rck-quote">
      <p class="rck-quote-who">
        <b>{title}</b>
        <span class="muted">{who}</span>
      </p>
      {text && <p class="rck-quote-text">{text}</p>}
    </div>
  );
}

/** Who let the visit through or handed it up, with what they said. */
function Reviewed({ detail, visit }: { detail: RecheckDetail; visit: VisitDetail | null }) {
  const review = visit?.reviews.filter((one) => one.reviewer_name === detail.reviewer_name).at(-1);
  const decision = review?.decision ?? (detail.escalated && detail.rounds === 0 ? 'escalated' : 'approved');
  const who = [review && roleWord(review.reviewer_role), detail.reviewer_name, showDay(detail.decided_on)];
  return (
    <Quote
      title={t(`rechecks.reviewed.${decision}`)}
      who={who.filter(Boolean).join(' · ')}
      text={review?.comment ?? ''}
    />
  );
}

function County({ detail }: { detail: RecheckDetail }) {
  const word = useCountyWord(detail);
  if (detail.rounds === 0 && !detail.concluded_at) return null;
  const title = t(`rechecks.county.${word?.code ?? (detail.rounds > 0 ? 'back' : detail.state)}`);
  const who = word ? [word.who, showInstant(word.at)].filter(Boolean).join(' · ') : '';
  return <Quote title={title} who={who} text={word?.text ?? ''} />;
}

function Newer({ visit }: { visit: NonNullable<RecheckDetail['newer_visit']> }) {
  const severity = visit.severity as 'red' | 'yellow' | 'attention' | 'none';
  const state = visit.state as 'submitted';
  return (
    <Banner
      icon="info"
      tone="accent"
      role="status"
      action={
        <Button kind="plain" href={`#/review/${visit.id}`}>
          {t('rechecks.newerOpen')}
        </Button>
      }
    >
      {t('rechecks.newer', {
        day: showDay(dayOf(Date.parse(visit.visited_at))),
        severity: severityWord(severity),
        state: stateWord(state),
      })}
    </Banner>
  );
}

/** Why this person may not decide, in words; null where nothing is in the way. */
export function obstacleWords(detail: RecheckDetail): string | null {
  if (!isOpen(detail.state)) return t(`rechecks.is.${detail.state}`);
  if (user.value?.role !== 'township') return t('rechecks.readOnly');
  if (detail.obstacle === null) return null;
  const key = `rechecks.obstacle.${detail.obstacle}`;
  return hasText(key) ? t(key) : t('rechecks.obstacle.other');
}

export function CaseCard({ detail, visit }: { detail: RecheckDetail; visit: VisitDetail | null }) {
  const obstacle = obstacleWords(detail);
  return (
    <section class="card rck-case" aria-label={t('rechecks.case')}>
      {isOpen(detail.state) && <Time detail={detail} />}
      {obstacle !== null && (
        <p class="rck-obstacle">
          <Icon name={isOpen(detail.state) ? 'lock' : 'check'} size={20} />
          <span>
            {obstacle}
            {!isOpen(detail.state) && <small class="muted">{outcomeWords(detail)}</small>}
          </span>
        </p>
      )}
      {detail.newer_visit && <Newer visit={detail.newer_visit} />}
      <County detail={detail} />
      <Reviewed detail={detail} visit={visit} />
    </section>
  );
}
