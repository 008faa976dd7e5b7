/** What the single keys do on a re-check. */
import { t } from '../../core/i18n';
import { KeysHelp } from '../../ui/keysHelp';

const KEYS = ['J', 'K', 'S', 'H', 'D', '?'] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <KeysHelp
      open={open}
      title={t('rechecks.keys')}
      close={t('rechecks.close')}
      keys={KEYS.map((key) => [key, t(`rechecks.key.${key}`)] as const)}
      switchWord={t('rechecks.keysOn')}
      onClose={onClose}
    />
  );
}
