/** What a county signed about a number or a rule: who, when, why, from which day; and the way to end it. */
import { useState } from 'preact/hooks';
import type { Setting } from '../../core/api/policyTypes';
import { showDay, showInstant } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { user } from '../../core/session';
import { Button } from '../../ui/button';
import { Tag, type Tone } from '../../ui/tag';
import { SignSheet } from './sign';
import { isOpen, valueWord } from './values';

const TONES: Record<Setting['state'], Tone> = {
  in_force: 'accent',
  coming: 'strong',
  past: 'plain',
  superseded: 'plain',
  revoked: 'plain',
  without_effect: 'plain',
};

/** "改为 6,500 元/人·年" or "停用". */
export function actWord(setting: Setting): string {
  if (setting.kind !== 'parameter') return t(`policy.act.${setting.kind}`);
  return t('policy.act.parameter', { value: valueWord(setting.value, setting.unit) });
}

export function daysWord(setting: Pick<Setting, 'from' | 'until'>): string {
  if (setting.until === null) return t('policy.from', { from: showDay(setting.from) });
  return t('policy.fromUntil', { from: showDay(setting.from), until: showDay(setting.until) });
}

function Act({ setting, onRevoke }: { setting: Setting; onRevoke: (setting: Setting) => void }) {
  const revocable = isOpen(setting) && user.value?.role === 'county';
  return (
    <li class="pol-act">
      <p class="pol-act-head">
        <b>{actWord(setting)}</b>
        <Tag tone={TONES[setting.state]}>{t(`policy.state.${setting.state}`)}</Tag>
      </p>
      <p>{daysWord(setting)}</p>
      <p class="pol-reason">{setting.reason}</p>
      <p class="muted small">
        {t('policy.signedBy', { name: setting.signer_name, at: showInstant(setting.signed_at) })}
      </p>
      {setting.revoked && (
        <p class="pol-revoked">
          {t('policy.revokedBy', {
            name: setting.revoked.signer_name,
            at: showInstant(setting.revoked.signed_at),
            from: showDay(setting.revoked.from),
            reason: setting.revoked.reason,
          })}
        </p>
      )}
      {revocable && (
        <Button kind="quiet" onClick={() => onRevoke(setting)}>
          {t('policy.revoke')}
        </Button>
      )}
    </li>
  );
}

/** The county's acts, the newest first. */
export function Acts({ settings }: { settings: readonly Setting[] }) {
  const [ending, setEnding] = useState<Setting | null>(null);
  if (settings.length === 0) return <p class="muted">{t('policy.noActs')}</p>;
  return (
    <>
      <ol class="pol-acts" aria-label={t('policy.acts')}>
        {settings.map((setting) => (
          <Act key={setting.id} setting={setting} onRevoke={setEnding} />
        ))}
      </ol>
      {ending && (
        <SignSheet
          act={{ what: 'revoke', setting: ending }}
          title={t('policy.sign.revokeTitle', { what: ending.label ? pick(ending.label) : ending.name })}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}
