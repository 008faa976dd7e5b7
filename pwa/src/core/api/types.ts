/** Shapes of the HTTP interface by the names the app uses. Money is yuan as text, instants are ISO-8601 UTC. */
import type { Json } from '../canonical';
import type { Bilingual } from '../i18n';
import type { PhotoAgain, PhotoInfo, PhotoRef, PhotoState } from './photoTypes';
import type { Fix, VisitClock } from './placeTypes';
import type { Correction, Dismissal, EvidenceHint, Review } from './reviewTypes';

export type * from './photoTypes';
export type * from './placeTypes';
export type * from './reviewTypes';

export type Role =
  | 'grid_member'
  | 'first_secretary'
  | 'township'
  | 'county'
  | 'department'
  | 'admin'
  | 'auditor';
export type Category = 'ordinary' | 'lifted' | 'unstable' | 'marginal' | 'sudden';
export type Severity = 'red' | 'yellow' | 'attention' | 'none';
export type VisitState = 'submitted' | 'approved' | 'returned' | 'escalated' | 'superseded';

/** Answers by question id; loops are lists of objects (`ill`, `stu`). */
export type Answers = { [question: string]: Json };
export type Notes = { [question: string]: string };
export type RosterFacts = { [fact: string]: Json };

export interface User {
  id: string;
  username: string;
  display_name: string;
  role: Role;
  /** Code of the department; null for the region's own people. */
  department: string | null;
  locale: string;
  region: { code: string; name: string; level: string; path: string[] };
}

export interface LoginReply {
  access_token: string;
  refresh_token: string;
  user: User;
  /** This user's share of the key of this phone, 64 hex digits; a server of before sends none. */
  recovery_secret: string;
  /** Seals what others carry for this phone, 64 hex digits; a server of before sends none. */
  relay_key: string;
}

export interface Member {
  id: string;
  name: string;
  relation: string;
  sex: 'male' | 'female' | null;
  age: number | null;
  stage: null | 'preschool' | 'primary' | 'junior' | 'senior' | 'college';
  labour: 'full' | 'skilled' | 'half' | 'none';
  id_masked: string;
  main_labour: boolean;
  disability_grade: number | null;
}

export interface LastVisit {
  id: string;
  visited_at: string;
  state: VisitState;
  severity: Severity;
  checklist_version: string;
  answers: Answers;
  /** Lights that are on; rows kept from an older server have none. */
  lights?: LitLight[];
}

/** A light that is on: its articles by identifier, their sentences are in the rules on the phone. */
export interface LitLight {
  rule: string;
  label: Bilingual;
  severity: Exclude<Severity, 'none'>;
  articles: string[];
}

/** A line of a household's history as it comes with the list. */
export interface PastVisit {
  id: string;
  visited_at: string;
  author_name: string;
  revision: number;
  state: VisitState;
  severity: Severity;
}

export interface QuestionComment {
  question: string;
  text: string;
}

export interface Returned {
  visit_id: string;
  comment: string;
  comments: QuestionComment[];
  answers: Answers;
  notes: Notes;
  photos: PhotoAgain[];
  reviewed_at: string;
  reviewer_name: string;
}

export interface Household {
  id: string;
  number: string;
  head_name: string;
  pinyin: string;
  initials: string;
  id_tail: string;
  region_code: string;
  township: string;
  village: string;
  /** Empty when none is recorded, like the telephone number. */
  natural_village: string;
  grid: string;
  address: string;
  phone_masked: string;
  category: Category;
  revision: number;
  roster: RosterFacts;
  home: { lat: string; lon: string } | null;
  /** Day of the newest visit by whomever; absent in rows of an older server. */
  last_visited_on?: string | null;
  /** By the server's reckoning when it sent the row; `core/due` reckons anew. */
  due_on: string | null;
  members: Member[];
  last_visit: LastVisit | null;
  returned: Returned | null;
  /** What this user may see of past visits, the newest first; absent in rows of an older server. */
  history?: PastVisit[];
}

/** A row of the list as this server's version sends it. */
export interface ServedHousehold extends Household {
  last_visited_on: string | null;
  last_visit: (LastVisit & { lights: LitLight[] }) | null;
  history: PastVisit[];
}

/** The register's record; what belongs to the worklist comes with the list only. */
export interface RegisteredHousehold extends Omit<Household, 'last_visit' | 'returned' | 'history'> {
  last_visited_on: string | null;
}

/** A visit as the history of its household lists it. */
export interface HistoryEntry extends VisitSummary {
  lights: StandingLight[];
  reviews: Review[];
  dismissals: Dismissal[];
}

/** Somebody who died or moved away: on record, but asked about no more. */
export interface FormerMember extends Member {
  removed_at: string;
}

export interface HouseholdDetail extends RegisteredHousehold {
  /** Set once the household is no longer in the register. */
  removed_at: string | null;
  former_members: FormerMember[];
  history: HistoryEntry[];
}

export interface VisitBody {
  id: string;
  household_id: string;
  revises: string | null;
  checklist_version: string;
  started_at: string;
  finished_at: string;
  answers: Answers;
  notes: Notes;
  roster: RosterFacts;
  location: Fix | null;
  location_missing_reason: string | null;
  photos: PhotoRef[];
  device: { id: string; app_version: string };
  /** Absent in visits of older versions. */
  clock?: VisitClock;
  /** What the phone's rules said; absent where it had none. */
  preview?: VisitPreview;
  /** How the answers came about beside those of the last visit; absent where there was none to compare with. */
  since_last?: SinceLast;
}

