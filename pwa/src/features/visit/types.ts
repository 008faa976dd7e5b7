/** Shapes the visit form works with: the checklist definition, the household and the draft. */

import type { Json } from '../../core/canonical';

export interface Text {
  readonly zh: string;
  readonly en: string;
}

export interface Option {
  readonly id: string;
  readonly label: Text;
}

export interface Constraint {
  readonly check: Json;
  readonly message: Text;
}

export type QuestionType = 'one' | 'many' | 'members' | 'money' | 'date' | 'photo' | 'repeat';

export interface Question {
  readonly id: string;
  readonly section: string;
  readonly type: QuestionType;
  readonly label: Text;
  readonly hint?: Text;
  readonly options?: readonly Option[];
  readonly show?: Json;
  readonly loop?: string;
  readonly constraints?: readonly Constraint[];
  /** Decimal yuan as text, inclusive. */
  readonly min?: string;
  readonly max?: string;
  readonly required?: boolean;
  readonly refs?: readonly string[];
  readonly problem?: boolean;
  /** Filled in by the visitor from what they see; never read out to the household. */
  readonly observer?: boolean;
  readonly max_count?: number;
}

export interface Loop {
  readonly id: string;
  readonly opened_by: string;
  readonly key: string;
  readonly also?: Json;
  readonly fields_from_member?: readonly string[];
}

export interface Section {
  readonly id: string;
  readonly title: Text;
}

export interface Checklist {
  readonly version: string;
  readonly title?: Text;
  readonly sections: readonly Section[];
  readonly questions: readonly Question[];
  readonly loops: readonly Loop[];
}

export type Sex = 'male' | 'female';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly relation: string;
  readonly sex: string;
  readonly age: number | null;
  readonly stage?: string | null;
  readonly labour?: string | null;
  readonly id_masked?: string | null;
}

/** One entry of `roster_edit`. An added member gets an id of our own so the form can tell entries apart. */
export interface RosterChange {
  readonly op: 'add' | 'change' | 'remove';
  readonly member_id?: string;
  readonly name?: string;
  readonly sex?: Sex;
  readonly id_number?: string;
  readonly relation?: string;
  readonly birth_on?: string;
  readonly school_stage?: string;
  readonly labour?: string;
  readonly note?: string;
}

export type LoopItem = { readonly [field: string]: Json };
export type Answers = { readonly [question: string]: Json };
export type Notes = { readonly [question: string]: string };
export type Roster = { readonly [fact: string]: Json };

export type PhotoKind = 'house' | 'water' | 'certificate' | 'bill' | 'scene';

export interface PhotoInfo {
  readonly sha256: string;
  readonly length: number;
  readonly kind: PhotoKind;
  readonly taken_at: string;
}

export interface LastVisit {
  readonly id: string;
  readonly visited_at: string;
  readonly answers: Answers;
}

export interface ReturnedVisit {
  readonly visit_id: string;
  readonly comment: string;
  readonly comments: readonly { readonly question: string; readonly text: string }[];
  readonly answers: Answers;
  readonly notes?: Notes | null;
  readonly photos?: readonly PhotoInfo[] | null;
  readonly reviewed_at?: string | null;
  readonly reviewer_name?: string | null;
}

export interface VisitHousehold {
  readonly id: string;
  readonly number?: string;
  readonly head_name: string;
  readonly address?: string | null;
  readonly roster: Roster;
  readonly members: readonly Member[];
  readonly last_visit: LastVisit | null;
  readonly returned: ReturnedVisit | null;
}

/** The fix as it goes on the wire: numbers as text, so that every language hashes them alike. */
export interface Location {
  readonly lat: string;
  readonly lon: string;
  readonly accuracy_m: string;
  readonly fixed_at: string;
  readonly datum: 'WGS-84';
}

/** Everything typed so far; saved whole after every answer. `at` is the step to reopen at. */
export interface Draft {
  readonly id: string;
  readonly household_id: string;
  readonly checklist_version: string;
  readonly revises: string | null;
  readonly started_at: string;
  readonly saved_at: string;
  readonly answers: Answers;
  readonly notes: Notes;
  readonly photos: readonly PhotoInfo[];
  readonly location: Location | null;
  readonly location_missing_reason: string | null;
  readonly at: string | null;
}

export interface Device {
  readonly id: string;
  readonly app_version: string;
}

export interface VisitBody extends Omit<Draft, 'saved_at' | 'at'> {
  readonly finished_at: string;
  readonly roster: Roster;
  readonly device: Device;
}
