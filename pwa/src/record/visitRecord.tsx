/**
 * The page of one recorded visit, in the order a reviewer reads: who and when, what changed, what lit up, photos,
 * then everything else. Features put their own decision or history around it.
 */
import './record.css';
import './correction.css';
import type { ComponentChildren } from 'preact';
import { t } from '../core/i18n';
import { Card } from '../ui/card';
import { AnswerList, type Commenting } from './answerList';
import { ChangeTable } from './changeTable';
import { CorrectionView } from './correction';
import { Hints } from './hints';
import { Lights } from './lights';
import type { VisitRecord } from './load';
import { Head, Reviews, RevisionNotice, Revisions, WhereAndWhen } from './parts';
import { People } from './people';
import { Photos } from './photos';
import { isLit } from './words';

export interface VisitRecordProps {
  record: VisitRecord;
  /** Address of another version of this visit. */
  hrefOf: (visitId: string) => string;
  commenting?: Commenting | undefined;
  /** The lights stand beside the page (see `RecordLights`), not in it. */
  lightsAside?: boolean | undefined;
  /** Lights may be dismissed; called after one was. */
  onDismissed?: (() => void) | undefined;
  /** Drawn at the end. */
  children?: ComponentChildren;
}

/** The lights of a visit on their own, for the column beside the page. */
export function RecordLights({
  record: { visit, checklist },
  onDismissed,
}: Pick<VisitRecordProps, 'record' | 'onDismissed'>) {
  return (
    <Lights
      onDismissed={visit.state === 'superseded' ? undefined : onDismissed}
      visitId={visit.id}
      lights={visit.lights}
      unknown={visit.unknown}
      checklist={checklist}
      members={visit.household.members}
    />
  );
}

/** Against the revision that was given back where there is one: the rest was looked at then. */
function Changes({ record: { visit, checklist } }: Pick<VisitRecordProps, 'record'>) {
  const sinceLast = (
    <ChangeTable
      changes={visit.changes}
      previous={visit.previous_visit}
      checklist={checklist}
      members={visit.household.members}
      reasons={visit.since_last?.changes}
    />
  );
  const { correction } = visit;
  if (!correction)
    return (
      <Card title={t('record.changes')} aside={<CountOf n={visit.changes.length} />}>
        {sinceLast}
      </Card>
    );
  return (
    <Card
      title={t('record.corrected', { n: correction.revision })}
      aside={<CountOf n={correction.changes.length} />}
    >
      <CorrectionView visit={visit} checklist={checklist} />
      <details class="rec-more">
        <summary>{t('record.changesToo', { n: visit.changes.length })}</summary>
        {sinceLast}
      </details>
    </Card>
  );
}

export function VisitRecordView(props: VisitRecordProps) {
  const { record, hrefOf, commenting, lightsAside, onDismissed, children } = props;
  const { visit, checklist } = record;
  return (
    <article class="rec">
      <Head visit={visit} />
      <RevisionNotice visit={visit} hrefOf={hrefOf} />
      <Changes record={record} />
      {!lightsAside && (
        <Card title={t('record.lights')} aside={<CountOf n={visit.lights.filter(isLit).length} />}>
          <RecordLights record={record} onDismissed={onDismissed} />
        </Card>
      )}
      {visit.hints.length > 0 && (
        <Card title={t('record.hints')} aside={<CountOf n={visit.hints.length} />}>
          <Hints visit={visit} />
        </Card>
      )}
      <div class={`rec-beside${visit.photos.length > 0 ? ' rec-both' : ''}`}>
        <Card title={t('record.photos')} aside={<CountOf n={visit.photos.length} />}>
          <Photos photos={visit.photos} />
        </Card>
        <Card title={t('record.answers')}>
          <AnswerList visit={visit} checklist={checklist} commenting={commenting} />
        </Card>
      </div>
      <People household={visit.household} />
      <Card title={t('record.whereAndWhen')}>
        <WhereAndWhen visit={visit} />
      </Card>
      <Card title={t('record.history')}>
        <Revisions visit={visit} hrefOf={hrefOf} />
        <Reviews visit={visit} checklist={checklist} />
      </Card>
      {children}
    </article>
  );
}

function CountOf({ n }: { n: number }) {
  return n > 0 ? <span class="muted small num">{n}</span> : null;
}
