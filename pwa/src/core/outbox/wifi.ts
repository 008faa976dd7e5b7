/** The setting "photos on Wi-Fi only", kept on the phone. */
import { type ReadonlySignal, signal } from '@preact/signals';

const KEY = 'liangdeng.wifiOnly';

/** What browsers tell of the connection where they tell it. */
interface Connection extends EventTarget {
  type?: string;
}

function recall(): boolean {
  try {
    return globalThis.localStorage?.getItem(KEY) === '1';
  } catch {
    return false;
  }
}

const chosen = signal(recall());

/** Photos wait for a Wi-Fi or a cable. */
export const wifiOnly: ReadonlySignal<boolean> = chosen;

export function setWifiOnly(next: boolean): void {
  chosen.value = next;
  try {
    localStorage.setItem(KEY, next ? '1' : '0');
  } catch {
    // Without storage the choice holds until the app is closed.
  }
}

function connection(): Connection | undefined {
  return (globalThis.navigator as (Navigator & { connection?: Connection }) | undefined)?.connection;
}

/** Whether the browser says what kind of network this is; where it does not, the setting has no effect. */
export function networkKindKnown(): boolean {
  const type = connection()?.type;
  return type !== undefined && type !== 'unknown';
}

/** Whether photos may travel now. Where the kind of network is not known, they may. */
export function photosMayTravel(): boolean {
  if (!chosen.value || !networkKindKnown()) return true;
  return ['wifi', 'ethernet'].includes(connection()?.type ?? '');
}

/** Calls back when the kind of network may have changed. */
export function onNetworkKind(follow: () => void): void {
  connection()?.addEventListener?.('change', follow);
}
