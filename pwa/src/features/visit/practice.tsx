/** Practising: a made-up household, the real form, and nothing that leaves the phone. Route `#/practice`. */
import './visit.css';
import { useEffect, useState } from 'preact/hooks';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { texts as zhVisit } from '../../i18n/zh-CN/visit';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Skeleton } from '../../ui/progress';
import { ErrorState } from '../../ui/states';
import { type Controller, openController } from './controller';
import { FormScreen } from './formScreen';
import { PracticeBand } from './practiceBand';
import {
  openPractice,
  practiceBegun,
  practiceHousehold,
  practiceSaved,
  practiceServices,
  resetPractice,
} from './practiceWorld';
import { openShrinker } from './shrinker';

registerTexts({ zh: zhVisit, en: () => import('../../i18n/en/visit') });

/** Where one reads what this is, begins, goes on, and begins anew. */
export function PracticeHome() {
  const [, setRound] = useState(0);
  const household = practiceHousehold();
  const begun = practiceBegun();
  const reset = () => {
    resetPractice();
    setRound((round) => round + 1);
  };
  const bar = (
    <AppBar title={t('practice.title')} back={{ label: t('visit.leave'), onClick: () => back('#/') }}>
      <PracticeBand />
    </AppBar>
  );
  return (
    <Page
      bar={bar}
      foot={<Button href="#/practice/visit">{t(begun ? 'practice.goOn' : 'practice.start')}</Button>}
    >
      <p>{t('practice.lead')}</p>
      <Card title={household.head_name}>
        <ul>
          {household.members.map((member) => (
            <li key={member.id}>
              {member.name} <span class="muted">{t('practice.age', { n: member.age ?? 0 })}</span>
            </li>
          ))}
        </ul>
      </Card>
      {practiceSaved() && (
        <p role="status">{t('practice.done', { n: Object.keys(practiceSaved()?.answers ?? {}).length })}</p>
      )}
      {(begun || practiceSaved()) && (
        <Button kind="quiet" icon="refresh" onClick={reset}>
          {t('practice.reset')}
        </Button>
      )}
    </Page>
  );
}

type Opening = { kind: 'opening' } | { kind: 'failed' } | { kind: 'open'; controller: Controller };

/** The form of the made-up household. */
export function PracticeVisit() {
  const [state, setState] = useState<Opening>({ kind: 'opening' });
  useEffect(() => {
    let gone = false;
    const shrinker = openShrinker();
    openPractice().then(
      (opened) => {
        if (gone) return;
        const controller = openController(opened, practiceServices(shrinker.shrink));
        setState({ kind: 'open', controller });
        void import('./lights').then(({ attach }) => attach(controller)).catch(() => undefined);
        if ('speechSynthesis' in globalThis)
          void import('./readAloud').then(({ attach }) => attach(controller)).catch(() => undefined);
      },
      () => !gone && setState({ kind: 'failed' }),
    );
    return () => {
      gone = true;
      shrinker.close();
    };
  }, []);
  if (state.kind === 'open') return <FormScreen controller={state.controller} />;
  const bar = (
    <AppBar title={t('practice.title')} back={{ label: t('visit.leave'), onClick: () => back('#/practice') }}>
      <PracticeBand />
    </AppBar>
  );
  return (
    <Page bar={bar}>
      {state.kind === 'opening' ? (
        <Skeleton lines={5} label={t('visit.opening')} />
      ) : (
        <ErrorState title={t('visit.cannot.checklist')} text={t('visit.cannot.checklistText')} />
      )}
    </Page>
  );
}
