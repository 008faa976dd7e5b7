/** What the single keys do, and the switch that turns them off. */
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { setShortcuts, shortcutsOn } from '../../ui/shortcuts';

const KEYS = ['J', 'K', 'S', 'H', 'D', '?'] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      title={t('rechecks.keys')}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('rechecks.close')}</Button>}
    >
      <dl class="rck-keys">
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd class="rck-key">{key}</kbd>
            </dt>
            <dd>{t(`rechecks.key.${key}`)}</dd>
          </div>
        ))}
      </dl>
      <label class="rck-switch">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => setShortcuts(event.currentTarget.checked)}
        />
        {t('rechecks.keysOn')}
      </label>
    </Dialog>
  );
}
