/** Whether the server can be reached: what the browser says, corrected by what the last request showed. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

const browserOnline = signal(globalThis.navigator?.onLine ?? true);
const reached = signal(true);
const switchedOff = signal(false);

/** For a rehearsal this page asks nobody, whatever the network is like. */
export const rehearsing: ReadonlySignal<boolean> = switchedOff;

/** False when the browser is offline or the last request found no answer of ours. */
export const online: ReadonlySignal<boolean> = computed(
  () => browserOnline.value && reached.value && !switchedOff.value,
);

/** Works as if there were no network. */
export async function withoutNetwork<T>(work: () => Promise<T>): Promise<T> {
  switchedOff.value = true;
  try {
    return await work();
  } finally {
    switchedOff.value = false;
  }
}

/** Tells what the last request showed. */
export function noteContact(answered: boolean): void {
  reached.value = answered;
}

/** Follows the browser's own notices; call once at start. */
export function watchNetwork(): void {
  addEventListener('online', () => {
    browserOnline.value = true;
    reached.value = true;
  });
  addEventListener('offline', () => {
    browserOnline.value = false;
  });
  browserOnline.value = navigator.onLine;
}
