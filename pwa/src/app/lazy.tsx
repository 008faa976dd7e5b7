/** Chunks that load when they are first shown, with a skeleton, and a way out when the network fails them. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../core/i18n';
import { Skeleton } from '../ui/progress';
import { ErrorState } from '../ui/states';

export type Lazy<P> = ComponentType<P> & {
  /** Fetches the chunk before it is shown. When that fails, the first use tries again. */
  ahead(): void;
};

/** A component that is fetched at first use. A failed fetch can be tried again without reloading the page. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): Lazy<P> {
  let ready: ComponentType<P> | undefined;
  let coming: Promise<void> | undefined;
  const fetched = () => {
    coming ??= load().then(
      (view) => {
        ready = view;
      },
      (error: unknown) => {
        coming = undefined;
        throw error;
      },
    );
    return coming;
  };
  function Shown(props: P) {
    const [failed, setFailed] = useState(false);
    const [, redraw] = useState(0);
    const show = () =>
      fetched().then(
        () => redraw((n) => n + 1),
        () => setFailed(true),
      );
    const View = ready;
    // Once, unless it was there when it was first drawn.
    useEffect(() => {
      if (!View) void show();
    }, []);
    if (View) return <View {...props} />;
    if (!failed) return <Waiting />;
    const again = () => {
      setFailed(false);
      void show();
    };
    return (
      <main class="page-main">
        <ErrorState
          title={t('app.chunkFailed')}
          text={t('app.chunkFailedText')}
          retry={{ label: t('app.retry'), onClick: again }}
        />
      </main>
    );
  }
  const ahead = () => void fetched().catch(() => undefined);
  return Object.assign(Shown, { ahead });
}

/** A page that is being opened. */
export function Waiting() {
  return (
    <main class="page-main">
      <Skeleton lines={5} label={t('app.loading')} />
    </main>
  );
}
