/** Calls that change something. Each has a number made when its dialog opens, so that trying again is the same act. */
import type { AccountRequest, Done, GridRow, NewAccount, Wish } from '../../core/api/accountTypes';
import { authFetch } from '../../core/api/auth';
import { API, api, call } from '../../core/api/client';
import { localProblem, readProblem, ServerProblem } from '../../core/api/problem';

/** What every act on an account says. */
export interface Told {
  id: string;
  op_id: string;
  version: number;
  reason: string;
}

const at = (told: Told) => ({ path: { user_id: told.id } });
const body = ({ op_id, version, reason }: Told) => ({ op_id, version, reason });

export const create = (account: NewAccount): Promise<Done> => call(api.POST('/users', { body: account }));

export const edit = (told: Told, names: { display_name?: string; department?: string }): Promise<Done> =>
  call(api.PATCH('/users/{user_id}', { params: at(told), body: { ...body(told), ...names } }));

export const transfer = (told: Told, region_code: string): Promise<Done> =>
  call(api.POST('/users/{user_id}/transfer', { params: at(told), body: { ...body(told), region_code } }));

export const setActive = (told: Told, active: boolean): Promise<Done> =>
  call(api.POST('/users/{user_id}/state', { params: at(told), body: { ...body(told), active } }));

export const reset = (told: Told): Promise<Done> =>
  call(api.POST('/users/{user_id}/password-reset', { params: at(told), body: body(told) }));

export const signOut = (told: Told): Promise<Done> =>
  call(api.POST('/users/{user_id}/sign-out', { params: at(told), body: body(told) }));

export const ask = (user_id: string, wish: Wish): Promise<AccountRequest> =>
  call(api.POST('/users/{user_id}/requests', { params: { path: { user_id } }, body: wish }));

export const decide = (
  request_id: string,
  form: { op_id: string; decision: 'done' | 'declined'; comment: string },
): Promise<Done> =>
  call(api.POST('/account-requests/{request_id}/decision', { params: { path: { request_id } }, body: form }));

export const addGrid = (form: { op_id: string; village_code: string; name: string }): Promise<GridRow> =>
  call(api.POST('/grids', { body: form }));

export const renameGrid = (code: string, name: string): Promise<GridRow> =>
  call(api.PATCH('/grids/{code}', { params: { path: { code } }, body: { name } }));

export async function closeGrid(code: string): Promise<void> {
  await call(api.POST('/grids/{code}/close', { params: { path: { code } } }));
}

/** A sheet is sent as it is: the server alone reads it. */
export async function sendSheet<T>(path: string, sheet: Blob): Promise<T> {
  const request = new Request(`${location.origin}${API}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: sheet,
  });
  const answer = await answered(request);
  return (await answer.json()) as T;
}

export async function fetchTemplate(): Promise<Blob> {
  return (await answered(new Request(`${location.origin}${API}/users/imports/template`))).blob();
}

async function answered(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await authFetch(request);
  } catch {
    throw localProblem('no_network');
  }
  if (!response.ok)
    throw new ServerProblem(readProblem(response.status, await response.json().catch(() => null)));
  if (!response.headers.has('X-Sync')) throw localProblem('not_our_server');
  return response;
}

/** Hands a file to the person. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
