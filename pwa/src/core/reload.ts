/** Who forbids a reload right now: a page with an open form holds it until the form is left, in any tab. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

const LOCK = 'liangdeng-form';
const holders = signal(0);

/** True while some page of this tab must not be reloaded. */
export const reloadHeld: ReadonlySignal<boolean> = computed(() => holders.value > 0);

/** Lets other tabs see that a form is open here; a tab that ends lets go by itself. */
function holdAmongTabs(): () => void {
  let letGo = () => {};
  const over = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  void navigator.locks?.request(LOCK, { mode: 'shared' }, () => over);
  return letGo;
}

/** Forbids reloads until the returned function is called. */
export function holdReload(): () => void {
  let held = true;
  holders.value += 1;
  const letGo = holdAmongTabs();
  return () => {
    if (held) holders.value -= 1;
    held = false;
    letGo();
  };
}

/** Whether a form is open in any tab: a new version takes over all of them at once. */
export async function heldInAnyTab(): Promise<boolean> {
  if (reloadHeld.value || !navigator.locks) return reloadHeld.value;
  const { held } = await navigator.locks.query();
  return (held ?? []).some(({ name }) => name === LOCK);
}