export type ChangeReason = 'real' | 'last_wrong' | 'counted_differently' | 'unknown' | 'other';

/** By question or `question@member`: the visit whose answer a tap took over, and why others are far from it. */
export interface SinceLast {
  same: Record<string, string>;
  changes: Record<string, { visit_id: string; reason: ChangeReason }>;
}

/** Rules met and left open on the phone, by which version of the county's rules. */
export interface VisitPreview {
  policy: string;
  met: string[];
  unknown: string[];
}

export interface LightCause {
  fact: string;
  value: Json;
  label: Bilingual | null;
  threshold: Json;
}

export interface Light {
  rule: string;
  label: Bilingual;
  severity: Exclude<Severity, 'none'>;
  risks: string[];
  causes: LightCause[];
  articles: { id: string; document: string; text: string }[];
  pack: string;
  pack_version: string;
}

/** The run over the county that opened or closed a light, and why it was run. */
export interface RunAct {
  run_id: string;
  at: string;
  day: string;
  trigger: 'asked' | 'setting' | 'packs' | 'command';
  reason: string;
  version: string;
}

/** A light as it stands: `closed` once a run of newer rules put it out. */
export interface StandingLight extends Light {
  state: 'open' | 'closed';
  /** Null for a light that the visit itself brought. */
  opened_by: RunAct | null;
  closed_by: RunAct | null;
  /** Somebody said that it needs no more attention, and why. */
  dismissed_by: Dismissal | null;
}

export interface UnknownRule {
  rule: string;
  label: Bilingual;
  ask: string[];
}

export interface Receipt {
  number: string;
  seq: number;
  received_at: string;
}

export interface VisitResult {
  id: string;
  sha256: string;
  state: 'accepted';
  revision: number;
  severity: Severity;
  receipt: Receipt;
  lights: Light[];
  unknown: UnknownRule[];
  photos: { sha256: string; state: PhotoState }[];
}

export interface VisitSummary {
  id: string;
  household: {
    id: string;
    head_name: string;
    number: string;
    category: Category;
    village: string;
    natural_village: string;
    township: string;
  };
  author_name: string;
  visited_at: string;
  received_at: string;
  revision: number;
  state: VisitState;
  severity: Severity;
  light_counts: { red: number; yellow: number; attention: number };
  top_lights: Bilingual[];
  risks: string[];
  changed_count: number;
  /** Lights that somebody dismissed. */
  dismissed_count: number;
  /** Drawn when others were approved together: somebody has to look at it. */
  spot_check: boolean;
  photo_count: number;
  photos_ready: number;
  /** Something in it deserves a second look. */
  hinted: boolean;
}

export interface VisitPage {
  items: VisitSummary[];
  next: string | null;
  counts: {
    total: number;
    red: number;
    yellow: number;
    attention: number;
    none: number;
    changed: number;
    unchanged: number;
    /** Only when asked for by `breakdown`. */
    by_township?: {
      code: string;
      name: string;
      red: number;
      yellow: number;
      attention: number;
      total: number;
    }[];
    by_risk?: { risk: string; red: number; yellow: number; attention: number }[];
  };
}

export interface VisitDetail extends Omit<VisitSummary, 'household'> {
  household: RegisteredHousehold;
  answers: Answers;
  notes: Notes;
  checklist_version: string;
  location: VisitBody['location'];
  location_missing_reason: string | null;
  distance_m: number | null;
  /** Server time minus the phone's, milliseconds; null when nobody knows. */
  clock_offset_ms: number | null;
  /** More than ten minutes off. */
  clock_suspect: boolean;
  clock: VisitClock | null;
  since_last: SinceLast | null;
  lights: StandingLight[];
  unknown: UnknownRule[];
  not_asked: string[];
  changes: { question: string; item: string | null; before: Json; after: Json }[];
  photos: PhotoInfo[];
  hints: EvidenceHint[];
  reviews: Review[];
  dismissals: Dismissal[];
  correction: Correction | null;
  revisions: { id: string; revision: number; state: VisitState; received_at: string }[];
  receipt: Receipt;
  previous_visit: { id: string; visited_at: string } | null;
}

export interface Region {
  code: string;
  name: string;
  level: string;
  parent_code: string | null;
}

/** RFC 9457 problem document; `code` is stable and chooses the words shown. */
export interface Problem {
  type: string;
  title: string;
  title_zh: string;
  status: number;
  code: string;
  detail?: string;
  instance?: string;
  errors?: Record<string, { code: string; message: string }[]>;
  retry_after?: number;
}

/** A checklist as served: see features/visit for what its parts mean. */
export type ChecklistJson = { version: string } & { [member: string]: Json };

export interface VisitFilter {
  region?: string;
  severity?: Severity;
  risk?: string;
  state?: VisitState;
  flagged?: boolean;
  /** Only the newest visit of each household, so that counts are of households. */
  latest?: boolean;
  breakdown?: boolean;
  cursor?: string;
  limit?: number;
}
