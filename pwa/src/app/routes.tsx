/** Which screen an address shows, and which home a role has. Every screen but the lock is a chunk of its own. */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Role } from '../core/api/types';
import { t } from '../core/i18n';
import type { Place } from '../core/nav';
import { user } from '../core/session';
import { LockPage } from '../features/account/lock';
import { AppBar, Page } from '../ui/appBar';
import { Button } from '../ui/button';
import type { IconName } from '../ui/icon';
import { EmptyState } from '../ui/states';
import { lazy } from './lazy';
import { afterSignIn, afterUnlock } from './start';

const LoginPage = lazy(async () => (await import('../features/account/login')).LoginPage);
const ChoosePinPage = lazy(async () => (await import('../features/account/choosePin')).ChoosePinPage);
const ChangePinPage = lazy(async () => (await import('../features/account/choosePin')).ChangePinPage);
const MePage = lazy(async () => (await import('../features/account')).MePage);
const HouseholdsHome = lazy(async () => (await import('../features/households')).HouseholdsHome);
const HouseholdPage = lazy(async () => (await import('../features/households/detail')).HouseholdPage);
const EditPage = lazy(async () => (await import('../features/households/edit')).EditPage);
const NewcomerPage = lazy(async () => (await import('../features/households/newcomer')).NewcomerPage);
const SlipPage = lazy(async () => (await import('../features/slip')).SlipPage);
const OutboxPage = lazy(async () => (await import('../features/outbox')).OutboxPage);

let forgetDesks = () => {};

/** Drops what lazy features remember of the last user. */
export function forgetLists(): void {
  forgetDesks();
}

async function desks() {
  const pages = await import('./desks');
  forgetDesks = pages.forgetDesks;
  return pages;
}

/** See `extras.tsx`. */
const EXTRAS: readonly (string | undefined)[] = ['relay', 'check', 'changes', 'account'];
const ExtraPage = lazy(async () => (await import('./extras')).ExtraPage);
const VisitPage = lazy(async () => (await import('../features/visit')).VisitPage);
const PracticeHome = lazy(async () => (await import('../features/visit/practice')).PracticeHome);
const PracticeVisit = lazy(async () => (await import('../features/visit/practice')).PracticeVisit);
const ReviewPage = lazy(async () => (await desks()).ReviewPage);
const RechecksPage = lazy(async () => (await desks()).RechecksPage);
const LedgerPage = lazy(async () => (await desks()).LedgerPage);
const CountyHome = lazy(async () => (await desks()).CountyHome);
const CountyPage = lazy(async () => (await desks()).CountyPage);
const CasesPage = lazy(async () => (await desks()).CasesPage);
const FundPage = lazy(async () => (await desks()).FundPage);
const PolicyPage = lazy(async () => (await desks()).PolicyPage);
const DevicesPage = lazy(async () => (await desks()).DevicesPage);
const NoticesPage = lazy(async () => (await desks()).NoticesPage);
const AuditPage = lazy(async () => (await desks()).AuditPage);
const IncomingPage = lazy(async () => (await desks()).IncomingPage);
const AccountsPage = lazy(async () => (await desks()).AccountsPage);

export function Login() {
  return <LoginPage onSignedIn={afterSignIn} />;
}

function opened(signedIn: boolean): void {
  void (signedIn ? afterSignIn() : afterUnlock());
}

/** Fetches the sign-in, which a phone shows that was not used before, while it still reads what it knows. */
export const fetchLogin = LoginPage.ahead;

/** What stands before the screens: the lock, or the choice of a PIN. Behind it the list is made ready. */
export function Gateway({ choosing }: { choosing: boolean }) {
  useEffect(HouseholdsHome.ahead, []);
  return choosing ? <ChoosePinPage onOpened={opened} /> : <LockPage onOpened={opened} />;
}

export function NotFound() {
  return (
    <Page bar={<AppBar title={t('app.notFound')} />}>
      <EmptyState
        icon="search"
        title={t('app.notFound')}
        text={t('app.notFoundText')}
        action={
          <Button kind="quiet" href="#/">
            {t('app.home')}
          </Button>
        }
      />
    </Page>
  );
}

/** For roles whose own screens come later: says what they will find here. */
function PlainHome() {
  const role = user.value?.role ?? 'department';
  return (
    <Page bar={<AppBar title={t('home.plainTitle')} subtitle={user.value?.region.path.join(' · ')} />}>
      <EmptyState title={t(`role.${role}`)} text={t(`home.${role}`)} />
    </Page>
  );
}

