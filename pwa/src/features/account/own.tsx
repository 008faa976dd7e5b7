/** My account: another password, and the devices I am signed in on. Route `#/account`. */
import './account.css';
import { useState } from 'preact/hooks';
import type { SignIn } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import { errorText } from '../../core/api/problem';
import { showAgo, showInstant } from '../../core/format';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { online } from '../../core/network';
import { useReading } from '../../core/reading';
import { user } from '../../core/session';
import { texts as zh } from '../../i18n/zh-CN/account';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { type Chosen, NOTHING_CHOSEN, PasswordFields, unready, weaknessText } from './newPassword';

registerTexts({ zh, en: () => import('../../i18n/en/account') });

interface Faults {
  present?: string | undefined;
  form?: string | undefined;
}

async function change(password: string, new_password: string): Promise<void> {
  await call(api.POST('/me/password', { body: { password, new_password } }));
}

function Password({ onChanged }: { onChanged: () => void }) {
  const [present, setPresent] = useState('');
  const [chosen, setChosen] = useState<Chosen>(NOTHING_CHOSEN);
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const submit = async () => {
    const error = unready(chosen);
    setFaults({ present: present ? undefined : t('login.passwordMissing') });
    setChosen({ ...chosen, error });
    setDone(false);
    if (error || !present) return;
    setBusy(true);
    try {
      await change(present, chosen.value);
      setPresent('');
      setChosen(NOTHING_CHOSEN);
      setDone(true);
      onChanged();
    } catch (problem) {
      const weak = weaknessText(problem);
      if (weak) setChosen({ ...chosen, error: weak });
      else setFaults({ form: errorText(problem) });
    }
    setBusy(false);
  };
  return (
    <Card title={t('own.password')}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {done && (
          <Banner icon="check" tone="green" role="status">
            {t('own.changed')}
          </Banner>
        )}
        {faults.form && (
          <Banner icon="alert" role="alert">
            {faults.form}
          </Banner>
        )}
        <Field
          label={t('own.present')}
          type="password"
          value={present}
          autocomplete="current-password"
          error={faults.present}
          onInput={setPresent}
          required
        />
        <PasswordFields chosen={chosen} onChange={setChosen} />
        <Button type="submit" kind="quiet" busy={busy}>
          {t('own.change')}
        </Button>
      </form>
    </Card>
  );
}

/** Browsers name themselves at length; what is in the first brackets tells the device. */
function deviceName(name: string): string {
  return /\(([^)]*)\)/.exec(name)?.[1]?.split(';').slice(0, 3).join(' ') || name || t('own.device');
}

function Session({ one, onEnded }: { one: SignIn; onEnded: () => void }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const end = async () => {
    setBusy(true);
    try {
      await call(api.POST('/me/sessions/{session_id}/end', { params: { path: { session_id: one.id } } }));
      onEnded();
    } catch (problem) {
      setError(errorText(problem));
    }
    setBusy(false);
  };
  return (
    <li class="own-session">
      <span class="row-who">
        <b>{deviceName(one.device_name)}</b>
        <small>
          {t('own.signedIn', { when: showInstant(one.created_at), ago: showAgo(one.last_used_at) })}
        </small>
        {error && <small role="alert">{error}</small>}
      </span>
      {one.current ? (
        <Tag tone="accent">{t('own.thisDevice')}</Tag>
      ) : (
        <Button
          kind={asking ? 'danger' : 'plain'}
          busy={busy}
          label={t(asking ? 'own.endSure' : 'own.endOf', { name: deviceName(one.device_name) })}
          onClick={() => (asking ? void end() : setAsking(true))}
        >
          {t(asking ? 'own.endYes' : 'own.end')}
        </Button>
      )}
    </li>
  );
}

export function OwnPage() {
  const reading = useReading(
    `own/sessions/${user.value?.id}`,
    async () => (await call(api.GET('/me/sessions', {}))).items,
  );
  const bar = (
    <AppBar title={t('me.desk.account')} back={{ label: t('app.back'), onClick: () => back('#/me') }} />
  );
  return (
    <Page bar={bar}>
      {!online.value && (
        <Banner icon="offline" role="status">
          {t('own.offline')}
        </Banner>
      )}
      <Password onChanged={reading.reload} />
      <Card title={t('own.devices')}>
        <p class="muted">{t('own.devicesText')}</p>
        {reading.data === null && reading.error === null && <Skeleton label={t('app.loading')} lines={2} />}
        {reading.data === null && reading.error !== null && (
          <ErrorState
            title={errorText(reading.error)}
            retry={{ label: t('app.retry'), onClick: reading.reload }}
          />
        )}
        <ul>
          {(reading.data ?? []).map((one) => (
            <Session key={one.id} one={one} onEnded={reading.reload} />
          ))}
        </ul>
      </Card>
    </Page>
  );
}
