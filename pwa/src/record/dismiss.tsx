/** Dismissing a light: which ones a role may, the reason and the words, and how a dismissed one is told of. */
import './dismiss.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, call } from '../core/api/client';
import { errorText } from '../core/api/problem';
import type { Dismissal, DismissalReason, StandingLight } from '../core/api/types';
import { showInstant } from '../core/format';
import { pick, t } from '../core/i18n';
import { uuidv7 } from '../core/ids';
import { online } from '../core/network';
import { user } from '../core/session';
import { Banner } from '../ui/banner';
import { Button } from '../ui/button';
import { Sheet } from '../ui/dialog';
import { Field } from '../ui/field';
import { roleWord } from './words';

/** As the server has it (flags/dismissing.py): the village its level, the township up to its own, the county any. */
const LEVELS: Readonly<Record<string, readonly string[]>> = {
  first_secretary: ['attention'],
  township: ['attention', 'yellow'],
  county: ['attention', 'yellow', 'red'],
};
export const DISMISSAL_REASONS: readonly DismissalReason[] = [
  'already_helped',
  'wrong_answer',
  'short_lived',
  'does_not_apply',
  'other',
];

export function mayDismiss(light: StandingLight): boolean {
  return (LEVELS[user.value?.role ?? ''] ?? []).includes(light.severity);
}

export function DismissedWords({ dismissal }: { dismissal: Dismissal }) {
  return (
    <p class="rec-run">
      {t('record.dismissedBy', {
        name: dismissal.actor_name,
        role: roleWord(dismissal.actor_role),
        when: showInstant(dismissal.created_at),
      })}
      <span>
        {t(`record.dismissReason.${dismissal.reason}`)}：{dismissal.text}
      </span>
    </p>
  );
}

interface SheetProps {
  visitId: string;
  light: StandingLight | null;
  onClose: () => void;
  onDone: () => void;
}

export function DismissSheet({ visitId, light, onClose, onDone }: SheetProps) {
  return (
    <Sheet open={light !== null} title={t('record.dismissTitle')} onClose={onClose}>
      {light !== null && (
        <Form key={light.rule} visitId={visitId} light={light} onClose={onClose} onDone={onDone} />
      )}
    </Sheet>
  );
}

function Reasons({ value, onChange }: { value: string | null; onChange: (to: DismissalReason) => void }) {
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => box.current?.querySelector('input')?.focus(), []);
  return (
    <fieldset class="rec-reasons" ref={box}>
      <legend>{t('record.dismissWhy')}</legend>
      {DISMISSAL_REASONS.map((reason) => (
        <label key={reason}>
          <input
            type="radio"
            name="dismiss-reason"
            checked={value === reason}
            onChange={() => onChange(reason)}
          />
          {t(`record.dismissReason.${reason}`)}
        </label>
      ))}
    </fieldset>
  );
}

function Form({ visitId, light, onClose, onDone }: SheetProps & { light: StandingLight }) {
  // One number for this form: whatever is sent twice is one dismissal.
  const number = useRef(uuidv7());
  const [reason, setReason] = useState<DismissalReason | null>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const send = async () => {
    if (reason === null) return;
    setBusy(true);
    setWrong(null);
    const body = { id: number.current, reason, text: text.trim() };
    const params = { path: { visit_id: visitId, rule: light.rule } };
    try {
      await call(api.POST('/visits/{visit_id}/lights/{rule}/dismissals', { params, body }));
      onClose();
      onDone();
    } catch (error) {
      setWrong(errorText(error));
      setBusy(false);
    }
  };
  const ready = reason !== null && text.trim().length >= 2;
  return (
    <div class="rec-dismissing">
      <p>
        <b>{pick(light.label)}</b>
      </p>
      <p class="muted small">{t('record.dismissNote')}</p>
      <Reasons value={reason} onChange={setReason} />
      <Field
        label={t('record.dismissText')}
        value={text}
        multiline
        required
        maxLength={500}
        onInput={setText}
      />
      {!online.value && <Banner icon="offline">{t('record.dismissOnline')}</Banner>}
      {wrong !== null && (
        <Banner icon="alert" role="alert">
          {wrong}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button kind="quiet" disabled={busy} onClick={onClose}>
          {t('record.dismissNot')}
        </Button>
        <Button busy={busy} disabled={!ready} onClick={() => void send()}>
          {t('record.dismissDo')}
        </Button>
      </div>
    </div>
  );
}
