/** Chunks that load when they are first shown, with a skeleton, and a way out when the network fails them. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../core/i18n';
import { Skeleton } from '../ui/progress';
import { ErrorState } from '../ui/states';

interface Loaded<P> {
  view?: ComponentType<P>;
  failed?: boolean;
}

/** A component that is fetched at first use. A failed fetch can be tried again without reloading the page. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [state, setState] = useState<Loaded<P>>(ready ? { view: ready } : {});
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      if (ready) return;
      load().then(
        (view) => {
          ready = view;
          setState({ view });
        },
        () => setState({ failed: true }),
      );
    }, [attempt]);
    const View = state.view;
    if (View) return <View {...props} />;
    if (!state.failed) return <Waiting />;
    const again = () => {
      setState({});
      setAttempt(attempt + 1);
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
  };
}

/** A page that is being opened. */
export function Waiting() {
  return (
    <main class="page-main">
      <Skeleton lines={5} label={t('app.loading')} />
    </main>
  );
}
