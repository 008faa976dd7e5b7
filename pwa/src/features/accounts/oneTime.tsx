/** A one-time password: shown once, large enough to be read aloud, and copied by a tap. */
import { useState } from 'preact/hooks';
import { showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';

export interface GivenPassword {
  name: string;
  username: string;
  password: string | null;
  until: string | null;
}

export function OneTimeDialog({ given, onClose }: { given: GivenPassword; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const { password } = given;
  const copy = () =>
    void navigator.clipboard?.writeText(password ?? '').then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <Dialog
      open
      title={t('accounts.once.title', { name: given.name })}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('accounts.once.done')}</Button>}
    >
      {password === null ? (
        <Banner icon="info">{t('accounts.once.shown')}</Banner>
      ) : (
        <>
          <p>{t('accounts.once.how', { username: given.username })}</p>
          <p class="acc-once">
            <output class="acc-password" aria-label={t('accounts.once.label')}>
              {password}
            </output>
            <Button kind="quiet" icon={copied ? 'check' : undefined} onClick={copy}>
              {t(copied ? 'accounts.once.copied' : 'accounts.once.copy')}
            </Button>
          </p>
          {given.until !== null && (
            <p class="muted small">{t('accounts.once.until', { when: showInstant(given.until) })}</p>
          )}
        </>
      )}
    </Dialog>
  );
}
