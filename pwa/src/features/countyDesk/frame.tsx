/** What the pages of the desk share: a page below it, the line without a network, and what was read or why not. */
import type { ComponentChildren } from 'preact';
import { t } from '../../core/i18n';
import { back } from '../../core/nav';
import { online } from '../../core/network';
import type { Reading } from '../../core/reading';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';

export function OfflineLine() {
  if (online.value) return null;
  return (
    <Banner icon="offline" role="status">
      {t('desk.offline')}
    </Banner>
  );
}

export interface BelowProps {
  title: ComponentChildren;
  note?: ComponentChildren;
  subtitle?: ComponentChildren;
  /** Where Back leads when there is nothing behind. */
  home: string;
  actions?: ComponentChildren;
  foot?: ComponentChildren;
  children: ComponentChildren;
}

export function Below({ home, foot, children, ...bar }: BelowProps) {
  return (
    <div class="desk">
      <Page
        wide
        foot={foot}
        bar={<AppBar {...bar} back={{ label: t('app.back'), onClick: () => back(home) }} />}
      >
        <OfflineLine />
        {children}
      </Page>
    </div>
  );
}

/** What was read, or why not; what is on screen stays when reading it again fails. */
export function Read<T>({
  reading,
  children,
}: {
  reading: Reading<T>;
  children: (data: T) => ComponentChildren;
}) {
  if (reading.data !== null) return <>{children(reading.data)}</>;
  if (reading.error === null) return <Skeleton label={t('desk.loading')} lines={5} />;
  return (
    <ErrorState
      title={t('desk.notRead')}
      text={errorHelp(reading.error)}
      retry={{ label: t('app.retry'), onClick: reading.reload }}
    />
  );
}
