/** What the pages of the desk share: the bar with the parts of the desk, and a page that needs the network. */
import type { ComponentChildren } from 'preact';
import { t } from '../../core/i18n';
import { back, go } from '../../core/nav';
import { online } from '../../core/network';
import type { Reading } from '../../core/reading';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Skeleton } from '../../ui/progress';
import { Segments } from '../../ui/segments';
import { ErrorState } from '../../ui/states';

export type Part = 'people' | 'grids' | 'requests';
const PARTS: readonly Part[] = ['people', 'grids', 'requests'];

export const hrefOf = (part: Part): string => (part === 'people' ? '#/accounts' : `#/accounts/${part}`);

export interface DeskProps {
  part: Part;
  subtitle?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** One of the three parts of the desk. */
export function Desk({ part, subtitle, actions, children }: DeskProps) {
  const bar = (
    <AppBar
      title={user.value?.region.name || t('accounts.system')}
      note={t('accounts.title')}
      subtitle={subtitle}
      actions={actions}
    />
  );
  return (
    <Page bar={bar} wide>
      <Segments
        label={t('accounts.parts')}
        items={PARTS.map((id) => ({ id, label: t(`accounts.part.${id}`) }))}
        value={part}
        controls="acc-part"
        onChange={(id) => go(hrefOf(id as Part), { replace: true })}
      />
      <NoNetwork />
      <div id="acc-part" class="acc-part">
        {children}
      </div>
    </Page>
  );
}

export function NoNetwork() {
  if (online.value) return null;
  return (
    <Banner icon="offline" role="status">
      {t('accounts.offline')}
    </Banner>
  );
}

/** A page below the desk, with a way back. */
export function Below({
  title,
  note,
  foot,
  wide,
  children,
}: {
  title: string;
  note?: string;
  foot?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const bar = (
    <AppBar title={title} note={note} back={{ label: t('app.back'), onClick: () => back('#/accounts') }} />
  );
  return (
    <Page bar={bar} foot={foot} wide={wide}>
      <NoNetwork />
      {children}
    </Page>
  );
}

/** What was read, or why not. */
export function Read<T>({
  reading,
  children,
}: {
  reading: Reading<T>;
  children: (data: T) => ComponentChildren;
}) {
  if (reading.data === null)
    return reading.error === null ? (
      <Skeleton label={t('accounts.loading')} lines={6} />
    ) : (
      <ErrorState
        title={t('accounts.notRead')}
        text={errorHelp(reading.error)}
        retry={{ label: t('app.retry'), onClick: reading.reload }}
      />
    );
  return (
    <>
      {reading.error !== null && (
        <Banner icon="alert" role="status">
          {t('accounts.old', { error: errorHelp(reading.error) })}
        </Banner>
      )}
      {children(reading.data)}
    </>
  );
}

/** What went wrong with an act, in a dialog or above a button. */
export function Trouble({ error }: { error: unknown }) {
  if (error === null) return null;
  return (
    <Banner icon="alert" role="alert">
      {errorHelp(error)}
    </Banner>
  );
}
