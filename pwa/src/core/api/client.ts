/** The one way to the server: typed calls, problems as errors, tokens added and renewed. */
import createClient from 'openapi-fetch';
import { authFetch } from './auth';
import type { paths } from './paths';
import { localProblem, readProblem, ServerProblem } from './problem';

/** Where the interface lives on this server. */
export const API = '/api/v1';

/** Typed client, for example `api.GET('/visits/{visit_id}', { params: { path: { visit_id } } })`. */
export const api = createClient<paths>({ baseUrl: `${location.origin}${API}`, fetch: authFetch });

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The data of a call, or an error: `ServerProblem` with a stable `code`.
 * Without an answer the code is `no_network`; an answer that is not ours has the code `not_our_server`.
 */
export async function call<T>(pending: Promise<Answered<T>>): Promise<T> {
  let answer: Answered<T>;
  try {
    answer = await pending;
  } catch (error) {
    // openapi-fetch throws a SyntaxError when an answer that says success is not JSON: a login page of a Wi-Fi.
    throw localProblem(error instanceof SyntaxError ? 'not_our_server' : 'no_network');
  }
  if (answer.error !== undefined || !answer.response.ok)
    throw new ServerProblem(readProblem(answer.response.status, answer.error));
  return answer.data as T;
}

/** GET of a photo (`thumb` or `full`) as an object URL; revoke it when the picture is gone. */
export async function photoUrl(photoId: string, size: 'thumb' | 'full'): Promise<string> {
  let response: Response;
  try {
    response = await authFetch(new Request(`${location.origin}${API}/photos/${photoId}/${size}`));
  } catch {
    throw localProblem('no_network');
  }
  if (!response.ok)
    throw new ServerProblem(readProblem(response.status, await response.json().catch(() => null)));
  return URL.createObjectURL(await response.blob());
}
