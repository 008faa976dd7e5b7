/** Choosing a password: what is wrong with one is said in plain words. In a chunk of its own: few see it, and once. */
import { useState } from 'preact/hooks';
import { ServerProblem } from '../../core/api/problem';
import { registerTexts, t } from '../../core/i18n';
import { texts as zh } from '../../i18n/zh-CN/password';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';

registerTexts({ zh, en: () => import('../../i18n/en/password') });

const MOST = 128;

/** Words for a password that the server did not take; null when something else is wrong. */
export function weaknessText(error: unknown): string | null {
  if (!(error instanceof ServerProblem)) return null;
  const code = error.problem.errors?.['new_password']?.[0]?.code;
  return code === undefined ? null : t(`password.weak.${code}`);
}

export interface Chosen {
  value: string;
  again: string;
  error: string | undefined;
}

export const NOTHING_CHOSEN: Chosen = { value: '', again: '', error: undefined };

/** Why a choice cannot be sent yet. */
export function unready({ value, again }: Chosen): string | undefined {
  if (value.length < 8) return t('password.weak.too_short');
  return value === again ? undefined : t('password.differ');
}

export function PasswordFields({ chosen, onChange }: { chosen: Chosen; onChange: (chosen: Chosen) => void }) {
  const [shown, setShown] = useState(false);
  const type = shown ? 'text' : 'password';
  return (
    <>
      <Field
        label={t('password.new')}
        hint={t('password.rule')}
        type={type}
        value={chosen.value}
        maxLength={MOST}
        autocomplete="new-password"
        error={chosen.error}
        onInput={(value) => onChange({ ...chosen, value, error: undefined })}
        required
        trailing={
          <Button
            kind="plain"
            icon={shown ? 'eyeOff' : 'eye'}
            label={t(shown ? 'login.hide' : 'login.show')}
            onClick={() => setShown(!shown)}
          />
        }
      />
      <Field
        label={t('password.again')}
        type={type}
        value={chosen.again}
        maxLength={MOST}
        autocomplete="new-password"
        onInput={(again) => onChange({ ...chosen, again, error: undefined })}
        required
      />
    </>
  );
}

/** The step after a one-time password: nobody is signed in until it is taken, and nothing on the phone is touched. */
export function ChooseStep({ send }: { send: (password: string) => Promise<unknown> }) {
  const [chosen, setChosen] = useState<Chosen>(NOTHING_CHOSEN);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const error = unready(chosen);
    setChosen({ ...chosen, error });
    if (error) return;
    setBusy(true);
    const problem = await send(chosen.value);
    const weak = weaknessText(problem);
    if (weak) setChosen({ ...chosen, error: weak });
    setBusy(false);
  };
  return (
    <form
      class="stack login-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{t('password.firstTitle')}</h2>
      <p class="muted">{t('password.firstText')}</p>
      <PasswordFields chosen={chosen} onChange={setChosen} />
      <Button type="submit" block busy={busy}>
        {t('password.firstSubmit')}
      </Button>
    </form>
  );
}
