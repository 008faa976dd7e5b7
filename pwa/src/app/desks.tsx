/**
 * The pages of those who review. One small chunk knows where they are, so that a grid member's phone, which never
 * opens them, need not know.
 */
import { lazy } from './lazy';
import { townshipPlaces } from './township';

/** Features that keep lists in memory hand over a way to forget them when the user changes. */
const forget: (() => void)[] = [];

/** Drops what these pages remember of the last user. */
export function forgetDesks(): void {
  for (const reset of forget) reset();
}

async function review() {
  const feature = await import('../features/review');
  forget.push(feature.resetReview);
  return feature;
}

async function rechecks() {
  const feature = await import('../features/rechecks');
  forget.push(feature.resetRechecks);
  return feature;
}

async function county() {
  const feature = await import('../features/county');
  forget.push(feature.resetCounty);
  return feature;
}

async function countyHome() {
  const feature = await import('../features/countyDesk/home');
  forget.push(feature.resetDesk);
  return feature;
}

async function fund() {
  const feature = await import('../features/fund');
  forget.push(feature.resetFund);
  return feature;
}

async function policy() {
  const feature = await import('../features/policy');
  forget.push(feature.resetPolicy);
  return feature;
}

async function incoming() {
  const feature = await import('../features/incoming');
  forget.push(feature.resetIncoming);
  return feature;
}

async function notices() {
  const feature = await import('../features/notices');
  forget.push(feature.resetNotices);
  return feature;
}

/** Keeps the count of notices right while a reviewer is at work; the returned call ends it. */
export async function watchNotices(): Promise<() => void> {
  return (await notices()).watchNotices();
}

export const NoticesPage = lazy(async () => (await notices()).NoticesPage);
export const ReviewPage = lazy(async () => {
  const { ReviewPage: View } = await review();
  return ({ visitId }: { visitId: string | null }) => (
    <View visitId={visitId} places={townshipPlaces('review')} />
  );
});
export const RechecksPage = lazy(async () => {
  const { RechecksPage: View } = await rechecks();
  return ({ visitId }: { visitId: string | null }) => (
    <View visitId={visitId} places={townshipPlaces('rechecks')} />
  );
});
export const LedgerPage = lazy(async () => {
  const { LedgerPage: View } = await rechecks();
  return () => <View places={townshipPlaces('ledger')} />;
});
export const CasesPage = lazy(async () => {
  await countyHome();
  return (await import('../features/countyDesk')).CasesPage;
});
/** The county's home, with the ways into its desk and the filters saved for its list. */
export const CountyHome = lazy(async () => {
  const [{ CountyHome: Home, readQuery }, { DeskStrip, SavedFilters }] = await Promise.all([
    county(),
    countyHome(),
  ]);
  return () => (
    <Home
      above={<DeskStrip />}
      saved={(query, choose) => (
        <SavedFilters
          list="visits"
          query={{ ...query }}
          narrowed={Object.values(query).some((value) => value !== '')}
          onChoose={(found) => choose(readQuery(found))}
        />
      )}
    />
  );
});
export const CountyPage = lazy(async () => (await county()).CountyPage);
export const FundPage = lazy(async () => (await fund()).FundPage);
export const PolicyPage = lazy(async () => (await policy()).PolicyPage);
export const DevicesPage = lazy(async () => (await import('../features/devices')).DevicesPage);
export const AccountsPage = lazy(async () => (await import('../features/accounts')).AccountsPage);
export const AuditPage = lazy(async () => (await import('../features/audit')).AuditPage);
export const IncomingPage = lazy(async () => (await incoming()).IncomingPage);
