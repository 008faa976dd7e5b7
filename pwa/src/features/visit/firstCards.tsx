/** Three cards before the very first visit on a phone: how to answer, that it is safe offline, what lights mean. */
import { useState } from 'preact/hooks';
import { registerTexts, t } from '../../core/i18n';
import { back, go } from '../../core/nav';
import { savedVisits } from '../../core/outbox';
import { texts as zh } from '../../i18n/zh-CN/practice';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Icon, type IconName } from '../../ui/icon';

registerTexts({ zh, en: () => import('../../i18n/en/practice') });

const KEY = 'liangdeng.cards';
const ICONS: readonly IconName[] = ['check', 'upload', 'lamp'];

/** Whether nobody has seen the cards on this phone, and nobody has saved a visit on it either. */
export function cardsWanted(): boolean {
  if (savedVisits.value.length > 0) return false;
  try {
    return localStorage.getItem(KEY) === null;
  } catch {
    return false; // they would come at every visit
  }
}

/** From now on they are not shown again. */
export function dismissCards(): void {
  try {
    localStorage.setItem(KEY, '1');
  } catch {
    // See `cardsWanted`.
  }
}

export function FirstCards({ onDone }: { onDone: () => void }) {
  const [at, setAt] = useState(0);
  const done = () => {
    dismissCards();
    onDone();
  };
  const practise = () => {
    dismissCards();
    go('#/practice', { replace: true });
  };
  const last = at === ICONS.length - 1;
  return (
    <Page
      bar={
        <AppBar
          title={t('cards.title')}
          note={t('cards.position', { n: at + 1, total: ICONS.length })}
          back={{ label: t('visit.leave'), onClick: () => back('#/') }}
          actions={
            <Button kind="plain" onClick={done}>
              {t('cards.skip')}
            </Button>
          }
        />
      }
      foot={
        <div class="stack">
          {last && (
            <Button kind="quiet" onClick={practise}>
              {t('cards.practise')}
            </Button>
          )}
          <Button onClick={last ? done : () => setAt(at + 1)}>
            {t(last ? 'cards.start' : 'cards.next')}
          </Button>
        </div>
      }
    >
      <section class="card first-card" aria-live="polite">
        <Icon name={ICONS[at] ?? 'check'} size={48} />
        <h2>{t(`cards.${at}.title`)}</h2>
        <p>{t(`cards.${at}.text`)}</p>
      </section>
    </Page>
  );
}
