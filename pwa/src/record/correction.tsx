/** A corrected visit: what was asked for, and only what is different from the revision that was given back. */
import type { Correction, VisitDetail } from '../core/api/types';
import { t } from '../core/i18n';
import { Tag } from '../ui/tag';
import { factLabel } from './answers';
import { ChangeRows } from './changeTable';
import type { Checklist } from './checklist';

interface AskedProps {
  correction: Correction;
  checklist: Checklist;
}

/** The reviewer's own words, each with whether its answer is another one now. */
function Asked({ correction, checklist }: AskedProps) {
  const changed = new Set(correction.changes.map((one) => one.question));
  if (correction.comment === '' && correction.comments.length === 0) return null;
  return (
    <div class="rec-asked">
      <p class="rec-asked-title">{t('record.askedFor')}</p>
      {correction.comment && <p>{correction.comment}</p>}
      <ul class="rec-plain">
        {correction.comments.map(({ question, text }) => (
          <li key={question}>
            <span>
              <b>{factLabel(checklist, question)}</b>
              {text}
            </span>
            <Tag tone={changed.has(question) ? 'green' : 'plain'}>
              {t(changed.has(question) ? 'record.wasChanged' : 'record.wasNotChanged')}
            </Tag>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function CorrectionView({ visit, checklist }: { visit: VisitDetail; checklist: Checklist }) {
  const { correction } = visit;
  if (!correction) return null;
  const photos = correction.new_photos.length;
  return (
    <>
      <Asked correction={correction} checklist={checklist} />
      {correction.changes.length === 0 ? (
        <p class="rec-note">{t('record.correctedNothing', { n: correction.revision })}</p>
      ) : (
        <ChangeRows
          caption={t('record.correctedSince', { n: correction.revision })}
          before={t('record.revision', { n: correction.revision })}
          changes={correction.changes}
          checklist={checklist}
          members={visit.household.members}
          reasons={visit.since_last?.changes}
        />
      )}
      {photos > 0 && <p class="rec-note">{t('record.newPhotos', { n: photos })}</p>}
    </>
  );
}
