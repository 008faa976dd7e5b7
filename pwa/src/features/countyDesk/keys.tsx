/** What the single keys do on a case, and the switch that turns them off. */
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { setShortcuts, shortcutsOn } from '../../ui/shortcuts';

const KEYS = ['J', 'K', 'M', 'N', 'B', 'Ctrl Enter', '?'] as const;

export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog
      open={open}
      title={t('desk.keys')}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('desk.close')}</Button>}
    >
      <dl class="desk-keys">
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd class="desk-key">{key}</kbd>
            </dt>
            <dd>{t(`desk.key.${key}`)}</dd>
          </div>
        ))}
      </dl>
      <label class="desk-switch">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => setShortcuts(event.currentTarget.checked)}
        />
        {t('desk.keysOn')}
      </label>
    </Dialog>
  );
}
