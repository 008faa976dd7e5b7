/** The locked app: the PIN pad, what is left to try, and the two ways around it. */
import { useState } from 'preact/hooks';
import { askPassword, type Gate, gate, otherUser, unlock } from '../../core/gate';
import { t } from '../../core/i18n';
import { MOST_TRIES } from '../../core/vault/accounts';
import { movedSoFar } from '../../core/vault/old';
import { PIN_LENGTH } from '../../core/vault/pinRules';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { PinPad } from './pinPad';

type Locked = Extract<Gate, { at: 'locked' }>;

const MINUTE_MS = 60_000;

/** What is being done while a vault opens. */
export function openingText(): string {
  const moved = movedSoFar.value;
  return moved ? t('lock.moving', { done: moved.done, all: moved.all }) : t('lock.opening');
}

/** Why a vault did not open. */
export function failureText(error: unknown): string {
  return t(error instanceof Error && error.name === 'QuotaExceededError' ? 'lock.full' : 'lock.failed');
}

function faultText({ left, waitMs, wrong }: Locked): string | null {
  if (waitMs > 0) return t('lock.wait', { n: Math.ceil(waitMs / MINUTE_MS) });
  if (!wrong) return left < MOST_TRIES ? t('lock.wrong', { left }) : null;
  return left === 1 ? t('lock.wrongLast') : t('lock.wrong', { left });
}

function OtherUser() {
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState('');
  const next = async () => {
    if (!name.trim()) return;
    await otherUser(name);
    setAsking(false);
    setName('');
  };
  return (
    <>
      <Button kind="plain" onClick={() => setAsking(true)}>
        {t('lock.other')}
      </Button>
      <Dialog
        open={asking}
        title={t('lock.otherTitle')}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t('lock.back')}
            </Button>
            <Button onClick={() => void next()}>{t('lock.next')}</Button>
          </>
        }
      >
        <p class="muted">{t('lock.otherText')}</p>
        <Field label={t('lock.username')} value={name} onInput={setName} autocomplete="off" />
      </Dialog>
    </>
  );
}

/** No try is left: only the password, online, opens it again. */
function Gone() {
  return (
    <main class="pin">
      <div class="pin-head" role="alert">
        <span class="pin-mark">
          <Icon name="lock" size={32} />
        </span>
        <h1>{t('lock.gone', { n: MOST_TRIES })}</h1>
        <p>{t('lock.goneText')}</p>
      </div>
      <Button block onClick={() => askPassword(true)}>
        {t('lock.signIn')}
      </Button>
      <div class="pin-more">
        <OtherUser />
      </div>
    </main>
  );
}

/** `onOpened` starts what the open vault needs of the network. */
export function LockPage({ onOpened }: { onOpened: (signedIn: boolean) => void }) {
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const locked = gate.value;
  if (locked.at !== 'locked') return null;
  if (locked.left === 0) return <Gone />;
  const submit = async (typed: string) => {
    setBusy(true);
    setFailed(null);
    try {
      await unlock(typed);
      if (gate.value.at === 'open') onOpened(locked.proof !== null);
    } catch (error) {
      setFailed(failureText(error));
    }
    setPin('');
    setBusy(false);
  };
  const input = (typed: string) => {
    setPin(typed);
    if (typed.length === PIN_LENGTH) void submit(typed);
  };
  return (
    <PinPad
      title={t('lock.title')}
      lead={t(locked.proof ? 'lock.proofLead' : 'lock.lead')}
      fault={failed ?? faultText(locked)}
      value={pin}
      onInput={input}
      busy={busy ? openingText() : null}
    >
      <OtherUser />
      <Button kind="plain" onClick={() => askPassword(true)}>
        {t('lock.forgot')}
      </Button>
    </PinPad>
  );
}
