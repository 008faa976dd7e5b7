/** Shapes the visit form works with: the checklist definition and the draft. */

import type {
  Answers,
  ChangeReason,
  Household,
  Member,
  Notes,
  PhotoFacts,
  PhotoHint,
  PhotoKind,
  PhotoQuality,
  PhotoRef,
  RosterFacts,
  SinceLast,
  VisitBody,
} from '../../core/api/types';
import type { Json } from '../../core/canonical';
import type { Bilingual } from '../../core/i18n';

export type {
  Answers,
  ChangeReason,
  Household,
  Member,
  Notes,
  PhotoFacts,
  PhotoHint,
  PhotoKind,
  PhotoQuality,
  PhotoRef,
  RosterFacts,
  SinceLast,
  VisitBody,
};

export interface Option {
  readonly id: string;
  readonly label: Bilingual;
  /** Pushes all other options out ("none", "all in order"). */
  readonly exclusive?: boolean;
}

export interface Constraint {
  readonly check: Json;
  readonly message: Bilingual;
}

/** One line of the member form. */
export interface FormField {
  readonly id: string;
  readonly type: 'one' | 'text' | 'date' | 'id_number' | 'member';
  readonly label: Bilingual;
  readonly max_length?: number;
  readonly options?: readonly Option[];
}

export type QuestionType = 'one' | 'many' | 'members' | 'money' | 'date' | 'photo' | 'repeat';

export interface Question {
  readonly id: string;
  readonly section: string;
  readonly type: QuestionType;
  readonly label: Bilingual;
  readonly hint?: Bilingual;
  readonly options?: readonly Option[];
  readonly fields?: readonly FormField[];
  readonly show?: Json;
  readonly loop?: string;
  readonly constraints?: readonly Constraint[];
  /** Decimal yuan as text, inclusive. */
  readonly min?: string;
  readonly max?: string;
  readonly max_age_months?: number;
  readonly max_count?: number;
  readonly required?: boolean;
  readonly required_when?: Json;
  readonly problem?: boolean;
  /** What the question counts as while it is hidden because nothing is wrong there. */
  readonly neutral?: Json;
  /** Filled in by the visitor from what they see; never read out to the household. */
  readonly observer?: boolean;
  /** When the last visit's answer may not stand for this one's: never, or not in another year. */
  readonly anew?: 'always' | 'year';
  /** A change between "nothing wrong" and "something wrong" needs a reason. */
  readonly safety?: boolean;
}

export interface Loop {
  readonly id: string;
  readonly opened_by: string;
  readonly key: string;
  readonly also?: Json;
  readonly also_stage?: string;
  readonly fields_from_member?: readonly string[];
  readonly year?: boolean;
  readonly title?: Bilingual;
}

export interface Section {
  readonly id: string;
  readonly title: Bilingual;
}

export interface Checklist {
  readonly version: string;
  readonly sections: readonly Section[];
  readonly questions: readonly Question[];
  readonly loops: readonly Loop[];
}

/** One entry of `roster_edit`: what is filled in is what changes. */
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

/** A member as the form needs them; those a visit adds have only what was typed. */
export interface Person {
  readonly id: string;
  readonly name?: string;
  readonly relation?: string | null;
  readonly sex?: string | null;
  readonly age?: number | null;
  readonly stage?: string | null;
}

export type LoopItem = { readonly [field: string]: Json | undefined };
export type ReadonlyAnswers = LoopItem;
export type Sex = 'male' | 'female';

/** Everything typed so far; saved whole after every answer. `at` is the step to reopen at. */
export interface Draft {
  readonly id: string;
  readonly household_id: string;
  readonly checklist_version: string;
  /** The returned visit that this one replaces. */
  readonly revises: string | null;
  /** The refused record on this phone that this one takes the place of. */
  readonly corrects: string | null;
  readonly started_at: string;
  readonly answers: ReadonlyAnswers;
  readonly notes: Readonly<Notes>;
  readonly photos: readonly PhotoRef[];
  readonly location: VisitBody['location'];
  readonly location_missing_reason: string | null;
  readonly at: string | null;
  /** Absent in drafts of older versions. */
  readonly since?: Readonly<SinceLast>;
  /** The newer checklist that was offered to this draft and not wanted. */
  readonly declined?: string;
}
