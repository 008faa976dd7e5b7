/** What the last act came to: said aloud, and shown on the page it led to until that page is left. */
import { signal } from '@preact/signals';
import { t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';

interface Told {
  words: string;
  /** Cases that were refused, with why. */
  refused: readonly string[];
  /** The page that did it is not left yet. */
  fresh: boolean;
}

const told = signal<Told | null>(null);

export function tell(words: string, refused: readonly string[] = []): void {
  told.value = { words, refused, fresh: true };
}

export function forgetTold(): void {
  told.value = null;
}

/** Call when a page is left: the next one still shows it, the one after does not. */
export function leavePage(): void {
  told.value = told.value?.fresh ? { ...told.value, fresh: false } : null;
}

export function Outcome() {
  if (told.value === null) return <p class="visually-hidden" role="status" />;
  const { words, refused } = told.value;
  const away = <Button kind="plain" icon="close" label={t('desk.close')} onClick={forgetTold} />;
  return (
    <Banner tone={refused.length > 0 ? 'plain' : 'green'} icon="check" role="status" action={away}>
      {words}
      {refused.length > 0 && (
        <ul class="desk-refused">
          {refused.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </Banner>
  );
}
