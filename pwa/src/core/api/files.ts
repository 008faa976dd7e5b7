/** Files that the server makes, fetched as the signed-in user. */
import { authFetch } from './auth';
import { API } from './client';
import { localProblem, readProblem, ServerProblem } from './problem';

/** The content of a file; `path` begins behind the interface's address. Rejects with a `ServerProblem`. */
export async function fileOf(path: string): Promise<Blob> {
  let response: Response;
  try {
    response = await authFetch(new Request(`${location.origin}${API}${path}`));
  } catch {
    throw localProblem('no_network');
  }
  if (!response.ok)
    throw new ServerProblem(readProblem(response.status, await response.json().catch(() => null)));
  // A Wi-Fi's login page says success as well.
  if (!response.headers.has('Content-Disposition')) throw localProblem('not_our_server');
  return response.blob();
}
