/** Adds the access token to requests and renews it once when the server asks. A 401 never touches the queue. */
import { noteOrder } from '../device';
import { rehearsing } from '../network';
import {
  markExpired,
  reloadSession,
  renewTokens,
  renewUser,
  type Session,
  sameSignIn,
  tokens,
} from '../session';
import type { User } from './types';

const LOGOUT_MS = 5_000;
const RENEW_MS = 30_000;

/** A refusal may be an order to this device; only our server's is believed. */
async function heed(response: Response): Promise<Response> {
  if (response.status === 403 && response.headers.has('X-Sync')) {
    const body = (await response
      .clone()
      .json()
      .catch(() => null)) as { code?: unknown } | null;
    if (body?.code === 'device_wiped') await noteOrder('kill');
    if (body?.code === 'device_draining') await noteOrder('drain');
  }
  return response;
}

async function ask(request: Request | string, init?: RequestInit): Promise<Response> {
  if (rehearsing.value) throw new TypeError('the network is switched off for a rehearsal');
  return heed(await fetch(request, init));
}

function postAs(held: Session, operation: 'refresh' | 'logout', init?: RequestInit): Promise<Response> {
  return ask(`${location.origin}/api/v1/auth/${operation}`, {
    ...init,
    method: 'POST',
    headers: { Authorization: `Bearer ${held.refresh}` },
  });
}

/** Whether there are new tokens; later: the server is there and cannot say now, which ends no sign-in. */
type Renewed = 'yes' | 'no' | 'later';
const LATER: readonly number[] = [409, 429];

/** One tab at a time: a refresh token that two tabs use in turn would look like a stolen one. */
async function alone(owner: string, work: () => Promise<Renewed>): Promise<Renewed> {
  return navigator.locks ? await navigator.locks.request(`liangdeng-renew/${owner}`, work) : work();
}

async function renew(begun: Session): Promise<Renewed> {
  await reloadSession();
  const held = tokens();
  if (held?.user.id !== begun.user.id) return 'no';
  if (held.access !== begun.access) return 'yes'; // another tab has just done it
  const response = await postAs(held, 'refresh', { signal: AbortSignal.timeout(RENEW_MS) });
  // A Wi-Fi's login page may answer 401 as well: only our server ends a sign-in.
  if (response.status === 401 && response.headers.has('X-Sync')) await markExpired(held);
  if (response.status >= 500 || LATER.includes(response.status)) return 'later';
  if (!response.ok) return 'no';
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  if (typeof body?.['access_token'] !== 'string') return 'no';
  // A server of before did not renew this one.
  const refresh = typeof body['refresh_token'] === 'string' ? body['refresh_token'] : held.refresh;
  const relay = typeof body['relay_key'] === 'string' ? body['relay_key'] : held.relay;
  return (await renewTokens(held, body['access_token'], refresh, relay)) ? 'yes' : 'no';
}

interface Renewal {
  of: Session;
  done: Promise<Renewed>;
}

let renewing: Renewal | null = null;

/** One renewal at a time for a sign-in, whoever asks; never one that another sign-in began. */
function renewOnce(held: Session): Promise<Renewed> {
  if (renewing && sameSignIn(renewing.of, held)) return renewing.done;
  const mine: Renewal = {
    of: held,
    done: alone(held.user.id, () => renew(held)).finally(() => {
      if (renewing === mine) renewing = null;
    }),
  };
  renewing = mine;
  return mine.done;
}

function withToken(request: Request): Request {
  const held = tokens();
  if (!held || request.headers.has('Authorization')) return request;
  const headers = new Headers(request.headers);
  headers.set('Authorization', `Bearer ${held.access}`);
  return new Request(request, { headers });
}

/**
 * `fetch` as the signed-in user: a 401 renews the token and asks a second time, then is passed on. What one user
 * asked is never asked again as another: when the user changed meanwhile, the 401 is the answer.
 */
export async function authFetch(request: Request): Promise<Response> {
  const response = await askTwice(request);
  void follow(response);
  return response;
}

let following = false;

/**
 * Every answer names the place of work of whoever asked. Another one than this phone knows means that its user was
 * transferred: who they are now is read anew, and the app fetches the list of the new place.
 */
async function follow(response: Response): Promise<void> {
  const held = tokens();
  const scope = response.headers.get('X-Scope');
  if (following || !held || scope === null || scope === held.user.region.code) return;
  following = true;
  // A line that breaks, also in the middle of the answer, leaves it to the next answer to ask again.
  const person = await readPerson().catch(() => null);
  if (person) await renewUser(held, person).catch(() => false);
  following = false;
}

async function readPerson(): Promise<User | null> {
  const answer = await ask(withToken(new Request(`${location.origin}/api/v1/me`)));
  return answer.ok ? ((await answer.json()) as User) : null;
}

async function askTwice(request: Request): Promise<Response> {
  const again = request.clone();
  const held = tokens();
  const response = await ask(withToken(request));
  if (response.status !== 401 || request.url.endsWith('/auth/login') || !held) return response;
  const renewed = await renewOnce(held);
  // To whoever asked it is as if the server were busy: nobody has to sign in.
  if (renewed === 'later') return new Response(null, { status: 503, headers: { 'X-Sync': '1' } });
  if (renewed === 'no' || tokens()?.user.id !== held.user.id) return response;
  return ask(withToken(again));
}

/** Tells the server that this sign-in ends. Best effort: never rejects, and nobody has to wait for it. */
export async function logout(): Promise<void> {
  const held = tokens();
  if (!held) return;
  const patience = AbortSignal.timeout(LOGOUT_MS);
  await postAs(held, 'logout', { keepalive: true, signal: patience }).catch(() => undefined);
}
