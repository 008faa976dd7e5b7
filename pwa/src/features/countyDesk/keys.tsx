/** What the single keys do on a case. */
import { t } from '../../core/i18n';
import { KeysHelp } from '../../ui/keysHelp';

const KEYS = ['J', 'K', 'M', 'N', 'B', 'Ctrl Enter', '?'] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <KeysHelp
      open={open}
      title={t('desk.keys')}
      close={t('desk.close')}
      keys={KEYS.map((key) => [key, t(`desk.key.${key}`)] as const)}
      wide
      switchWord={t('desk.keysOn')}
      onClose={onClose}
    />
  );
}
