/** The shell: session, routes, tabs and notices. The only place that knows all features. */
import './app.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { order } from '../core/device';
import { gate } from '../core/gate';
import { t } from '../core/i18n';
import { type Place, place } from '../core/nav';
import { newsUnread } from '../core/news';
import { syncState, unsent } from '../core/outbox';
import { loginNeeded, user } from '../core/session';
import { unreadNotices } from '../core/unread';
import { type Tab, TabBar } from '../ui/appBar';
import { Banner } from '../ui/banner';
import { Button } from '../ui/button';
import { ErrorBoundary } from './errorBoundary';
import { Waiting } from './lazy';
import {
  answersForPhones,
  forgetLists,
  Gateway,
  homeOf,
  Login,
  NotFound,
  reviews,
  routeOf,
  watchInbox,
} from './routes';
import { ready, wiped } from './start';
import { UpdateNotice } from './update';

function Notices({ here }: { here: string }) {
  const expired = loginNeeded.value && user.value !== null && here !== 'login';
  return (
    <div class="notices">
      <UpdateNotice />
      {wiped.value && (
        <Banner tone="plain" icon="alert" role="alert">
          {t('notice.wiped')}
        </Banner>
      )}
      {user.value !== null && [order.value, syncState.value.order].includes('drain') && (
        <Banner icon="info" role="status">
          {t('notice.drain')}
        </Banner>
      )}
      {expired && (
        <Banner
          icon="info"
          role="status"
          action={
            <Button kind="quiet" href="#/login">
              {t('notice.loginButton')}
            </Button>
          }
        >
          {t('notice.login')}
        </Banner>
      )}
    </div>
  );
}

const TAB_PLACES = [
  '',
  'outbox',
  'me',
  'review',
  'rechecks',
  'ledger',
  'county',
  'cases',
  'fund',
  'policy',
  'devices',
  'notices',
  'accounts',
];

function Tabs({ here }: { here: string }) {
  const role = user.value?.role;
  if (role === undefined) return null;
  const home = homeOf(role);
  const atHome = ['', home.path, ...(home.also ?? [])].includes(here);
  const tabs: Tab[] = [
    { href: '#/', label: t(home.label), icon: home.icon, current: atHome },
    ...(role === 'grid_member'
      ? [
          {
            href: '#/outbox',
            label: t('tabs.outbox'),
            icon: 'upload' as const,
            count: unsent.value.length,
            current: here === 'outbox',
          },
        ]
      : []),
    ...(reviews(role)
      ? [
          {
            href: '#/notices',
            label: t('tabs.notices'),
            icon: 'bell' as const,
            count: unreadNotices.value,
            current: here === 'notices',
          },
          { href: '#/policy', label: t('tabs.policy'), icon: 'lamp' as const, current: here === 'policy' },
          { href: '#/fund', label: t('tabs.fund'), icon: 'edit' as const, current: here === 'fund' },
        ]
      : []),
    ...(answersForPhones(role)
      ? [
          {
            href: '#/devices',
            label: t('tabs.devices'),
            icon: 'phone' as const,
            current: here === 'devices',
          },
        ]
      : []),
    {
      href: '#/me',
      label: t('tabs.me'),
      icon: 'person',
      count: newsUnread.value ? 1 : 0,
      current: here === 'me',
    },
  ];
  return <TabBar tabs={tabs} label={t('tabs.label')} />;
}

function screen(at: Place): ComponentChildren {
  const person = user.value;
  const [first = ''] = at.parts;
  const { at: way } = gate.value;
  if (way === 'locked' || way === 'choose') return <Gateway choosing={way === 'choose'} />;
  if (!person || way === 'login' || first === 'login') return <Login />;
  if (first === '') return homeOf(person.role).view();
  return routeOf(at, person.role) ?? <NotFound />;
}

export function App() {
  const person = user.value?.id;
  useEffect(() => () => forgetLists(), [person]);
  const open = gate.value.at === 'open' ? user.value?.role : undefined;
  useEffect(() => watchInbox(open), [open, person]);
  const at = place.value;
  const [here = ''] = at.parts;
  if (!ready.value) return <Waiting />;
  // The policy's pages are a level of their own below its tab.
  const tabbed = TAB_PLACES.includes(here) && at.parts.length < (here === 'policy' ? 3 : 2);
  const framed = user.value !== null && gate.value.at === 'open' && here !== 'login';
  return (
    <div class={`shell${framed ? ' shell-framed' : ''}${tabbed ? '' : ' shell-deep'}`}>
      <div class="shell-page">
        {gate.value.at !== 'locked' && gate.value.at !== 'choose' && <Notices here={here} />}
        <ErrorBoundary place={at.parts.join('/')}>{screen(at)}</ErrorBoundary>
      </div>
      {framed && <Tabs here={here} />}
    </div>
  );
}
