/** Who forbids a reload right now: a page with an open form holds it until the form is left. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

const holders = signal(0);

/** True while some page must not be reloaded. */
export const reloadHeld: ReadonlySignal<boolean> = computed(() => holders.value > 0);

/** Forbids reloads until the returned function is called. */
export function holdReload(): () => void {
  let held = true;
  holders.value += 1;
  return () => {
    if (held) holders.value -= 1;
    held = false;
  };
}
