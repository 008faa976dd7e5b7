/** One person: who, where, on what devices, and what may be done about it. */
import { useState } from 'preact/hooks';
import type { AccountRequest, Act, Done, KnownDevice, Person } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import { showAgo, showDay, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { useReading } from '../../core/reading';
import { user } from '../../core/session';
import { roleWord } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { Tag } from '../../ui/tag';
import { ActDialog } from './actDialog';
import { Below, Read } from './frame';
import { Standing } from './list';
import { type GivenPassword, OneTimeDialog } from './oneTime';

function Who({ person }: { person: Person }) {
  const waiting = person.active && person.one_time_until !== null;
  return (
    <Card title={roleWord(person.role)} aside={<Standing account={person} />}>
      <Facts
        rows={[
          { label: t('accounts.field.username'), value: person.username },
          { label: t('accounts.field.place'), value: person.place.join(' › ') || t('accounts.nowhere') },
          ...(person.department === null
            ? []
            : [{ label: t('accounts.field.department'), value: person.department }]),
          {
            label: t('accounts.column.contact'),
            value:
              person.last_contact_at === null ? t('accounts.never') : showInstant(person.last_contact_at),
          },
          { label: t('accounts.field.created'), value: showDay(person.created_at.slice(0, 10)) },
        ]}
      />
      {waiting && (
        <p class="muted small">
          {t('accounts.waitingText', { when: showInstant(person.one_time_until ?? '') })}
        </p>
      )}
    </Card>
  );
}

/** Browsers name themselves at length; what is in the first brackets tells the device. */
function deviceName(name: string): string {
  return /\(([^)]*)\)/.exec(name)?.[1]?.split(';').slice(0, 3).join(' ') || name || t('accounts.device');
}

function unsentText(device: KnownDevice): string {
  if (device.wiped_at !== null) return t('accounts.deviceWiped', { when: showInstant(device.wiped_at) });
  if (device.outbox_count === null) return t('accounts.unsentUnknown');
  if (device.outbox_count + (device.photos_unsent ?? 0) === 0) return t('accounts.unsentNone');
  return t('accounts.unsent', { n: device.outbox_count, photos: device.photos_unsent ?? 0 });
}

function Devices({ person }: { person: Person }) {
  const mayOrder = user.value?.role === 'township' || user.value?.role === 'county';
  return (
    <Card
      title={t('accounts.devices')}
      aside={
        mayOrder && person.devices.length > 0 ? (
          <a class="acc-link" href="#/devices">
            {t('accounts.toDevices')}
          </a>
        ) : undefined
      }
    >
      {person.devices.length === 0 && <p class="muted">{t('accounts.noDevice')}</p>}
      <ul class="acc-things">
        {person.devices.map((device) => (
          <li key={device.id}>
            <span class="acc-thing">
              <b>{deviceName(device.name)}</b>
              <small>{unsentText(device)}</small>
            </span>
            <span class="acc-side">
              {device.order !== 'active' && device.wiped_at === null && (
                <Tag tone="accent">{t(`accounts.order.${device.order}`)}</Tag>
              )}
              <small class="num">{showAgo(device.last_contact_at)}</small>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function SignIns({ person }: { person: Person }) {
  return (
    <Card title={t('accounts.signIns')}>
      {person.sessions.length === 0 && <p class="muted">{t('accounts.noSignIn')}</p>}
      <ul class="acc-things">
        {person.sessions.map((one) => (
          <li key={one.id}>
            <span class="acc-thing">
              <b>{deviceName(one.device_name)}</b>
              <small>{t('accounts.signedIn', { when: showInstant(one.created_at) })}</small>
            </span>
            <small class="num">{showAgo(one.last_used_at)}</small>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Open({ requests }: { requests: readonly AccountRequest[] }) {
  if (requests.length === 0) return null;
  return (
    <Banner
      icon="clock"
      tone="accent"
      action={
        <Button kind="quiet" href="#/accounts/requests">
          {t('accounts.part.requests')}
        </Button>
      }
    >
      {requests.map((one) =>
        t('accounts.request.waits', { who: one.asked_by, what: t(`accounts.request.kind.${one.kind}`) }),
      )}
    </Banner>
  );
}

/** Those used most first; what cuts somebody off comes last. */
const ORDER: readonly Act[] = [
  'reset',
  'transfer',
  'edit',
  'sign_out',
  'ask_reset',
  'ask_revoke',
  'enable',
  'disable',
];

function Acts({ may, onAct }: { may: readonly Act[]; onAct: (act: Act) => void }) {
  const shown = ORDER.filter((act) => may.includes(act));
  if (shown.length === 0) return <p class="muted small">{t('accounts.noActs')}</p>;
  return (
    <div class="acc-acts">
      {shown.map((act) => (
        <Button key={act} kind={act === 'disable' ? 'danger' : 'quiet'} onClick={() => onAct(act)}>
          {t(`accounts.act.${act}`)}
        </Button>
      ))}
    </div>
  );
}

function outcomeText(act: Act, done: Done | null): string {
  if (done?.request && done.user === null) return t('accounts.proposed');
  return t(`accounts.did.${act}`);
}

function Shown({ person, reload }: { person: Person; reload: () => void }) {
  const [act, setAct] = useState<Act | null>(null);
  const [said, setSaid] = useState('');
  const [given, setGiven] = useState<GivenPassword | null>(null);
  const done = (outcome: Done | null) => {
    if (act) setSaid(outcomeText(act, outcome));
    setAct(null);
    reload();
    if (act === 'reset' && outcome?.user)
      setGiven({
        name: outcome.user.display_name,
        username: outcome.user.username,
        password: outcome.password,
        until: outcome.user.one_time_until,
      });
  };
  return (
    <>
      <p role="status" class={said === '' ? 'visually-hidden' : 'acc-said'}>
        {said}
      </p>
      <Open requests={person.requests} />
      <div class="acc-person">
        <div class="stack">
          <Who person={person} />
          <Acts may={person.may} onAct={setAct} />
        </div>
        <div class="stack">
          <Devices person={person} />
          <SignIns person={person} />
        </div>
      </div>
      {act && <ActDialog key={act} act={act} person={person} onClose={() => setAct(null)} onDone={done} />}
      {given && <OneTimeDialog given={given} onClose={() => setGiven(null)} />}
    </>
  );
}

export function PersonScreen({ id }: { id: string }) {
  const reading = useReading(`accounts/person/${user.value?.id}/${id}`, () =>
    call(api.GET('/users/{user_id}', { params: { path: { user_id: id } } })),
  );
  return (
    <Below title={reading.data?.display_name ?? t('accounts.person')} wide>
      <Read reading={reading}>{(person) => <Shown person={person} reload={reading.reload} />}</Read>
    </Below>
  );
}
