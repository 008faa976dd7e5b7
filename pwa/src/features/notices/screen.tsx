/** The inbox: one line a notice, those not seen yet marked, each leading to what it is about. */
import './notices.css';
import { useEffect } from 'preact/hooks';
import type { Notice } from '../../core/api/noticeTypes';
import { dayOf } from '../../core/clock';
import { showDay, showInstant } from '../../core/format';
import { t } from '../../core/i18n';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Icon, type IconName } from '../../ui/icon';
import { LoadMore } from '../../ui/loadMore';
import { Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { inbox, moreNotices, openInbox } from './store';

const ICONS: Record<Notice['kind'], IconName> = {
  red_light: 'lamp',
  handed_up: 'upload',
  sent_back: 'refresh',
  escalated: 'upload',
  corrected: 'refresh',
  dismissed: 'eyeOff',
  proposed: 'edit',
  held: 'download',
  asked: 'person',
};

/** Where a notice leads. */
export function hrefOf({ subject, subject_id, kind }: Notice): string {
  if (kind === 'handed_up') return `#/cases/v/${subject_id}`;
  if (kind === 'escalated' || kind === 'sent_back') return `#/rechecks/${subject_id}`;
  if (subject === 'visit') return `#/review/${subject_id}`;
  return kind === 'asked' ? '#/accounts' : '#/incoming';
}

function Line({ notice }: { notice: Notice }) {
  const fresh = notice.unread;
  return (
    <li>
      <a class={`row-link nt-row${fresh ? ' nt-fresh' : ''} nt-${notice.kind}`} href={hrefOf(notice)}>
        <Icon name={ICONS[notice.kind]} size={22} />
        <span class="row-who">
          <b>
            {t(`notices.kind.${notice.kind}`)}
            {fresh && <span class="visually-hidden"> {t('notices.fresh')}</span>}
          </b>
          <small>{[notice.head_name, showInstant(notice.at)].filter(Boolean).join(' · ')}</small>
        </span>
      </a>
    </li>
  );
}

/** The notices by day, the newest first. */
function byDay(items: readonly Notice[]): [string, Notice[]][] {
  const days = new Map<string, Notice[]>();
  for (const notice of items) {
    const day = dayOf(Date.parse(notice.at));
    days.set(day, [...(days.get(day) ?? []), notice]);
  }
  return [...days];
}

function Days({ items }: { items: readonly Notice[] }) {
  return (
    <>
      {byDay(items).map(([day, some]) => (
        <section key={day}>
          <h2 class="group">{showDay(day)}</h2>
          <ul class="card nt-day">
            {some.map((notice) => (
              <Line key={notice.seq} notice={notice} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Opening the page marks all as seen; what was new then stays marked until the page is read anew. */
function Content() {
  const { items, known, loading, error, next } = inbox.value;
  const again = { label: t('app.retry'), onClick: () => void openInbox() };
  if (!known && error !== null)
    return <ErrorState title={t('notices.notRead')} text={errorHelp(error)} retry={again} />;
  if (!known) return <Skeleton label={t('app.loading')} lines={5} />;
  if (items.length === 0)
    return <EmptyState icon="check" title={t('notices.empty')} text={t('notices.emptyText')} />;
  return (
    <>
      {error !== null && (
        <Banner icon="alert" role="alert">
          {errorHelp(error)}
        </Banner>
      )}
      <Days items={items} />
      <LoadMore
        label={t('notices.more')}
        more={next !== null}
        busy={loading}
        block
        onMore={() => void moreNotices()}
      />
    </>
  );
}

export function NoticesScreen() {
  useEffect(() => void openInbox(), []);
  const refresh = (
    <Button
      kind="plain"
      icon="refresh"
      label={t('notices.refresh')}
      busy={inbox.value.loading}
      onClick={() => void openInbox()}
    />
  );
  return (
    <Page bar={<AppBar title={t('notices.title')} actions={refresh} />}>
      <div class="nt-page stack">
        <Content />
      </div>
    </Page>
  );
}
