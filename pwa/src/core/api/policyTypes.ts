/** Shapes of the policy's part of the HTTP interface. Numbers of a policy travel as text, days as YYYY-MM-DD. */
import type { Bilingual } from '../i18n';
import type { components } from './schema';
import type { Severity, VisitSummary } from './types';

export type LitSeverity = Exclude<Severity, 'none'>;
export type HouseholdLine = VisitSummary['household'];
/** A kind that would be proposed for a household, and a risk behind a light, by their names on the wire. */
export type Kind = components['schemas']['KindFigures']['kind'];
export type Risk = components['schemas']['CauseFigures']['risk'];

/** A citable place with its sentence. */
export interface Citation {
  id: string;
  document: string;
  text: string;
}

export type SettingKind = 'parameter' | 'rule_off' | 'rule_on';
export type SettingState = 'in_force' | 'coming' | 'past' | 'superseded' | 'revoked' | 'without_effect';

export interface Setting {
  id: string;
  kind: SettingKind;
  name: string;
  label: Bilingual | null;
  unit: string | null;
  value: string | null;
  from: string;
  until: string | null;
  reason: string;
  signer_name: string;
  signed_at: string;
  state: SettingState;
  revoked: { id: string; from: string; reason: string; signer_name: string; signed_at: string } | null;
}

/** What is signed; `value` is for a parameter only. */
export interface SettingRequest {
  id: string;
  kind: SettingKind;
  name: string;
  value: string | null;
  from: string;
  until: string | null;
  reason: string;
  password: string;
}

/** `from` is the first day without the setting; null is today. */
export interface RevocationRequest {
  id: string;
  from: string | null;
  reason: string;
  password: string;
}

/** A number of the policy: `value` counts today, `default` would without the county's settings. */
export interface Parameter {
  name: string;
  label: Bilingual;
  unit: string;
  value: string | null;
  default: string | null;
  /** No setting may go below it; null: only the unit sets a bound. */
  least: string | null;
  origin: string;
  note: string;
  articles: Citation[];
  pack: string;
  in_force: boolean;
  values: { from: string; value: string | null }[];
  settings: Setting[];
}

export interface Rule {
  rule: string;
  label: Bilingual;
  severity: LitSeverity;
  risks: string[];
  note: string;
  articles: Citation[];
  /** The condition in words, and as the pack has it. */
  words: Bilingual;
  condition: Record<string, unknown>;
  parameters: string[];
  pack: string;
  pack_version: string;
  on: boolean;
  in_force: boolean;
  choosable: boolean;
  settings: Setting[];
}

/** `version` names the rules of `day`. */
export interface PolicyList<T> {
  profile: string;
  day: string;
  version: string;
  items: T[];
}

/** Other rules than today's, for a simulation. */
export interface OtherRules {
  parameters: Record<string, string>;
  rules_off: string[];
}

export interface Total {
  flagged: number;
  persons: number;
  red: number;
  yellow: number;
  attention: number;
}

/** Households before and after, and those that cross. */
export interface Shift {
  now: number;
  then: number;
  entering: number;
  leaving: number;
  persons_entering: number;
  persons_leaving: number;
}

export interface Simulation {
  profile: string;
  day: string;
  households: number;
  persons: number;
  without_facts: number;
  unreadable: number;
  now: Total;
  then: Total;
  entering: number;
  leaving: number;
  persons_entering: number;
  persons_leaving: number;
  rules: (Shift & { rule: string; label: Bilingual; severity: LitSeverity; changed: boolean })[];
  kinds: (Shift & { kind: Kind })[];
  townships: (Shift & { code: string; name: string; households: number })[];
  causes: (Shift & { risk: Risk })[];
}

export type Direction = 'entering' | 'leaving' | 'now' | 'then';

/** The households behind a number: of a rule, kind, township or risk, or all with a light. */
export interface HouseholdsOf {
  rule?: string;
  kind?: Kind;
  township?: string;
  risk?: Risk;
  direction: Direction;
}

export interface SimulatedHousehold {
  household: HouseholdLine;
  persons: number;
  visit_id: string;
  visited_at: string;
  now: string[];
  then: string[];
  kind_now: string | null;
  kind_then: string | null;
}

export interface SimulatedPage {
  items: SimulatedHousehold[];
  next: string | null;
  total: number;
}

export interface CurvePoint {
  value: string;
  households: number;
  persons: number;
  red: number;
}

export interface Curve {
  parameter: string;
  current: string | null;
  points: CurvePoint[];
}

export type RunState = 'waiting' | 'running' | 'done';
export type RunTrigger = 'asked' | 'setting' | 'packs' | 'command';

/** One run over the county: `done` of `total` households so far. */
export interface Run {
  id: string;
  region_code: string;
  trigger: RunTrigger;
  reason: string;
  state: RunState;
  day: string;
  version: string;
  total: number;
  done: number;
  households_changed: number;
  opened: number;
  closed: number;
  unreadable: number;
  requested_by: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface RunPage {
  items: Run[];
  next: string | null;
}

export interface FlagChange {
  household: HouseholdLine;
  visit_id: string;
  rule: string;
  label: Bilingual;
  severity: LitSeverity;
  direction: 'opened' | 'closed';
  pack: string;
  pack_version: string;
  at: string;
}

export interface ChangePage {
  items: FlagChange[];
  next: string | null;
  counts: { rule: string; label: Bilingual; severity: LitSeverity; opened: number; closed: number }[];
}

export interface CalendarDay {
  date: string;
  working: boolean;
  name: Bilingual | null;
  origin: 'library' | 'county' | 'weekend';
  source: string | null;
  changed_by: string | null;
  changed_at: string | null;
}

/** The days of a year that are not what their weekday says. */
export interface CalendarYear {
  year: number;
  county: string | null;
  /** The holidays of the year are not announced: weekends only. */
  estimated: boolean;
  known_until: number;
  working_days: number;
  days: CalendarDay[];
}

export interface CalendarDayRequest {
  working: boolean;
  name: string;
  source: string;
}

/** In how many visits only the phone or only the server met a rule, or left it open. */
export interface RuleDifferences {
  met_phone: number;
  met_server: number;
  open_phone: number;
  open_server: number;
}

export interface RuleHealth {
  rule: string;
  label: Bilingual;
  severity: LitSeverity;
  met: number;
  /** 0 to 1 of all households with facts. */
  met_share: number | null;
  unknown: number;
  unknown_share: number | null;
  last_met_at: string | null;
  differences: RuleDifferences;
}

export interface Health {
  version: string;
  households: number;
  previews: { compared: number; agreed: number; differing: number };
  versions: { phone: string; server: string; visits: number; last_at: string }[];
  rules: RuleHealth[];
}

/** A visit that phone and server judge otherwise; each list holds what only one of them says. */
export interface DifferingVisit {
  visit_id: string;
  household_id: string;
  region_code: string;
  author_name: string;
  visited_at: string;
  noted_at: string;
  phone_version: string;
  server_version: string;
  packs: Record<string, string>;
  met_phone: string[];
  met_server: string[];
  open_phone: string[];
  open_server: string[];
}

export interface DifferingPage {
  items: DifferingVisit[];
  next: string | null;
}
