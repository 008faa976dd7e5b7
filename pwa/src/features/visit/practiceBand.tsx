/** Says on every screen of a practice that nothing of it is sent. */
import { registerTexts, t } from '../../core/i18n';
import { texts as zh } from '../../i18n/zh-CN/practice';

registerTexts({ zh, en: () => import('../../i18n/en/practice') });

export function PracticeBand() {
  return (
    <p class="practice-band" role="note">
      {t('practice.band')}
    </p>
  );
}
