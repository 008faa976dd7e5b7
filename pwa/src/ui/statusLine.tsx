/** The honest line: is there a network, and what still waits on this phone since when. */
import { showAgo } from '../core/format';
import { t } from '../core/i18n';
import { online } from '../core/network';
import { unsent } from '../core/outbox';

export function StatusLine() {
  const waiting = unsent.value;
  const oldest = waiting.length > 0 ? Math.min(...waiting.map((item) => item.savedAt)) : null;
  const words =
    oldest === null
      ? t('status.nothingWaits')
      : t('status.waiting', { n: waiting.length, ago: showAgo(oldest) });
  return (
    <span class={`status-line${online.value ? '' : ' status-off'}`}>
      <i class="status-dot" aria-hidden="true" />
      {online.value ? '' : `${t('status.offline')} · `}
      {words}
    </span>
  );
}
