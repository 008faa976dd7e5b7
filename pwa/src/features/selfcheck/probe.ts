/** Looks at the phone, one thing at a time; whatever cannot be asked here is said so and never fails. */
import { serverOffset } from '../../core/clock';
import { type Facts, inAppBrowser } from './model';

const PLACE_MS = 15_000;
const WORKER_MS = 3_000;

function soon<T>(asked: Promise<T> | undefined, other: T, ms = WORKER_MS): Promise<T> {
  if (asked === undefined) return Promise.resolve(other);
  const late = new Promise<T>((resolve) => setTimeout(() => resolve(other), ms));
  return Promise.race([asked.catch(() => other), late]);
}

function isInstalled(): boolean {
  const apple = (navigator as Navigator & { standalone?: boolean }).standalone === true;
  return apple || matchMedia('(display-mode: standalone)').matches;
}

async function worker(): Promise<Facts['worker']> {
  const all = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (all === undefined) return 'none';
  if (all.controller !== null) return 'active';
  const known = await soon(all.getRegistration(), undefined);
  return known === undefined ? 'none' : 'coming';
}

async function free(): Promise<number | null> {
  const told = await soon(navigator.storage?.estimate?.(), null as StorageEstimate | null);
  return told?.quota === undefined ? null : Math.max(0, told.quota - (told.usage ?? 0));
}

async function permission(name: string): Promise<string> {
  const asked = navigator.permissions?.query({ name: name as PermissionName });
  return (await soon(asked, null as PermissionStatus | null))?.state ?? 'unknown';
}

async function camera(): Promise<NonNullable<Facts['camera']>> {
  if ((await permission('camera')) === 'denied') return 'denied';
  const devices = await soon(navigator.mediaDevices?.enumerateDevices(), [] as MediaDeviceInfo[]);
  return devices.some(({ kind }) => kind === 'videoinput') ? 'there' : 'none';
}

/** What can be seen without asking the person for anything. */
export async function lookAround(): Promise<Facts> {
  const [about, persisted, left, eye] = await Promise.all([
    worker(),
    soon(navigator.storage?.persisted?.(), null as boolean | null),
    free(),
    camera(),
  ]);
  return {
    browser: inAppBrowser(navigator.userAgent),
    installed: isInstalled(),
    worker: about ?? 'none',
    persisted,
    free: left,
    camera: eye,
    offset: serverOffset(),
  };
}

/** Asks the browser to keep the data for good; null where it cannot be asked. */
export function askToKeep(): Promise<boolean | null> {
  return soon(navigator.storage?.persist?.(), null as boolean | null, PLACE_MS);
}

/** Where the phone is: the browser may ask the person for it. */
export function lookForPlace(): Promise<NonNullable<Facts['place']>> {
  const sensor = navigator.geolocation as Geolocation | undefined;
  if (sensor === undefined) return Promise.resolve('none');
  return new Promise((resolve) => {
    sensor.getCurrentPosition(
      ({ coords }) => resolve({ accuracy: coords.accuracy }),
      ({ code, PERMISSION_DENIED }) => resolve(code === PERMISSION_DENIED ? 'denied' : 'slow'),
      { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: 60_000 },
    );
  });
}
