/** Sign-in: two fields and plain words about what went wrong. */
import './account.css';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import { codeOf, errorText, ServerProblem } from '../../core/api/problem';
import { arrive, backToLock, gate } from '../../core/gate';
import { locale, registerTexts, setLocale, t } from '../../core/i18n';
import { go, place } from '../../core/nav';
import { online } from '../../core/network';
import { deviceId, loginNeeded, user } from '../../core/session';
import { currentAccount } from '../../core/vault/accounts';
import { texts as zh } from '../../i18n/zh-CN/account';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';

registerTexts({ zh, en: () => import('../../i18n/en/account') });

/** Words for a failed sign-in; a lock says how long it lasts. */
export function loginErrorText(error: unknown): string {
  const seconds = error instanceof ServerProblem ? error.problem.retry_after : undefined;
  if (codeOf(error) === 'too_many_attempts' && seconds !== undefined)
    return t('login.waitMinutes', { n: Math.max(1, Math.ceil(seconds / 60)) });
  return errorText(error);
}

/** Signs in; what then has to be typed to open the phone, the gate says. */
async function signIn(username: string, password: string, newPin: boolean, chosen?: string): Promise<void> {
  const device = {
    id: await deviceId(),
    name: navigator.userAgent.slice(0, 80),
    app_version: __APP_VERSION__,
  };
  const body = { username, password, device, ...(chosen === undefined ? {} : { new_password: chosen }) };
  const reply = await call(api.POST('/auth/login', { body }));
  const { user: person, access_token: access, refresh_token: refresh } = reply;
  const given = { recovery: reply.recovery_secret ?? null, relay: reply.relay_key ?? null };
  await arrive({ user: person, access, refresh, ...given }, newPin);
}

interface Faults {
  username?: string | undefined;
  password?: string | undefined;
  form?: string | undefined;
}

type ChooseStep = ComponentType<{ send: (password: string) => Promise<unknown> }>;

/** The step that few see, fetched when it is needed; without it the sentence of the refusal is shown. */
const chooseStep = (): Promise<ChooseStep | null> =>
  import('./newPassword').then(
    (chunk) => chunk.ChooseStep,
    () => null,
  );

/** Said beside the field of the step that chooses. */
const isWeak = (error: unknown): boolean =>
  error instanceof ServerProblem && error.problem.errors?.['new_password'] !== undefined;

function LoginForm({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const way = gate.value;
  const asked = way.at === 'login' ? way : null;
  const [username, setUsername] = useState(asked?.hint || (user.value?.username ?? ''));
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [Step, setStep] = useState<ChooseStep | null>(null);
  const submit = async () => {
    const name = username.trim();
    const missing: Faults = {
      username: name ? undefined : t('login.usernameMissing'),
      password: password ? undefined : t('login.passwordMissing'),
    };
    setFaults(missing);
    if (missing.username || missing.password) return;
    setBusy(true);
    await enter();
  };
  /** Signs in; what was wrong is given back to the step that chooses a password, and said here otherwise. */
  const enter = async (chosen?: string): Promise<unknown> => {
    try {
      await signIn(username.trim(), password, asked?.forgot === true, chosen);
      if (place.value.parts[0] === 'login') go('#/', { replace: true });
      if (gate.value.at === 'open') await onSignedIn();
      return null;
    } catch (error) {
      const choosing = codeOf(error) === 'password_change_required' ? await chooseStep() : null;
      if (choosing) setStep(() => choosing);
      setFaults({ form: choosing || isWeak(error) ? undefined : loginErrorText(error) });
      setBusy(false);
      return error;
    }
  };
  const trouble = faults.form && (
    <Banner icon="alert" role="alert">
      {faults.form}
    </Banner>
  );
  if (Step)
    return (
      <>
        {trouble}
        <Step send={enter} />
        <Button kind="plain" block onClick={() => setStep(null)}>
          {t('app.back')}
        </Button>
      </>
    );
  return (
    <form
      class="stack login-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {trouble}
      <Field
        label={t('login.username')}
        value={username}
        onInput={setUsername}
        // The browser would write the name, readable, beside its own data: for form filling and for its sessions.
        autocomplete="off"
        error={faults.username}
        required
      />
      <Field
        label={t('login.password')}
        type={shown ? 'text' : 'password'}
        value={password}
        onInput={setPassword}
        autocomplete="current-password"
        error={faults.password}
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
      <Button type="submit" block busy={busy}>
        {t('login.submit')}
      </Button>
      <BackToLock />
      {user.value && asked === null && (
        <Button kind="plain" block href="#/">
          {t('login.continue')}
        </Button>
      )}
    </form>
  );
}

/** Whoever came here from the lock, or is known to it, can go back to it. */
function BackToLock() {
  const [known, setKnown] = useState(false);
  useEffect(() => {
    if (gate.value.at === 'login') void currentAccount().then((id) => setKnown(id !== null));
  }, []);
  if (!known) return null;
  return (
    <Button kind="plain" block onClick={() => void backToLock()}>
      {t('login.backToLock')}
    </Button>
  );
}

/** The page; `onSignedIn` loads what the new user needs. */
export function LoginPage({ onSignedIn }: { onSignedIn: () => Promise<void> }) {
  const other = locale.value === 'en' ? 'zh-CN' : 'en';
  return (
    <main class="login">
      <div class="login-head">
        <span class="login-mark">
          <Icon name="lamp" size={40} />
        </span>
        <h1>{t('app.name')}</h1>
        <p>{t('login.lead')}</p>
      </div>
      {!online.value && (
        <Banner icon="offline" role="status">
          {t(loginNeeded.value ? 'login.offlineExpired' : 'login.offline')}
        </Banner>
      )}
      {gate.value.at === 'login' && gate.value.forgot && (
        <Banner icon="info" role="status">
          {t('login.forgot')}
        </Banner>
      )}
      <LoginForm onSignedIn={onSignedIn} />
      <Button kind="plain" onClick={() => setLocale(other)}>
        {other === 'en' ? 'English' : '中文'}
      </Button>
    </main>
  );
}
