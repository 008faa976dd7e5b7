/** Shapes of re-checks by the township and of the county's cases. Instants are ISO-8601 UTC, days YYYY-MM-DD. */
import type { Bilingual } from '../i18n';
import type { Delete, Get, Post, Put } from './paths';
import type { Severity, StandingLight, VisitSummary } from './types';

export type RecheckState = 'due' | 'settled' | 'handed_up' | 'monitor' | 'no_risk' | 'withdrawn';
/** Overdue ones are due, too. */
export type RecheckList = 'due' | 'overdue' | 'settled' | 'handed_up' | 'monitor' | 'no_risk';

/** A line of the township's list, of the ledger and of the county's cases. */
export interface Recheck {
  visit_id: string;
  household: VisitSummary['household'];
  month: string;
  decided_on: string;
  reviewer_name: string;
  escalated: boolean;
  severity: Severity;
  risks: string[];
  top_lights: Bilingual[];
  visited_at: string;
  author_name: string;
  state: RecheckState;
  /** Day 0 of the township's time, and its last day. */
  starts_on: string;
  due_on: string;
  overdue: boolean;
  /** How often the county sent it back. */
  rounds: number;
  cause: string | null;
  persons: number;
  /** The township's last opinion. */
  opinion: string | null;
  outcome_at: string | null;
  officer_name: string | null;
  handed_up_at: string | null;
  assignee_id: string | null;
  assignee_name: string | null;
  department: string | null;
  concluded_at: string | null;
}

export interface RecheckClock {
  clock: string;
  label: Bilingual;
  unit: string;
  count: number;
  /** Whether a document of this place orders it. */
  binding: boolean;
  articles: { id: string; document: string; text: string }[];
}

export interface RecheckPage {
  items: Recheck[];
  next: string | null;
  counts: Record<RecheckList, number>;
  months: string[];
  confirmed: { region_code: string; month: string; confirmed_on: string; confirmed_by_name: string }[];
  clock: RecheckClock;
  may_settle: boolean;
}

export type Found = 'yes' | 'no' | 'unclear';
export interface Finding {
  rule: string;
  found: Found;
  note: string;
}

export interface RecheckOutcome {
  id: string;
  visit_id: string;
  decision: 'settle' | 'hand_up';
  cause: string;
  opinion: string;
  home_on: string | null;
  home_by: string;
  findings: Finding[];
  newer_visit_id: string | null;
  officer_name: string;
  created_at: string;
}

/** What a household's hardship comes from. */
export type Cause =
  | 'illness'
  | 'disability'
  | 'schooling'
  | 'disaster'
  | 'accident'
  | 'industry_failure'
  | 'unstable_employment'
  | 'unsafe_housing'
  | 'unsafe_water'
  | 'basic_needs'
  | 'other';

export interface OutcomeRequest {
  id: string;
  decision: 'settle' | 'hand_up';
  cause: Cause;
  opinion: string;
  home_on: string | null;
  home_by: string;
  findings: Finding[];
}

export interface RecheckDetail extends Recheck {
  lights: StandingLight[];
  outcomes: RecheckOutcome[];
  newer_visit: { id: string; visited_at: string; severity: string; state: string } | null;
  may_settle: boolean;
  /** Why the caller may not decide; null where nothing is in the way. */
  obstacle: string | null;
  clock: RecheckClock;
}

export interface CauseLine {
  cause: string;
  /** Re-checks and the persons of each; a household re-checked twice is two entries. */
  entries: number;
  persons: number;
  /** Each once. */
  households: number;
  settled: number;
  handed_up: number;
  decided: number;
}

export interface LedgerCounts {
  causes: CauseLine[];
  /** Each once, under however many causes. */
  households: number;
  months: string[];
}

/** The counts come with the first page. */
export interface LedgerPage extends Partial<LedgerCounts> {
  items: Recheck[];
  next: string | null;
}
export type Ledger = LedgerPage & LedgerCounts;

export interface CaseFigures {
  households: number;
  persons: number;
  unassigned: number;
}

