/** The operations of the HTTP interface in the form that openapi-fetch reads. */
import type { CompactPack } from '../policy/pack';
import type { HelloReply, PushReply, PushRequest, ServedPage } from '../sync/wire';
import type { AccountPaths } from './accountTypes';
import type { AuditPaths, RevealPaths } from './auditTypes';
import type { DeskPaths } from './deskTypes';
import type { DevicePaths } from './deviceTypes';
import type { Explanation } from './explanation';
import type { FundCalculation, FundClaim, FundReading } from './fund';
import type { HeldOperation, HeldState, IncomingDecision, IncomingPage, Proposal } from './incomingTypes';
import type { NoticePaths } from './noticeTypes';
import type { PolicyPaths } from './policyPaths';
import type {
  ChecklistJson,
  Dismissal,
  DismissalRequest,
  HouseholdDetail,
  LoginReply,
  Outcome,
  PhotoStatus,
  Problem,
  Region,
  Review,
  ReviewRequest,
  User,
  VisitDetail,
  VisitFilter,
  VisitPage,
} from './types';

interface Failure {
  headers: Record<string, unknown>;
  content: { 'application/problem+json': Problem };
}
type Operation<Reply, Path = undefined, Query = undefined, Body = undefined> = {
  parameters: (Path extends undefined ? { path?: never } : { path: Path }) &
    (Query extends undefined ? { query?: never } : { query?: Query }) & { header?: never; cookie?: never };
  responses: {
    200: { headers: Record<string, unknown>; content: { 'application/json': Reply } };
    default: Failure;
  };
} & (Body extends undefined
  ? { requestBody?: never }
  : { requestBody: { content: { 'application/json': Body } } });
export type Get<Reply, Path = undefined, Query = undefined> = { get: Operation<Reply, Path, Query> };
export type Post<Reply, Body, Path = undefined> = { post: Operation<Reply, Path, undefined, Body> };
export type Patch<Reply, Body, Path> = { patch: Operation<Reply, Path, undefined, Body> };
export type Put<Reply, Body, Path> = { put: Operation<Reply, Path, undefined, Body> };
export type Delete<Path> = { delete: Operation<undefined, Path> };

/** Which side is read: what waits for a decision, or what was decided. */
interface IncomingQuery {
  state?: 'open' | 'decided';
  cursor?: string;
  limit?: number;
}

export interface paths
  extends PolicyPaths,
    DevicePaths,
    NoticePaths,
    AccountPaths,
    DeskPaths,
    AuditPaths,
    RevealPaths {
  '/auth/login': Post<
    LoginReply,
    {
      username: string;
      password: string;
      /** Takes the place of a one-time password. */
      new_password?: string;
      device: { id: string; name: string; app_version: string };
    }
  >;
  '/s1/hello': Get<HelloReply>;
  '/s1/push': Post<PushReply, PushRequest>;
  '/s1/pull': Get<ServedPage, undefined, { cursor?: string; limit?: number }>;
  '/me': Get<User>;
  '/checklists/{version}': Get<ChecklistJson, { version: string }>;
  '/policy': Get<CompactPack>;
  '/households/{household_id}': Get<HouseholdDetail, { household_id: string }>;
  '/visits': Get<VisitPage, undefined, VisitFilter>;
  '/visits/{visit_id}': Get<VisitDetail, { visit_id: string }>;
  '/visits/{visit_id}/lights/{rule}/explanation': Get<Explanation, { visit_id: string; rule: string }>;
  '/visits/{visit_id}/reviews': Post<Review, ReviewRequest, { visit_id: string }>;
  '/visits/approvals': Post<{ results: Outcome[] }, { id: string; visit_ids: string[] }>;
  '/visits/{visit_id}/lights/{rule}/dismissals': Post<
    Dismissal,
    DismissalRequest,
    { visit_id: string; rule: string }
  >;
  '/visits/{visit_id}/photos': Get<{ items: PhotoStatus[] }, { visit_id: string }>;
  '/fund/calculations': Post<FundCalculation, { claim: FundClaim; reading: FundReading | null }>;
  '/proposals': Get<IncomingPage<Proposal>, undefined, IncomingQuery>;
  '/proposals/{proposal_id}/decision': Post<
    Proposal,
    IncomingDecision<'approved' | 'declined'>,
    { proposal_id: string }
  >;
  '/held': Get<IncomingPage<HeldOperation>, undefined, IncomingQuery>;
  '/held/{held_id}/decision': Post<
    HeldOperation,
    IncomingDecision<Exclude<HeldState, 'open'>>,
    { held_id: string }
  >;
  '/regions': Get<{ items: Region[] }, undefined, { under?: string }>;
}
