/** What the single keys do, and the switch that turns them off. */
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { setShortcuts, shortcutsOn } from '../../ui/shortcuts';

const KEYS = ['J', 'K', 'A', 'R', 'E', 'D', 'B', '?'] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      title={t('review.keys')}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('review.close')}</Button>}
    >
      <dl class="rev-keys">
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd class="rev-key">{key}</kbd>
            </dt>
            <dd>{t(`review.key.${key}`)}</dd>
          </div>
        ))}
      </dl>
      <label class="rev-switch">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => setShortcuts(event.currentTarget.checked)}
        />
        {t('review.keysOn')}
      </label>
    </Dialog>
  );
}
