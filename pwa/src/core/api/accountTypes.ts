/** Shapes of the accounts desk, by the names the app uses. Instants are ISO-8601 UTC. */
import type { Bilingual } from '../i18n';
import type { Order } from '../sync/wire';
import type { Get, Patch, Post } from './paths';
import type { Role } from './types';

/** An account as those see it who look after it. */
export interface Account {
  id: string;
  username: string;
  display_name: string;
  role: Role;
  department: string | null;
  region_code: string;
  /** Names of its regions, from the county down; an administrator has none. */
  place: string[];
  active: boolean;
  version: number;
  created_at: string;
  /** Set while the one-time password was not used. */
  one_time_until: string | null;
  /** When any of the person's devices was heard of last. */
  last_contact_at: string | null;
}

export type AccountState = 'active' | 'disabled' | 'waiting';

export interface AccountPage {
  items: Account[];
  next: string | null;
  counts: { roles: Partial<Record<Role, number>> } & Record<AccountState, number>;
  /** Roles the caller may make accounts of. */
  creatable: Role[];
}

export interface AccountFilter {
  q?: string;
  role?: Role;
  place?: string;
  state?: AccountState;
  cursor?: string;
  limit?: number;
}

export interface SignIn {
  id: string;
  device_name: string;
  app_version: string;
  created_at: string;
  last_used_at: string;
  /** The one that asks. */
  current: boolean;
}

export interface KnownDevice {
  id: string;
  name: string;
  app_version: string;
  order: Order;
  last_contact_at: string;
  outbox_count: number | null;
  photos_unsent: number | null;
  wiped_at: string | null;
}

export type RequestKind = 'create' | 'reset' | 'enable' | 'revoke';

/** What one person asks for and another decides. */
export interface AccountRequest {
  id: string;
  kind: RequestKind;
  state: 'open' | 'done' | 'declined' | 'moved';
  user_id: string | null;
  about: { display_name: string; username: string | null; role: Role; place: string[] };
  device_id: string | null;
  order: Order | null;
  reason: string;
  asked_by: string;
  asked_at: string;
  decided_by: string | null;
  decided_at: string | null;
  comment: string;
  may_decide: boolean;
}

export interface RequestPage {
  items: AccountRequest[];
  next: string | null;
}

/** What the caller may do to an account. */
export type Act =
  | 'edit'
  | 'transfer'
  | 'reset'
  | 'sign_out'
  | 'disable'
  | 'enable'
  | 'ask_reset'
  | 'ask_revoke';

export interface Person extends Account {
  devices: KnownDevice[];
  sessions: SignIn[];
  requests: AccountRequest[];
  may: Act[];
}

/** What became of an act; the password is shown once. */
export interface Done {
  user: Account | null;
  request: AccountRequest | null;
  password: string | null;
}

export interface NewAccount {
  op_id: string;
  username: string;
  display_name: string;
  role: Role;
  region_code: string;
  department: string | null;
  reason: string;
}

/** Decided on when the account had this version; the number makes the act one, however often it is sent. */
export interface ActRequest {
  op_id: string;
  version: number;
  reason: string;
}

export interface Wish {
  id: string;
  kind: 'reset' | 'revoke';
  device_id: string | null;
  order: 'drain' | 'kill';
  reason: string;
}

export interface GridRow {
  code: string;
  name: string;
  village_code: string;
  place: string[];
  members: { id: string; display_name: string }[];
  /** Null: not the caller's business. */
  households: number | null;
}

export interface SheetFault {
  cell: string;
  column: string;
  code: string;
  text: Bilingual;
}

export type RowStatus = 'create' | 'same' | 'conflict' | 'error';

export interface CheckedRow {
  row: number;
  status: RowStatus;
  username: string;
  display_name: string;
  role: Role | null;
  place: string[];
  faults: SheetFault[];
}

/** The dry run of an import; the digest confirms exactly this. */
export interface CheckedSheet {
  rows: CheckedRow[];
  counts: Partial<Record<RowStatus, number>>;
  digest: string;
}

export interface Imported {
  created: { username: string; display_name: string; role: Role; place: string[]; password: string | null }[];
  /** The same as an Excel sheet, base64. */
  sheet: string;
}

type User = { user_id: string };

export interface AccountPaths {
  '/users': Get<AccountPage, undefined, AccountFilter> & Post<Done, NewAccount>;
  '/users/{user_id}': Get<Person, User> &
    Patch<Done, ActRequest & { display_name?: string; department?: string }, User>;
  '/users/{user_id}/transfer': Post<Done, ActRequest & { region_code: string }, User>;
  '/users/{user_id}/state': Post<Done, ActRequest & { active: boolean }, User>;
  '/users/{user_id}/password-reset': Post<Done, ActRequest, User>;
  '/users/{user_id}/sign-out': Post<Done, ActRequest, User>;
  '/users/{user_id}/requests': Post<AccountRequest, Wish, User>;
  '/account-requests': Get<
    RequestPage,
    undefined,
    { state?: 'open' | 'decided'; cursor?: string; limit?: number }
  >;
  '/account-requests/{request_id}/decision': Post<
    Done,
    { op_id: string; decision: 'done' | 'declined'; comment: string },
    { request_id: string }
  >;
  '/grids': Get<{ items: GridRow[] }, undefined, { place?: string }> &
    Post<GridRow, { op_id: string; village_code: string; name: string }>;
  '/grids/{code}': Patch<GridRow, { name: string }, { code: string }>;
  '/grids/{code}/close': Post<never, undefined, { code: string }>;
  '/me/password': Post<never, { password: string; new_password: string }>;
  '/me/sessions': Get<{ items: SignIn[] }>;
  '/me/sessions/{session_id}/end': Post<never, undefined, { session_id: string }>;
}
