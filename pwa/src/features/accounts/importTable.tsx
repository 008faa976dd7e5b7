/** The rows of a sheet: what would become of each, and afterwards the passwords. */
import type { CheckedRow, Imported, RowStatus } from '../../core/api/accountTypes';
import { pick, t } from '../../core/i18n';
import { roleWord } from '../../record';
import { Tag, type Tone } from '../../ui/tag';

const TONES: Record<RowStatus, Tone> = {
  create: 'accent',
  same: 'plain',
  conflict: 'strong',
  error: 'strong',
};

/** At most so many are drawn: whoever has more wrong rows corrects the file first. */
const MOST_DRAWN = 300;

export function CheckedRows({ rows }: { rows: readonly CheckedRow[] }) {
  const more = rows.length - MOST_DRAWN;
  return (
    <>
      <ul class="rows" aria-label={t('accounts.sheet.rows')}>
        {rows.slice(0, MOST_DRAWN).map((row) => (
          <li key={row.row} class="acc-row">
            <span class="acc-row-number num">{row.row}</span>
            <span class="acc-thing">
              <b>{row.display_name || '—'}</b>
              <small>
                {[row.username, row.role === null ? '' : roleWord(row.role), row.place.join(' › ')]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
              {row.faults.map((fault) => (
                <span key={`${fault.cell}${fault.code}`} class="acc-fault">
                  {t('accounts.sheet.fault', { cell: fault.cell, what: pick(fault.text) })}
                </span>
              ))}
            </span>
            <Tag tone={TONES[row.status]}>{t(`accounts.sheet.status.${row.status}`)}</Tag>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="muted small">{t('accounts.sheet.moreRows', { n: more })}</p>}
    </>
  );
}

export function MadeRows({ rows }: { rows: Imported['created'] }) {
  return (
    <ul class="rows" aria-label={t('accounts.sheet.rows')}>
      {rows.slice(0, MOST_DRAWN).map((row) => (
        <li key={row.username} class="acc-row">
          <span class="acc-thing">
            <b>{row.display_name}</b>
            <small>
              {[row.username, roleWord(row.role), row.place.at(-1) ?? ''].filter(Boolean).join(' · ')}
            </small>
          </span>
          {row.password !== null && <output class="acc-password-small">{row.password}</output>}
        </li>
      ))}
    </ul>
  );
}
