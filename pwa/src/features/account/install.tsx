/** The hint to put the app on the home screen: there the browser keeps its data more reliably. */
import { signal } from '@preact/signals';
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';

/** What Chromium hands out when the app can be installed. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const offer = signal<InstallEvent | null>(null);

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer.value = event as InstallEvent;
});
addEventListener('appinstalled', () => {
  offer.value = null;
});

function installed(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

async function install(event: InstallEvent): Promise<void> {
  offer.value = null;
  await event.prompt();
}

export function InstallCard() {
  if (installed()) return null;
  const event = offer.value;
  return (
    <Card title={t('me.install')}>
      <div class="stack">
        <p class="muted">{t('me.installText')}</p>
        {event ? (
          <Button kind="quiet" icon="download" onClick={() => void install(event)}>
            {t('me.install')}
          </Button>
        ) : (
          <p>{t('me.installHow')}</p>
        )}
      </div>
    </Card>
  );
}
