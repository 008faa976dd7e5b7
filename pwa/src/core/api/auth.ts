/** Adds the access token to requests and renews it once when the server asks. A 401 never touches the queue. */
import { markExpired, renewAccess, tokens } from '../session';

let renewing: Promise<boolean> | null = null;

async function renew(): Promise<boolean> {
  const held = tokens();
  if (!held) return false;
  const response = await fetch(`${location.origin}/api/v1/auth/refresh`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${held.refresh}` },
  });
  if (response.status === 401) {
    markExpired();
    return false;
  }
  if (!response.ok) return false;
  const body = (await response.json().catch(() => null)) as { access_token?: unknown } | null;
  if (typeof body?.access_token !== 'string') return false;
  await renewAccess(body.access_token);
  return true;
}

/** One renewal at a time, whoever asks. */
function renewOnce(): Promise<boolean> {
  renewing ??= renew().finally(() => {
    renewing = null;
  });
  return renewing;
}

function withToken(request: Request): Request {
  const held = tokens();
  if (!held || request.headers.has('Authorization')) return request;
  const headers = new Headers(request.headers);
  headers.set('Authorization', `Bearer ${held.access}`);
  return new Request(request, { headers });
}

/** `fetch` as the signed-in user: a 401 renews the token and asks a second time, then is passed on. */
export async function authFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(withToken(request));
  if (response.status !== 401 || request.url.endsWith('/auth/login') || !tokens()) return response;
  return (await renewOnce()) ? fetch(withToken(again)) : response;
}
