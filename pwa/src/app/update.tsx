/** New versions: downloaded quietly, taken only when the person agrees and no form is open. */
import { signal } from '@preact/signals';
import { t } from '../core/i18n';
import { updateNeeded } from '../core/outbox';
import { whenQuiet } from '../core/quiet';
import { heldInAnyTab, reloadHeld } from '../core/reload';
import { Banner } from '../ui/banner';
import { Button } from '../ui/button';
import { ready } from './start';

type Apply = (reload?: boolean) => Promise<void>;

const waiting = signal<Apply | null>(null);
const CHECK_MS = 60 * 60_000;

function register(): void {
  void import('virtual:pwa-register').then(({ registerSW }) => {
    const apply = registerSW({
      onNeedRefresh: () => {
        waiting.value = apply;
      },
      onRegisteredSW: (_url, registration) => {
        if (registration) setInterval(() => void registration.update().catch(() => undefined), CHECK_MS);
      },
    });
  });
}

/** Registers the service worker once the first screen is up; asks for new versions every hour while it is open. */
export function watchUpdates(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  let begun = false;
  ready.subscribe((is) => {
    if (!is || begun) return;
    begun = true;
    whenQuiet(register);
  });
}

/** The server keeps what this version sends, but carries it out only once it comes from a newer one. */
function UpdateNeeded() {
  return (
    <Banner icon="download" role="status">
      {t('update.needed')}
    </Banner>
  );
}

/** A form is open in another tab, which would be reloaded as well. */
const elsewhere = signal(false);

async function take(apply: Apply): Promise<void> {
  elsewhere.value = await heldInAnyTab();
  if (!elsewhere.value) await apply(true);
}

function words(held: boolean): string {
  if (held) return t('update.held');
  return t(elsewhere.value ? 'update.elsewhere' : 'update.ready');
}

export function UpdateNotice() {
  const apply = waiting.value;
  if (!apply) return updateNeeded.value ? <UpdateNeeded /> : null;
  const held = reloadHeld.value;
  return (
    <Banner
      tone="accent"
      icon="download"
      role="status"
      action={
        !held && (
          <Button kind="quiet" onClick={() => void take(apply)}>
            {t('update.now')}
          </Button>
        )
      }
    >
      {words(held)}
    </Banner>
  );
}
