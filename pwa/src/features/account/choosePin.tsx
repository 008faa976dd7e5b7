/** A PIN is chosen, twice the same; one that is easy to guess is refused with the reason. */
import { useState } from 'preact/hooks';
import { arrivalRole, changePin, choosePin, gate, provePin, type Why } from '../../core/gate';
import { t } from '../../core/i18n';
import { back, go } from '../../core/nav';
import { PIN_LENGTH, pinFault } from '../../core/vault/pinRules';
import { Button } from '../../ui/button';
import { failureText, openingText } from './lock';
import { PinPad } from './pinPad';

interface NewPinProps {
  title: string;
  lead: string;
  /** A sentence for a PIN that is not taken for another reason than being weak. */
  refuse?: ((pin: string) => string | null) | undefined;
  /** Takes the PIN; resolves with a sentence when it was not taken. */
  onChosen: (pin: string) => Promise<string | null>;
  onBack?: (() => void) | undefined;
}

function NewPin({ title, lead, refuse, onChosen, onBack }: NewPinProps) {
  const [first, setFirst] = useState<string | null>(null);
  const [pin, setPin] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const anew = (sentence: string | null) => {
    setFirst(null);
    setPin('');
    setFault(sentence);
  };
  const chosen = async (typed: string) => {
    setBusy(true);
    const sentence = await onChosen(typed);
    setBusy(false);
    if (sentence !== null) anew(sentence);
  };
  const input = (typed: string) => {
    setPin(typed);
    if (typed.length > 0) setFault(null);
    if (typed.length < PIN_LENGTH) return;
    const weak = pinFault(typed);
    if (first !== null) return first === typed ? void chosen(typed) : anew(t('pin.fault.differs'));
    const refused = weak ? t(`pin.fault.${weak}`) : (refuse?.(typed) ?? null);
    if (refused) return anew(refused);
    setFirst(typed);
    setPin('');
  };
  return (
    <PinPad
      title={first === null ? title : t('pin.repeat')}
      lead={first === null ? lead : t('pin.repeatText')}
      fault={fault}
      value={pin}
      onInput={input}
      busy={busy ? openingText() : null}
    >
      {onBack && (
        <Button kind="plain" onClick={onBack}>
          {t('lock.back')}
        </Button>
      )}
    </PinPad>
  );
}

/** The first PIN, or a new one in the place of a forgotten one. */
export function ChoosePinPage({ onOpened }: { onOpened: (signedIn: boolean) => void }) {
  const asked = gate.value;
  const why: Why = asked.at === 'choose' ? asked.why : 'first';
  const take = async (pin: string) => {
    // Set before the screens open: the check of a new phone comes before the list, once and never again by itself.
    if (why === 'first' && arrivalRole() === 'grid_member' && location.hash.length <= 2)
      go('#/check/first', { replace: true });
    try {
      await choosePin(pin);
    } catch (error) {
      return failureText(error);
    }
    if (gate.value.at === 'open') onOpened(why !== 'update');
    return null;
  };
  return <NewPin title={t(`pin.${why}`)} lead={t(`pin.${why}Text`)} onChosen={take} />;
}

function OldPin({ onProven }: { onProven: (pin: string) => void }) {
  const [pin, setPin] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const prove = async (typed: string) => {
    setBusy(true);
    const left = await provePin(typed).catch(() => -1);
    if (left === null) return onProven(typed);
    setBusy(false);
    setPin('');
    setFault(left < 0 ? t('lock.failed') : t(left === 0 ? 'lock.goneText' : 'lock.wrong', { left }));
  };
  const input = (typed: string) => {
    setPin(typed);
    if (typed.length === PIN_LENGTH) void prove(typed);
  };
  return (
    <PinPad
      title={t('pin.old')}
      lead={t('pin.oldText')}
      fault={fault}
      value={pin}
      onInput={input}
      busy={busy ? t('lock.checking') : null}
    >
      <Button kind="plain" onClick={() => back('#/me')}>
        {t('lock.back')}
      </Button>
    </PinPad>
  );
}

/** Another PIN for the open vault: the present one first, which counts as a try like at the lock. */
export function ChangePinPage() {
  const [old, setOld] = useState<string | null>(null);
  const take = async (pin: string) => {
    try {
      await changePin(pin);
    } catch (error) {
      return failureText(error);
    }
    go('#/me?pin=changed', { replace: true });
    return null;
  };
  if (old === null) return <OldPin onProven={setOld} />;
  const refuse = (pin: string) => (pin === old ? t('pin.fault.unchanged') : null);
  return (
    <NewPin
      title={t('pin.again')}
      lead={t('pin.firstText')}
      refuse={refuse}
      onChosen={take}
      onBack={() => back('#/me')}
    />
  );
}
