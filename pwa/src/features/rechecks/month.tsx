/** The township's word that it has a month's list: from then on its working days run. */
import { useState } from 'preact/hooks';
import { today } from '../../core/clock';
import { showDay } from '../../core/format';
import { t } from '../../core/i18n';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import type { RecheckQuery } from './model';
import { confirmMonth, type Heading, rows } from './store';
import { monthWord, spanWords } from './words';

/** The last day of YYYY-MM. */
export function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

/** What confirming means: from today, or, for a month that is over, from its last day. */
function sinceWords(month: string, heading: Heading): string {
  const span = spanWords(heading.clock);
  const last = lastDayOf(month);
  if (last < today()) return t('rechecks.confirmLate', { day: showDay(last) });
  return t('rechecks.confirmText', { span });
}

function Asking({ month, heading, onClose }: { month: string; heading: Heading; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    try {
      await confirmMonth(month);
      onClose();
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t('rechecks.confirmTitle', { month: monthWord(month) })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('rechecks.cancel')}
          </Button>
          <Button busy={busy} onClick={() => void confirm()}>
            {t('rechecks.confirmDo')}
          </Button>
        </>
      }
    >
      <p>{sinceWords(month, heading)}</p>
      <p class="muted">{t('rechecks.confirmOnce')}</p>
      {error !== null && (
        <Banner icon="alert" role="alert">
          {errorHelp(error)}
        </Banner>
      )}
    </Dialog>
  );
}

/** Of the month chosen, else the present one; nothing where that month has no list. */
export function MonthCard({ query }: { query: RecheckQuery }) {
  const [asking, setAsking] = useState(false);
  const { heading } = rows.value;
  const month = query.month || today().slice(0, 7);
  if (heading === null || !heading.months.includes(month)) return null;
  const own = user.value?.region.code;
  const word = heading.confirmed.find((one) => one.region_code === own && one.month === month);
  if (word)
    return (
      <p class="rck-month muted small">
        {t('rechecks.confirmed', {
          month: monthWord(month),
          day: showDay(word.confirmed_on),
          name: word.confirmed_by_name,
        })}
      </p>
    );
  return (
    <div class="rck-month rck-month-open">
      <p>
        <b>{t('rechecks.unconfirmed', { month: monthWord(month) })}</b>{' '}
        {t('rechecks.unconfirmedText', { day: showDay(lastDayOf(month)) })}
      </p>
      <Button kind="quiet" block disabled={!online.value} onClick={() => setAsking(true)}>
        {t('rechecks.confirm')}
      </Button>
      {asking && <Asking month={month} heading={heading} onClose={() => setAsking(false)} />}
    </div>
  );
}
