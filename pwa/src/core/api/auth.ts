/** Adds the access token to requests and renews it once when the server asks. A 401 never touches the queue. */
import { markExpired, reloadSession, renewAccess, type Session, sameSignIn, tokens } from '../session';

const LOGOUT_MS = 5_000;

function postAs(held: Session, operation: 'refresh' | 'logout', init?: RequestInit): Promise<Response> {
  return fetch(`${location.origin}/api/v1/auth/${operation}`, {
    ...init,
    method: 'POST',
    headers: { Authorization: `Bearer ${held.refresh}` },
  });
}

async function renew(held: Session): Promise<boolean> {
  const response = await postAs(held, 'refresh');
  if (response.status === 401) {
    markExpired(held);
    return false;
  }
  if (!response.ok) return false;
  const body = (await response.json().catch(() => null)) as { access_token?: unknown } | null;
  if (typeof body?.access_token !== 'string') return false;
  return renewAccess(held, body.access_token);
}

interface Renewal {
  of: Session;
  done: Promise<boolean>;
}

let renewing: Renewal | null = null;

/** One renewal at a time for a sign-in, whoever asks; never one that another sign-in began. */
function renewOnce(held: Session): Promise<boolean> {
  if (renewing && sameSignIn(renewing.of, held)) return renewing.done;
  const mine: Renewal = {
    of: held,
    done: renew(held).finally(() => {
      if (renewing === mine) renewing = null;
    }),
  };
  renewing = mine;
  return mine.done;
}

/** The sign-in of this user, after a look at what other tabs did; null when it is somebody else's turn. */
async function stillOf(owner: string): Promise<Session | null> {
  await reloadSession();
  const held = tokens();
  return held?.user.id === owner ? held : null;
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
  const again = request.clone();
  const owner = tokens()?.user.id;
  const response = await fetch(withToken(request));
  if (response.status !== 401 || request.url.endsWith('/auth/login') || !owner) return response;
  const held = await stillOf(owner);
  if (!held || !(await renewOnce(held)) || tokens()?.user.id !== owner) return response;
  return fetch(withToken(again));
}

/** Tells the server that this sign-in ends. Best effort: never rejects, and nobody has to wait for it. */
export async function logout(): Promise<void> {
  const held = tokens();
  if (!held) return;
  const patience = AbortSignal.timeout(LOGOUT_MS);
  await postAs(held, 'logout', { keepalive: true, signal: patience }).catch(() => undefined);
}
