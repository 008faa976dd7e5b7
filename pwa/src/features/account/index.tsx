/** The page about me: who I am, how the screen looks, how this phone is doing, and the way out. */
import './account.css';
import { useEffect, useState } from 'preact/hooks';
import type { Role } from '../../core/api/types';
import { refreshedAt } from '../../core/assignments';
import { draftHouseholds } from '../../core/drafts';
import { showInstant } from '../../core/format';
import { lock } from '../../core/gate';
import { type Locale, locale, registerTexts, setLocale, t } from '../../core/i18n';
import { newsUnread } from '../../core/news';
import { networkKindKnown, setWifiOnly, unsent, wifiOnly } from '../../core/outbox';
import { setTextSize, setTheme, type TextSize, type Theme, textSize, theme } from '../../core/prefs';
import { user } from '../../core/session';
import { texts as zh } from '../../i18n/zh-CN/account';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { ChoiceOne } from '../../ui/choice';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { StatusLine } from '../../ui/statusLine';
import { Tag } from '../../ui/tag';
import { InstallCard } from './install';
import { signOut } from './signOut';

registerTexts({ zh, en: () => import('../../i18n/en/account') });

function Who() {
  const me = user.value;
  if (!me) return null;
  return (
    <Card>
      <div class="me-who">
        <span class="me-mark" aria-hidden="true">
          {[...me.display_name][0]}
        </span>
        <div>
          <h2>{me.display_name}</h2>
          <p class="muted">
            {t(`role.${me.role}`)} · {me.username}
          </p>
        </div>
      </div>
      <p class="muted me-path">{me.region.path.join(' › ')}</p>
    </Card>
  );
}

/** Pages that have no tab of their own, by role. */
const DESK: Partial<Record<Role, readonly string[]>> = {
  grid_member: ['check', 'relay', 'account', 'changes'],
  first_secretary: ['incoming', 'accounts', 'relay', 'check', 'account', 'changes'],
  township: ['incoming', 'accounts', 'relay', 'check', 'account', 'changes'],
  county: ['incoming', 'accounts', 'relay', 'check', 'account', 'changes'],
};

