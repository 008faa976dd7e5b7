/**
 * The page of one recorded visit, in the order a reviewer reads: who and when, what changed, what lit up, photos,
 * then everything else. Features put their own decision or history around it.
 */
import './record.css';
import type { ComponentChildren } from 'preact';
import { t } from '../core/i18n';
import { Card } from '../ui/card';
import { AnswerList, type Commenting } from './answerList';
import { ChangeTable } from './changeTable';
import { Hints } from './hints';
import { Lights } from './lights';
import type { VisitRecord } from './load';
import { Head, Reviews, RevisionNotice, Revisions, WhereAndWhen } from './parts';
import { Photos } from './photos';
import { isLit } from './words';

export interface VisitRecordProps {
  record: VisitRecord;
  /** Address of another version of this visit. */
  hrefOf: (visitId: string) => string;
  commenting?: Commenting | undefined;
  /** The lights stand beside the page (see `RecordLights`), not in it. */
  lightsAside?: boolean | undefined;
  /** Drawn at the end. */
  children?: ComponentChildren;
}

/** The lights of a visit on their own, for the column beside the page. */
export function RecordLights({ record: { visit, checklist } }: { record: VisitRecord }) {
  return (
    <Lights
      visitId={visit.id}
      lights={visit.lights}
      unknown={visit.unknown}
      checklist={checklist}
      members={visit.household.members}
    />
  );
}

export function VisitRecordView({ record, hrefOf, commenting, lightsAside, children }: VisitRecordProps) {
  const { visit, checklist } = record;
  return (
    <article class="rec">
      <Head visit={visit} />
      <RevisionNotice visit={visit} hrefOf={hrefOf} />
      <Card title={t('record.changes')} aside={<CountOf n={visit.changes.length} />}>
        <ChangeTable
          changes={visit.changes}
          previous={visit.previous_visit}
          checklist={checklist}
          members={visit.household.members}
          reasons={visit.since_last?.changes}
        />
      </Card>
      {!lightsAside && (
        <Card title={t('record.lights')} aside={<CountOf n={visit.lights.filter(isLit).length} />}>
          <RecordLights record={record} />
        </Card>
      )}
      {visit.hints.length > 0 && (
        <Card title={t('record.hints')} aside={<CountOf n={visit.hints.length} />}>
          <Hints visit={visit} />
        </Card>
      )}
      <Card title={t('record.photos')} aside={<CountOf n={visit.photos.length} />}>
        <Photos photos={visit.photos} />
      </Card>
      <Card title={t('record.answers')}>
        <AnswerList visit={visit} checklist={checklist} commenting={commenting} />
      </Card>
      <Card title={t('record.whereAndWhen')}>
        <WhereAndWhen visit={visit} />
      </Card>
      <Card title={t('record.history')}>
        <Revisions visit={visit} hrefOf={hrefOf} />
        <Reviews reviews={visit.reviews} checklist={checklist} />
      </Card>
      {children}
    </article>
  );
}

function CountOf({ n }: { n: number }) {
  return n > 0 ? <span class="muted small num">{n}</span> : null;
}
