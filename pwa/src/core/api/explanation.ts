/** Why a light is lit, as the server says it (see `policy/explain`). */
import type { Json } from '../canonical';
import type { Bilingual } from '../i18n';
import type { RunAct, Severity } from './types';

/** One place of a rule's condition; in a loop one part for each member: `item` is the id, `index` counts from 0. */
export interface WhyNode {
  form: 'all' | 'any' | 'not' | 'some' | 'every' | 'any_rule' | 'test';
  words: Bilingual;
  /** What a loop asks, without what it asks of each person. */
  heading: Bilingual | null;
  truth: boolean | null;
  item: string | null;
  index: number | null;
  parts: WhyNode[];
}

export type WhySource =
  | 'answer'
  | 'register'
  | 'last_year'
  | 'department_list'
  | 'derived'
  | 'form'
  | 'other_rules'
  | 'given';

/** A value that a rule reads, and where it comes from. */
export interface WhyInput {
  fact: string;
  item: string | null;
  index: number | null;
  label: Bilingual;
  value: Json;
  text: Bilingual;
  source: WhySource;
}

export interface WhyOperand extends WhyInput {
  /** How it was reckoned, where it was. */
  steps: { formula: Bilingual; figures: Bilingual; inputs: WhyInput[] } | null;
}

export interface WhyStep {
  fact: string;
  item: string | null;
  index: number | null;
  label: Bilingual;
  before: Json;
  after: Json;
  by: Json;
  removed: string[];
  added: string[];
  instead: string[];
  any_value: boolean;
  fixed: boolean;
  distance: Bilingual | null;
  words: Bilingual;
}

export interface WhyChange {
  words: Bilingual;
  steps: WhyStep[];
}

/** Why a light is lit. `rebuilt`: made again from the answers of an older visit. */
export interface Explanation {
  visit_id: string;
  day: string;
  basis: 'as_judged' | 'rebuilt';
  /** The rules that lit it; `exact` false where only something near them is left. */
  judged_by: { pack: string; pack_version: string; rules: string | null; day: string; exact: boolean };
  opened_by: RunAct | null;
  closed_by: RunAct | null;
  rule: string;
  label: Bilingual;
  severity: Exclude<Severity, 'none'>;
  /** `closed`: put out by a run; the tree says why it was lit. */
  state: 'met' | 'not_met' | 'unknown' | 'closed';
  words: Bilingual;
  tree: WhyNode;
  operands: WhyOperand[];
  parameters: {
    name: string;
    label: Bilingual;
    value: string | null;
    text: Bilingual;
    origin: 'document' | 'county_must_set' | 'county';
    since: string | null;
    cites: string[];
    note: string;
  }[];
  articles: { id: string; document: string; text: string }[];
  ask: string[];
  change: WhyChange | null;
  alternatives: WhyChange[];
  pack: string;
  pack_version: string;
}
