/** The frame of the policy's pages: where you are, the other pages, and whether there is a network. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../core/i18n';
import { online } from '../../core/network';
import { user } from '../../core/session';
import { errorHelp } from '../../record';
import { AppBar, type AppBarProps, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';
import { hrefOf, type PolicyPlace, placesOf } from './places';

function Places({ at }: { at: PolicyPlace }) {
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = line.current?.querySelector<HTMLElement>('[aria-current]');
    if (here && line.current) line.current.scrollLeft = here.offsetLeft - line.current.clientWidth / 3;
  }, [at]);
  return (
    <nav class="pol-places" ref={line} aria-label={t('policy.places')}>
      <div class="pol-places-line">
        {placesOf(user.value?.role).map((place) => (
          <a key={place} href={hrefOf(place)} aria-current={place === at ? 'page' : undefined}>
            {t(`policy.place.${place}`)}
          </a>
        ))}
      </div>
    </nav>
  );
}

export interface FrameProps {
  at: PolicyPlace;
  /** What stands beside the name of the page. */
  note?: ComponentChildren;
  back?: AppBarProps['back'];
  title?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Frame({ at, note, back, title, actions, children }: FrameProps) {
  const bar = (
    <AppBar
      title={title ?? t(`policy.title.${at}`)}
      note={note}
      subtitle={back ? undefined : t(`policy.about.${at}`)}
      back={back}
      actions={actions}
    >
      {!back && <Places at={at} />}
    </AppBar>
  );
  return (
    <Page wide bar={bar}>
      {!online.value && (
        <Banner icon="offline" role="status">
          {t('policy.offline')}
        </Banner>
      )}
      {children}
    </Page>
  );
}

export interface ReadProps<T> {
  data: T | null;
  error: unknown;
  reload: () => void;
  label: string;
  lines?: number;
  children: (data: T) => ComponentChildren;
}

/** What was read, or grey lines while it is on its way, or why it did not come. */
export function Read<T>({ data, error, reload, label, lines = 5, children }: ReadProps<T>) {
  if (data !== null)
    return (
      <>
        {error !== null && (
          <Banner icon="alert" role="status">
            {t('policy.old', { error: errorHelp(error) })}
          </Banner>
        )}
        {children(data)}
      </>
    );
  if (error === null) return <Skeleton label={label} lines={lines} />;
  return (
    <ErrorState
      title={t('policy.notRead')}
      text={errorHelp(error)}
      retry={{ label: t('policy.retry'), onClick: reload }}
    />
  );
}