interface Home {
  path: string;
  /** Other addresses that belong to it. */
  also?: readonly string[];
  label: string;
  icon: IconName;
  view: () => VNode;
}

const REVIEW: Home = {
  path: 'review',
  label: 'tabs.review',
  icon: 'list',
  view: () => <ReviewPage visitId={null} />,
};
const PLAIN: Home = { path: '', label: 'tabs.home', icon: 'home', view: () => <PlainHome /> };
const HOMES: Partial<Record<Role, Home>> = {
  grid_member: { path: 'households', label: 'tabs.households', icon: 'home', view: () => <HouseholdsHome /> },
  first_secretary: REVIEW,
  township: {
    path: 'rechecks',
    also: ['review', 'ledger'],
    label: 'tabs.review',
    icon: 'list',
    view: () => <RechecksPage visitId={null} />,
  },
  auditor: { path: 'audit', label: 'tabs.audit', icon: 'list', view: () => <AuditPage /> },
  county: {
    path: 'county',
    also: ['cases'],
    label: 'tabs.county',
    icon: 'chart',
    view: () => <CountyHome />,
  },
  admin: { path: 'accounts', label: 'tabs.accounts', icon: 'users', view: () => <AccountsPage /> },
};

export function homeOf(role: Role): Home {
  return HOMES[role] ?? PLAIN;
}

/** Who decides on the work of others. */
export const reviews = (role: Role): boolean =>
  role === 'first_secretary' || role === 'township' || role === 'county';

/** Keeps the count of notices right for those who have an inbox; the returned call ends it. */
export function watchInbox(role: Role | undefined): () => void {
  if (role === undefined || !reviews(role)) return () => {};
  let over = false;
  let end = () => {};
  void desks().then(
    async (pages) => {
      const stop = await pages.watchNotices();
      if (over) stop();
      else end = stop;
    },
    () => {},
  );
  return () => {
    over = true;
    end();
  };
}

/** Whether the phones of an area are this role's business. */
export const answersForPhones = (role: Role): boolean => role === 'township' || role === 'county';

/** The township re-checks; the county reads along. */
const seesRechecks = (role: Role): boolean => role === 'township' || role === 'county';

/** The screen of an address other than home and sign-in; null when there is none for this role. */
export function routeOf(at: Place, role: Role): VNode | null {
  const [first, id] = at.parts;
  const reviewer = reviews(role);
  if (first === 'me')
    return id === 'pin' ? <ChangePinPage /> : <MePage changed={at.query['pin'] === 'changed'} />;
  if (first === 'outbox') return <OutboxPage />;
  if (first === 'practice' && role === 'grid_member')
    return id === 'visit' ? <PracticeVisit /> : <PracticeHome />;
  if (first === 'slip' && id) return <SlipPage key={id} visitId={id} />;
  if (first === 'new') return <NewcomerPage key="new" householdId={null} from={at.query['from']} />;
  if (first === 'household' && id && at.parts[2] === 'member')
    return <NewcomerPage key={id} householdId={id} from={at.query['from']} />;
  if (EXTRAS.includes(first)) return <ExtraPage at={at} />;
  if (first === 'household' && id && at.parts[2] === 'edit') return <EditPage key={id} householdId={id} />;
  if (first === 'household' && id) return <HouseholdPage key={id} householdId={id} />;
  if (first === 'visit' && id) return <VisitPage key={id} householdId={id} from={at.query['from']} />;
  // One element for the list and for each visit: the desk keeps its list and scroll place from visit to visit.
  if (first === 'review' && reviewer) return <ReviewPage visitId={id ?? null} />;
  if (first === 'rechecks' && seesRechecks(role)) return <RechecksPage visitId={id ?? null} />;
  if (first === 'ledger' && seesRechecks(role)) return <LedgerPage />;
  if (first === 'fund' && reviewer) return <FundPage />;
  if (first === 'policy' && reviewer) return <PolicyPage />;
  if (first === 'devices' && answersForPhones(role)) return <DevicesPage />;
  if (first === 'notices' && reviewer) return <NoticesPage />;
  if (first === 'audit' && role === 'auditor') return <AuditPage />;
  if (first === 'incoming' && reviewer) return <IncomingPage />;
  if (first === 'accounts' && (reviewer || role === 'admin')) return <AccountsPage />;
  if (first === 'cases' && role === 'county') return <CasesPage />;
  if (first === 'county' && role === 'county')
    return id ? <CountyPage key={id} visitId={id} /> : <CountyHome />;
  return null;
}
