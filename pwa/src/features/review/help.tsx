/** What the single keys do on a visit. */
import { t } from '../../core/i18n';
import { KeysHelp } from '../../ui/keysHelp';

const KEYS = ['J', 'K', 'A', 'R', 'E', 'D', 'B', '?'] as const;

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <KeysHelp
      open={open}
      title={t('review.keys')}
      close={t('review.close')}
      keys={KEYS.map((key) => [key, t(`review.key.${key}`)] as const)}
      switchWord={t('review.keysOn')}
      onClose={onClose}
    />
  );
}
