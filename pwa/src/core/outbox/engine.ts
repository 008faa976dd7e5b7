/** The engine in the browser: the runner with this phone's store, network, lock, clock and timers. */
import { authFetch } from '../api/auth';
import { noteLoaded } from '../assignments';
import { sha256Hex } from '../canonical';
import { noteServerOffset, now } from '../clock';
import { noteOrder } from '../device';
import { noteContact } from '../network';
import { deviceId, user } from '../session';
import type { PullEnd } from '../sync/pull';
import type { Order } from '../sync/wire';
import type { HttpAnswer, HttpRequest } from './deps';
import type { Line } from './line';
import { Runner, type RunnerDeps, type Wake } from './runner';
import { announceWorklist, noteSending, outboxChanged, outboxChanges } from './signals';
import { storageOf } from './store';
import { photosMayTravel } from './wifi';

const REQUEST_MS = 90_000;
/** A chunk of 256 KB at the 20 kbit/s of a bad 2G line, and as much again. */
const CHUNK_MS = 4 * 60_000;

let inPage = false;

/** Among all tabs; a browser without locks is at least alone in this page, and the server tells twins apart. */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (navigator.locks !== undefined)
    return navigator.locks.request('liangdeng-outbox', { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return lock !== null;
    });
  if (inPage) return false;
  inPage = true;
  await work().finally(() => {
    inPage = false;
  });
  return true;
}

/** What one user saved must never travel as another: checked in the very moment the request takes its token. */
async function sendAs(owner: string, path: string, request: HttpRequest): Promise<HttpAnswer> {
  if (user.value?.id !== owner) throw new Error('somebody else uses this phone now');
  const signal = AbortSignal.timeout(request.method === 'PATCH' ? CHUNK_MS : REQUEST_MS);
  return authFetch(new Request(`${location.origin}/api/v1${path}`, { ...request, signal }));
}

async function storagePersisted(): Promise<boolean | null> {
  const asked = navigator.storage?.persisted?.();
  return asked === undefined ? null : asked.catch(() => null);
}

async function obey(order: Order): Promise<void> {
  await outboxChanged();
  await noteOrder(order);
}

let timer: ReturnType<typeof setTimeout> | undefined;

function depsOf(owner: string, device: string): RunnerDeps {
  return {
    storage: storageOf(owner),
    device,
    appVersion: __APP_VERSION__,
    send: (path, request) => sendAs(owner, path, request),
    alone,
    now,
    random: Math.random,
    sha256: sha256Hex,
    wakeIn: (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => void kick('due').catch(() => undefined), ms);
    },
    photosMayTravel,
    storagePersisted,
    changed: outboxChanges,
    pulled: async (loaded) => {
      await noteLoaded(loaded);
      announceWorklist();
    },
    sending: noteSending,
    contact: noteContact,
    clockOffset: noteServerOffset,
    order: obey,
  };
}

let current: { owner: string; runner: Promise<Runner> } | null = null;

/** The runner of the signed-in user. */
async function runner(): Promise<Runner | null> {
  const owner = user.value?.id;
  if (owner === undefined) return null;
  if (current?.owner !== owner)
    current = { owner, runner: deviceId().then((device) => new Runner(depsOf(owner, device))) };
  return current.runner;
}

/** Lets the runner do what there is to do; resolves when nothing is left to do now. */
export async function kick(wake: Wake): Promise<void> {
  await (await runner())?.kick(wake);
}

/** Offers one operation again. */
export async function retry(opId: string): Promise<void> {
  await (await runner())?.retry(opId);
}

/** Brings the worklist up to date. */
export async function pull(): Promise<PullEnd> {
  const mine = await runner();
  return mine ? mine.pull() : { ok: false, code: 'login_needed' };
}

/** For answers that came in a file: the signed-in user's store and clock; null when nobody is signed in. */
export async function lineOfOwn(): Promise<Line | null> {
  return (await (await runner())?.line()) ?? null;
}