function DeskLinks() {
  const links = DESK[user.value?.role ?? 'department'] ?? ['account', 'changes'];
  return (
    <ul class="rows" aria-label={t('me.desk')}>
      {links.map((page) => (
        <li key={page} class="me-link">
          <a class="row-link" href={`#/${page}`}>
            <span class="row-who">
              <b>{t(`me.desk.${page}`)}</b>
              {page === 'changes' && newsUnread.value && <Tag tone="strong">{t('me.unread')}</Tag>}
              <small>{t(`me.deskText.${page}`)}</small>
            </span>
            <Icon name="next" />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** On what network photos travel; where the browser does not tell the network, that is said. */
function PhotoTravel() {
  return (
    <ChoiceOne
      legend={t('me.photos')}
      hint={networkKindKnown() ? undefined : t('me.photosUnknown')}
      columns={2}
      options={[
        { id: 'any', label: t('me.photosAny') },
        { id: 'wifi', label: t('me.photosWifi') },
      ]}
      value={wifiOnly.value ? 'wifi' : 'any'}
      onChange={(id) => setWifiOnly(id === 'wifi')}
    />
  );
}

function Settings() {
  return (
    <Card title={t('me.settings')}>
      <div class="stack me-settings">
        <ChoiceOne
          legend={t('me.language')}
          columns={2}
          options={[
            { id: 'zh-CN', label: '中文' },
            { id: 'en', label: 'English' },
          ]}
          value={locale.value}
          onChange={(id) => setLocale(id as Locale)}
        />
        <ChoiceOne
          legend={t('me.size')}
          columns={2}
          options={[
            { id: 'normal', label: t('me.sizeNormal') },
            { id: 'large', label: t('me.sizeLarge') },
          ]}
          value={textSize.value}
          onChange={(id) => setTextSize(id as TextSize)}
        />
        {user.value?.role === 'grid_member' && <PhotoTravel />}
        <ChoiceOne
          legend={t('me.theme')}
          options={[
            { id: 'auto', label: t('me.themeAuto') },
            { id: 'light', label: t('me.themeLight') },
            { id: 'dark', label: t('me.themeDark') },
          ]}
          value={theme.value}
          onChange={(id) => setTheme(id as Theme)}
        />
      </div>
    </Card>
  );
}

/** Whether the browser promised to keep the data; null while it has not said. */
function usePersisted(): boolean | null | undefined {
  const [persisted, setPersisted] = useState<boolean | null | undefined>(undefined);
  useEffect(() => {
    const asked = navigator.storage?.persisted?.();
    if (asked) asked.then(setPersisted, () => setPersisted(null));
    else setPersisted(null);
  }, []);
  return persisted;
}

function Device() {
  const persisted = usePersisted();
  const storage =
    persisted === undefined
      ? '…'
      : t(persisted === null ? 'me.storageUnknown' : persisted ? 'me.storageYes' : 'me.storageNo');
  const at = refreshedAt.value;
  const field = user.value?.role === 'grid_member';
  const own = [
    { label: t('me.lastSync'), value: at === null ? t('me.never') : showInstant(at) },
    { label: t('me.waiting'), value: t('me.waitingCount', { n: unsent.value.length }) },
    { label: t('me.drafts'), value: t('me.waitingCount', { n: draftHouseholds.value.size }) },
  ];
  return (
    <Card title={t('me.device')}>
      <Facts
        rows={[
          ...(field ? own : []),
          { label: t('me.storage'), value: storage },
          { label: t('me.version'), value: __APP_VERSION__ },
        ]}
      />
    </Card>
  );
}

/** A made-up household to practise on; its words come with the visit's. */
function Practise() {
  return (
    <Card title={t('me.practice')}>
      <p class="muted">{t('me.practiceText')}</p>
      <Button kind="quiet" icon="edit" href="#/practice">
        {t('me.practise')}
      </Button>
    </Card>
  );
}

/** The lock that this phone has, and its PIN. */
function Lock({ changed }: { changed: boolean }) {
  return (
    <Card title={t('me.lock')}>
      <div class="stack">
        {changed && (
          <Banner tone="green" icon="check" role="status">
            {t('me.pinChanged')}
          </Banner>
        )}
        <p class="muted">{t('me.lockText')}</p>
        <div class="me-lock">
          <Button kind="quiet" icon="lock" onClick={() => void lock(true)}>
            {t('me.lockNow')}
          </Button>
          <Button kind="plain" href="#/me/pin">
            {t('me.changePin')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function SignOut() {
  const [asking, setAsking] = useState(false);
  const waiting = unsent.value.length;
  const drafts = draftHouseholds.value.size;
  const work = waiting + drafts > 0;
  return (
    <>
      <Button kind="quiet" icon="logout" block onClick={() => setAsking(true)}>
        {t('me.signOut')}
      </Button>
      <Dialog
        open={asking}
        title={t('me.signOutTitle')}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button kind="quiet" onClick={() => void signOut()}>
              {t(work ? 'me.signOutAnyway' : 'me.signOut')}
            </Button>
            <Button onClick={() => setAsking(false)}>{t('me.stay')}</Button>
          </>
        }
      >
        {work && <p>{t('me.signOutWaiting', { n: waiting, drafts })}</p>}
        <p class="muted">{t('me.signOutText')}</p>
      </Dialog>
    </>
  );
}

export function MePage({ changed = false }: { changed?: boolean | undefined }) {
  const field = user.value?.role === 'grid_member';
  return (
    <Page bar={<AppBar title={t('me.title')} subtitle={field ? <StatusLine /> : undefined} />}>
      <Who />
      <DeskLinks />
      <InstallCard />
      {field && <Practise />}
      <Settings />
      <Lock changed={changed} />
      <Device />
      <SignOut />
    </Page>
  );
}
