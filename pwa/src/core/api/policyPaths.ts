/** The operations on the policy in the form that openapi-fetch reads. */
import type { Delete, Get, Post, Put } from './paths';
import type {
  CalendarDay,
  CalendarDayRequest,
  CalendarYear,
  ChangePage,
  Curve,
  DifferingPage,
  Health,
  HouseholdsOf,
  OtherRules,
  Parameter,
  PolicyList,
  RevocationRequest,
  Rule,
  Run,
  RunPage,
  Setting,
  SettingRequest,
  SimulatedPage,
  Simulation,
} from './policyTypes';

export interface PolicyPaths {
  '/policy/parameters': Get<PolicyList<Parameter>>;
  '/policy/rules': Get<PolicyList<Rule>>;
  '/policy/settings': Get<{ items: Setting[] }> & Post<Setting, SettingRequest>;
  '/policy/settings/{setting_id}/revoke': Post<Setting, RevocationRequest, { setting_id: string }>;
  '/policy/simulations': Post<Simulation, OtherRules>;
  '/policy/simulations/households': Post<
    SimulatedPage,
    OtherRules & { list: HouseholdsOf; after: string | null; limit: number }
  >;
  '/policy/simulations/curve': Post<
    Curve,
    OtherRules & { parameter: string; from: string; to: string; steps: number }
  >;
  '/policy/rejudgements': Get<RunPage, undefined, { after?: string; limit?: number }> &
    Post<Run, { reason: string }>;
  '/policy/rejudgements/{run_id}': Get<Run, { run_id: string }>;
  '/policy/rejudgements/{run_id}/changes': Get<
    ChangePage,
    { run_id: string },
    { direction?: 'opened' | 'closed'; rule?: string; after?: string; limit?: number }
  >;
  '/policy/rule-health': Get<Health>;
  '/policy/rule-health/differences': Get<
    DifferingPage,
    undefined,
    { rule?: string; cursor?: string; limit?: number }
  >;
  '/calendar': Get<CalendarYear, undefined, { year: number }>;
  '/calendar/days/{on}': Put<CalendarDay, CalendarDayRequest, { on: string }> & Delete<{ on: string }>;
}
