/** The visit form, a chunk of its own: the app mounts `VisitPage` at #/visit/<household>. */
import './visit.css';
import { useEffect, useState } from 'preact/hooks';
import { leaveDraft } from '../../core/drafts';
import { registerTexts, t } from '../../core/i18n';
import { back, place } from '../../core/nav';
import { texts as zh } from '../../i18n/zh-CN/visit';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';
import { appServices, type Controller, openController } from './controller';
import { cardsWanted, FirstCards } from './firstCards';
import { FormScreen } from './formScreen';
import { NoChecklist, openVisit, UnknownHousehold } from './open';
import { openShrinker } from './shrinker';

registerTexts({ zh, en: () => import('../../i18n/en/visit') });

export interface VisitPageProps {
  householdId: string;
  /** Visit id of a refused record to correct. */
  from?: string | undefined;
}

type Opening =
  | { kind: 'opening' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'open'; controller: Controller };

/** Left by going elsewhere, not by a lock: the form that is still this address is still open. */
async function left(householdId: string, controller: Controller): Promise<void> {
  const [first, id] = place.peek().parts;
  if (first === 'visit' && id === householdId) return;
  await controller.flush().catch(() => undefined);
  await leaveDraft(householdId).catch(() => undefined);
}

/** The form of a household; before the very first one on a phone the three cards. */
export function VisitPage(props: VisitPageProps) {
  const [first, setFirst] = useState(cardsWanted);
  return first ? <FirstCards onDone={() => setFirst(false)} /> : <OpenForm {...props} />;
}

function OpenForm({ householdId, from }: VisitPageProps) {
  const [state, setState] = useState<Opening>({ kind: 'opening' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    const shrinker = openShrinker();
    setState({ kind: 'opening' });
    openVisit(householdId, from).then(
      (opened) => {
        const controller = openController(opened, appServices(shrinker.shrink));
        if (gone) return;
        setState({ kind: 'open', controller });
        // Without rules, or with rules this version cannot read, the form works as ever.
        void import('./lights').then(({ attach }) => attach(controller)).catch(() => undefined);
        if ('speechSynthesis' in globalThis)
          void import('./readAloud').then(({ attach }) => attach(controller)).catch(() => undefined);
      },
      (error: unknown) => {
        if (!gone) setState({ kind: 'failed', error });
      },
    );
    return () => {
      gone = true;
      shrinker.close();
    };
  }, [householdId, from, attempt]);
  const controller = state.kind === 'open' ? state.controller : null;
  useEffect(() => () => void (controller && left(householdId, controller)), [householdId, controller]);
  if (state.kind === 'open')
    return <FormScreen controller={state.controller} onMoved={() => setAttempt(attempt + 1)} />;
  return (
    <Page
      bar={<AppBar title={t('visit.title')} back={{ label: t('visit.leave'), onClick: () => back('#/') }} />}
    >
      {state.kind === 'opening' ? (
        <Skeleton lines={5} label={t('visit.opening')} />
      ) : (
        <Failure error={state.error} onRetry={() => setAttempt(attempt + 1)} />
      )}
    </Page>
  );
}

/** What is missing, and what to do about it. */
function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const which =
    error instanceof NoChecklist ? 'checklist' : error instanceof UnknownHousehold ? 'household' : 'storage';
  return (
    <ErrorState
      title={t(`visit.cannot.${which}`)}
      text={t(`visit.cannot.${which}Text`)}
      retry={{ label: t('visit.retry'), onClick: onRetry }}
      action={
        <Button kind="plain" href="#/">
          {t('visit.saved.home')}
        </Button>
      }
    />
  );
}
