/** The township's re-checks: list, record and outcome side by side where there is room, one after the other on phones. */
import '../../ui/keysHelp.css';
import '../../ui/panes.css';
import './rechecks.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../core/i18n';
import { go, parsePlace, place } from '../../core/nav';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { useWide } from '../../ui/media';
import { keepDrafts, lastConcluded } from './concluding';
import { ShortcutHelp } from './help';
import { useKeys } from './keys';
import { RecheckList } from './list';
import { itemHref, listHref, type RecheckQuery, readQuery } from './model';
import { PhoneCase, WideCase } from './opened';
import { readRegions, readRows, rows } from './store';
import { spanWords } from './words';

interface ScreenProps {
  visitId: string | null;
  /** The other places of this person's desk, as links. */
  places?: ComponentChildren;
}

/** The list of the address, and words on the disk before the page is hidden or left. */
function useDesk(query: RecheckQuery): void {
  const address = listHref(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filters
  useEffect(() => {
    void readRegions();
    void readRows(query);
  }, [address, user.value?.id]);
  useEffect(() => {
    const hide = () => void keepDrafts();
    document.addEventListener('visibilitychange', hide);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      hide();
    };
  }, []);
}

export function OfflineLine() {
  if (online.value) return null;
  return (
    <Banner icon="offline" role="status">
      {t('rechecks.offline')}
    </Banner>
  );
}

function ConcludedLine() {
  const last = lastConcluded.value;
  return (
    <p class="visually-hidden" role="status">
      {last ? t(`rechecks.done.${last.choice}`, { name: last.name }) : ''}
    </p>
  );
}

interface BarProps {
  query: RecheckQuery;
  places: ComponentChildren;
  wide: boolean;
  onHelp: () => void;
}

function ListBar({ query, places, wide, onHelp }: BarProps) {
  const { heading, loading } = rows.value;
  const late = heading?.counts.overdue ?? 0;
  return (
    <AppBar
      title={user.value?.region.name ?? ''}
      note={heading ? t('rechecks.countDue', { n: heading.counts.due }) : undefined}
      subtitle={
        heading && (
          <span class="num">
            {[
              late > 0 && t('rechecks.countLate', { n: late }),
              t('rechecks.within', { span: spanWords(heading.clock) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        )
      }
      actions={
        <>
          {wide && places}
          <Button
            kind="plain"
            icon="refresh"
            label={t('rechecks.refresh')}
            busy={loading}
            onClick={() => void readRows(query)}
          />
          {wide && (
            <Button kind="plain" label={t('rechecks.keys')} onClick={onHelp}>
              <kbd class="key">?</kbd>
            </Button>
          )}
        </>
      }
    >
      {!wide && places}
    </AppBar>
  );
}

/** Whether the list lies one step back in the browser's history: cases replace each other, the list stays under them. */
let listBelow = false;

/** The ledger is a list, too. */
export function noteListBelow(): void {
  listBelow = true;
}

function backToList(query: RecheckQuery): void {
  if (listBelow) history.back();
  else go(listHref(query), { replace: true });
}

type DeskProps = BarProps & { visitId: string | null };

function NothingOpen({ query, onHelp }: BarProps) {
  useKeys(null, query, null, onHelp);
  return (
    <main class="pane-middle" id="main">
      <OfflineLine />
    </main>
  );
}

/** The list is one element from case to case: it keeps its place. */
function Desk({ visitId, ...bar }: DeskProps) {
  const { query, onHelp } = bar;
  const shared = { query, onHelp, offline: <OfflineLine /> };
  return (
    <div class="page pane-page">
      <ListBar {...bar} />
      <div class="rck-desk">
        <nav class="pane pane-list rck-col" aria-label={t('rechecks.listLabel')}>
          <RecheckList query={query} activeId={visitId} />
        </nav>
        {visitId === null ? (
          <NothingOpen {...bar} />
        ) : (
          <WideCase key={visitId} visitId={visitId} {...shared} />
        )}
      </div>
    </div>
  );
}

function PhoneList(bar: BarProps) {
  useEffect(noteListBelow, []);
  return (
    <Page bar={<ListBar {...bar} />}>
      <OfflineLine />
      <RecheckList query={bar.query} activeId={null} />
    </Page>
  );
}

function Phone({ visitId, ...bar }: DeskProps) {
  if (visitId === null) return <PhoneList {...bar} />;
  const { query, onHelp } = bar;
  const onBack = () => backToList(query);
  const shared = { query, onHelp, onBack, offline: <OfflineLine /> };
  return <PhoneCase key={visitId} visitId={visitId} {...shared} />;
}

/** At a desk the first case is open at once. */
function useFirst(wide: boolean, visitId: string | null, query: RecheckQuery): void {
  const { items, query: read } = rows.value;
  const address = listHref(query);
  const first = listHref(read) === address ? items[0]?.visit_id : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filters
  useEffect(() => {
    const [at = 'rechecks', id] = parsePlace(location.hash).parts;
    // Who has gone elsewhere while the list was read is not called back.
    if (wide && visitId === null && first !== undefined && at === 'rechecks' && id === undefined)
      go(itemHref(first, query), { replace: true });
  }, [wide, visitId, first, address]);
}

export function RechecksScreen({ visitId, places }: ScreenProps) {
  const wide = useWide();
  const [help, setHelp] = useState(false);
  const query = readQuery(place.value.query);
  useDesk(query);
  useFirst(wide, visitId, query);
  const props = { visitId, query, places, wide, onHelp: () => setHelp(true) };
  return (
    <>
      {wide ? <Desk {...props} /> : <Phone {...props} />}
      <ConcludedLine />
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}
