/** What may make a reviewer look twice: one sentence a hint, and that none of it is a verdict. */
import './hints.css';
import type { EvidenceHint, VisitDetail } from '../core/api/types';
import { dayOf } from '../core/clock';
import { showDay } from '../core/format';
import { t } from '../core/i18n';
import { Icon } from '../ui/icon';
import { clockText, distanceText, span } from './words';

const metresOf = ({ details }: EvidenceHint): string | null => distanceText(details.metres ?? null);

function photoWords({ details }: EvidenceHint): string {
  if (details.same_household) return t(details.exact ? 'hint.photoHomeExact' : 'hint.photoHome');
  return t(details.exact ? 'hint.photoExact' : 'hint.photo');
}

function clockWords({ details: { jump_seconds, offset_seconds } }: EvidenceHint): string {
  if (jump_seconds !== undefined) return t('hint.jump', { span: span(jump_seconds * 1000) });
  if (offset_seconds === undefined) return t('hint.clock');
  return t('hint.clockOff', { off: clockText(offset_seconds * 1000) });
}

function farWords(hint: EvidenceHint): string {
  const { reason } = hint.details;
  const words = t('hint.far', { distance: metresOf(hint) ?? '' });
  return reason ? `${words}${t('hint.farReason', { reason: t(`record.far.${reason}`) })}` : words;
}

function closeWords(hint: EvidenceHint): string {
  const apart = span((hint.details.seconds ?? 0) * 1000);
  const distance = metresOf(hint);
  return distance === null ? t('hint.close', { span: apart }) : t('hint.closeFar', { span: apart, distance });
}

/** The sentence of a hint, without the visit that it compares with. */
export function hintWords(hint: EvidenceHint): string {
  const { seconds = 0, steps = 0, households = 0 } = hint.details;
  switch (hint.kind) {
    case 'photo_reused':
      return photoWords(hint);
    case 'close':
      return closeWords(hint);
    case 'quick':
      return t('hint.quick', { span: span(seconds * 1000), n: steps });
    case 'alike':
      return t('hint.alike', { n: households });
    case 'far':
      return farWords(hint);
    case 'clock':
      return clockWords(hint);
  }
}

function Other({ other, compared }: EvidenceHint) {
  if (!compared) return null;
  if (other === null) return <span class="muted"> {t('hint.elsewhere')}</span>;
  const words = t('hint.other', { name: other.head_name, day: showDay(dayOf(Date.parse(other.visited_at))) });
  return <a href={`#/household/${other.household_id}`}>{words}</a>;
}

export function Hints({ visit }: { visit: VisitDetail }) {
  return (
    <>
      <ul class="rec-hints">
        {visit.hints.map((hint) => (
          <li key={`${hint.kind}${hint.of_revision}${hint.other?.visit_id ?? ''}`}>
            <Icon name="info" size={18} />
            <span>
              {hintWords(hint)} <Other {...hint} />
              {hint.of_revision !== visit.id && <small class="muted"> {t('hint.before')}</small>}
            </span>
          </li>
        ))}
      </ul>
      <p class="muted small">{t('hint.noVerdict')}</p>
    </>
  );
}
