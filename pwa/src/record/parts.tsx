/** Smaller parts of a visit's page: who and when, where, which revision, what reviewers said. */
import type { Dismissal, RegisteredHousehold, VisitDetail } from '../core/api/types';
import { categoryWord, severityWord, showInstant, stateWord } from '../core/format';
import { pick, t } from '../core/i18n';
import { Banner } from '../ui/banner';
import { Facts } from '../ui/card';
import { Light } from '../ui/light';
import { Tag } from '../ui/tag';
import { labelOf } from './answers';
import type { Checklist } from './checklist';
import { DismissedWords } from './dismiss';
import { clockText, distanceText, FAR_METRES, roleWord, stateTone } from './words';

/** The masked identity number of the head; null when the register has none. */
export function headId(household: RegisteredHousehold): string | null {
  const head =
    household.members.find((one) => one.name === household.head_name) ??
    household.members.find((one) => one.relation === '户主' || one.relation === 'head');
  return head?.id_masked || null;
}

function placeOf(household: RegisteredHousehold): string {
  return [household.village, household.natural_village].filter(Boolean).join(' ');
}

export function Head({ visit }: { visit: VisitDetail }) {
  const { household } = visit;
  const distance = distanceText(visit.distance_m);
  const facts = [
    t('record.by', { name: visit.author_name }),
    showInstant(visit.visited_at),
    placeOf(household),
    t('record.number', { number: household.number }),
    headId(household),
  ];
  return (
    <header class="rec-head">
      <h2 tabIndex={-1}>
        {household.head_name}
        <Tag>{categoryWord(household.category)}</Tag>
        <Light compact severity={visit.severity} word={severityWord(visit.severity)} />
        {visit.state !== 'submitted' && <Tag tone={stateTone(visit.state)}>{stateWord(visit.state)}</Tag>}
      </h2>
      <p class="rec-head-facts">
        {facts.filter(Boolean).map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {distance && (
          <span class={(visit.distance_m ?? 0) > FAR_METRES ? 'rec-far' : undefined}>
            {t('record.fromHome', { distance })}
          </span>
        )}
        {visit.location === null && <span class="rec-far">{t('record.noLocation')}</span>}
        {visit.clock_suspect && <span class="rec-far">{t('record.clockWrong')}</span>}
      </p>
      <Members household={household} />
    </header>
  );
}

function Members({ household }: { household: RegisteredHousehold }) {
  if (household.members.length === 0) return null;
  return (
    <details class="rec-more rec-members">
      <summary>{t('record.members', { n: household.members.length })}</summary>
      <ul class="rec-plain">
        {household.members.map((one) => (
          <li key={one.id}>
            <b>{one.name}</b>
            <span>{t('record.memberLine', { relation: one.relation, age: one.age ?? '' })}</span>
            <span class="num">{one.id_masked}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Minutes from opening the form to saving it, by a clock that nobody can set; null where it was closed between. */
export function filledMinutes(clock: VisitDetail['clock']): number | null {
  const start = clock?.started_mono_ms;
  if (clock === null || start === undefined || start === null) return null;
  return Math.max(0, Math.round((clock.finished_mono_ms - start) / 60_000));
}

export function WhereAndWhen({ visit }: { visit: VisitDetail }) {
  const { location } = visit;
  const filled = filledMinutes(visit.clock);
  const rows = [
    {
      label: t('record.location'),
      value: location
        ? t('record.position', { lat: location.lat, lon: location.lon, accuracy: location.accuracy_m })
        : t('record.noLocation'),
    },
    ...(location?.accepted_reason
      ? [{ label: t('record.accepted'), value: t(`record.accepted.${location.accepted_reason}`) }]
      : []),
    {
      label: t('record.distance'),
      value: distanceText(visit.distance_m) ?? t('record.distanceUnknown'),
    },
    ...(location?.far_reason
      ? [{ label: t('record.far'), value: t(`record.far.${location.far_reason}`) }]
      : []),
    { label: t('record.visited'), value: showInstant(visit.visited_at) },
    { label: t('record.received'), value: showInstant(visit.received_at) },
    ...(filled === null
      ? []
      : [{ label: t('record.filled'), value: t('record.spanMinutes', { n: filled }) }]),
    { label: t('record.clock'), value: clockText(visit.clock_offset_ms) },
    { label: t('record.receipt'), value: visit.receipt.number },
  ];
  return <Facts rows={rows} />;
}

export interface RevisionsProps {
  visit: VisitDetail;
  hrefOf: (visitId: string) => string;
}

/** All versions handed in for this visit; the one on screen is marked. */
export function Revisions({ visit, hrefOf }: RevisionsProps) {
  if (visit.revisions.length <= 1) return null;
  const newest = [...visit.revisions].sort((a, b) => b.revision - a.revision);
  return (
    <nav aria-label={t('record.revisions')}>
      <ul class="rec-plain rec-revisions">
        {newest.map((one) => (
          <li key={one.id}>
            <a href={hrefOf(one.id)} aria-current={one.id === visit.id ? 'page' : undefined}>
              <b>{t('record.revision', { n: one.revision })}</b>
              <span>
                {stateWord(one.state)} · {showInstant(one.received_at)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Says that a newer version exists, or that this one is a correction. */
export function RevisionNotice({ visit, hrefOf }: RevisionsProps) {
  const newest = visit.revisions.reduce((a, b) => (b.revision > a.revision ? b : a), {
    id: visit.id,
    revision: visit.revision,
  });
  if (newest.id !== visit.id)
    return (
      <Banner tone="accent" icon="info" action={<a href={hrefOf(newest.id)}>{t('record.openNewest')}</a>}>
        {t('record.oldRevision', { n: visit.revision, newest: newest.revision })}
      </Banner>
    );
  if (visit.revision <= 1) return null;
  return (
    <Banner tone="accent" icon="refresh">
      {t('record.resubmitted', { n: visit.revision })}
    </Banner>
  );
}

type Step = { at: string; key: string; line: VisitDetail['reviews'][number] | Dismissal };

/** Decisions and dismissed lights of all revisions, the newest first. */
function steps({ reviews, dismissals }: Pick<VisitDetail, 'reviews' | 'dismissals'>): Step[] {
  // What was kept on the device by an older version knows no dismissals.
  const all = [...reviews, ...(dismissals ?? [])];
  return all
    .map((line) => ({ at: line.created_at, key: line.id, line }))
    .sort((a, b) => b.at.localeCompare(a.at));
}

export function Reviews({ visit, checklist }: { visit: VisitDetail; checklist: Checklist }) {
  const all = steps(visit);
  if (all.length === 0) return <p class="rec-note">{t('record.noReviews')}</p>;
  return (
    <ol class="rec-plain rec-reviews">
      {all.map(({ key, line }) => (
        <li key={key}>
          {'rule' in line ? (
            <DismissedLight dismissal={line} lights={visit.lights} />
          ) : (
            <Decision review={line} checklist={checklist} />
          )}
        </li>
      ))}
    </ol>
  );
}

function DismissedLight({ dismissal, lights }: { dismissal: Dismissal; lights: VisitDetail['lights'] }) {
  const light = lights.find((one) => one.rule === dismissal.rule);
  return (
    <>
      <p>
        <Tag>{t('record.dismissed')}</Tag>
        <b>{light ? pick(light.label) : dismissal.rule}</b>
      </p>
      <DismissedWords dismissal={dismissal} />
    </>
  );
}

function Decision({ review, checklist }: { review: VisitDetail['reviews'][number]; checklist: Checklist }) {
  return (
    <>
      <p>
        <Tag tone={review.decision === 'approved' ? 'green' : 'plain'}>{stateWord(review.decision)}</Tag>
        <span class="muted small">
          {review.reviewer_name} · {roleWord(review.reviewer_role)} · {showInstant(review.created_at)}
          {review.batch_id && ` · ${t('record.together')}`}
        </span>
      </p>
      {review.comment && <p>{review.comment}</p>}
      {review.comments.length > 0 && (
        <ul class="rec-review-comments">
          {review.comments.map((comment) => (
            <li key={comment.question}>
              <b>{labelOf(checklist.byId.get(comment.question), comment.question)}</b>
              {comment.text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