export interface CasePage {
  items: Recheck[];
  next: string | null;
  counts?: CaseFigures & {
    by_township: (CaseFigures & { township: string; name: string })[];
    by_cause: (CaseFigures & { cause: string })[];
  };
}

export type CountyChoice = 'monitor' | 'no_risk' | 'back';
export interface CountyDecision {
  id: string;
  visit_id: string;
  decision: string;
  opinion: string;
  officer_name: string;
  created_at: string;
}

export interface CaseDetail extends RecheckDetail {
  decisions: CountyDecision[];
}

export interface Staff {
  people: { id: string; name: string }[];
  departments: string[];
}

export interface AssignmentResult {
  visit_id: string;
  status: 'assigned' | 'unchanged' | 'refused';
  code: string | null;
}

export interface SavedFilter {
  id: string;
  name: string;
  query: { [name: string]: string };
}

export type StoryKind =
  | 'visit'
  | 'light_opened'
  | 'light_closed'
  | 'review'
  | 'recheck'
  | 'assignment'
  | 'decision'
  | 'read';

/** One thing that happened to a household; what does not belong to its kind is null or empty. */
export interface StoryEntry {
  at: string;
  kind: StoryKind;
  who: string | null;
  role: string | null;
  visit_id: string | null;
  code: string | null;
  severity: string | null;
  label: Bilingual | null;
  text: string;
  cause: string | null;
  rule: string | null;
  newer_visit_id: string | null;
  revision: number | null;
  assignee: string | null;
  department: string | null;
  home_on: string | null;
  home_by: string | null;
  findings: Finding[];
}

export interface Story {
  household: VisitSummary['household'];
  removed_at: string | null;
  entries: StoryEntry[];
}

export type FoundHousehold = VisitSummary['household'] & {
  last_visited_at: string | null;
};

interface ListQuery {
  cursor?: string;
  limit?: number;
  region?: string;
}
interface LedgerQuery extends ListQuery {
  first?: string;
  last?: string;
  cause?: string;
  state?: 'settled' | 'handed_up' | 'monitor' | 'no_risk';
}
export interface CaseQuery extends ListQuery {
  state?: 'handed_up' | 'monitor' | 'no_risk';
  severity?: Severity;
  cause?: string;
  department?: string;
  assigned?: 'me' | 'nobody';
  month?: string;
  until?: string;
}
type OfVisit = { visit_id: string };
type OfFilter = { filter_id: string };

export interface DeskPaths {
  '/rechecks': Get<RecheckPage, undefined, ListQuery & { state?: RecheckList; month?: string }>;
  '/rechecks/{visit_id}': Get<RecheckDetail, OfVisit>;
  '/rechecks/{visit_id}/outcomes': Post<RecheckOutcome, OutcomeRequest, OfVisit>;
  '/rechecks/months/{month}/confirmation': Put<
    { region_code: string; month: string; confirmed_on: string; confirmed_by_name: string },
    undefined,
    { month: string }
  >;
  '/ledger': Get<LedgerPage, undefined, LedgerQuery>;
  '/county/cases': Get<CasePage, undefined, CaseQuery>;
  '/county/cases/{visit_id}': Get<CaseDetail, OfVisit>;
  '/county/cases/{visit_id}/decisions': Post<
    CountyDecision,
    { id: string; decision: CountyChoice; opinion: string },
    OfVisit
  >;
  '/county/staff': Get<Staff>;
  '/county/assignments': Post<
    { results: AssignmentResult[] },
    { id: string; visit_ids: string[]; assignee_id: string | null; department: string | null; note: string }
  >;
  '/filters': Get<{ items: SavedFilter[]; most: number }>;
  '/filters/{filter_id}': Put<SavedFilter, { name: string; query: { [name: string]: string } }, OfFilter> &
    Delete<OfFilter>;
  '/households/{household_id}/timeline': Get<Story, { household_id: string }>;
  '/households/search': Get<
    { items: FoundHousehold[]; more: boolean },
    undefined,
    { q: string; region?: string }
  >;
}
