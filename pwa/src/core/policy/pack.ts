/** The rules of one county as the server compiles them for the phone (GET /policy). */
import type { Json } from '../canonical';

export type RuleSeverity = 'red' | 'yellow' | 'attention';

/** A county's own setting: what it is about, first and last day (null: no end known), and for a parameter its value. */
export type Setting = readonly [name: string, since: string, until: string | null, value?: string];

export interface PackEntry {
  readonly id: string;
  readonly version: string;
  readonly since: string;
  readonly until: string | null;
}

export interface DerivedEntry {
  readonly name: string;
  /** Place of its pack in `packs`. */
  readonly pack: number;
  readonly when?: Json;
  readonly value?: Json;
}

export interface RuleEntry {
  readonly id: string;
  readonly pack: number;
  readonly severity: RuleSeverity;
  /** Chinese; the app knows the English ones. */
  readonly label: string;
  readonly cites: readonly string[];
  readonly when: Json;
  /** In force only where the county chose it. */
  readonly choosable?: boolean;
}

export interface CompactPack {
  readonly form: 1;
  /** Changes with everything that can change a judgement. */
  readonly version: string;
  readonly profile: string;
  /** Days before it are judged as this one. */
  readonly since: string;
  readonly packs: readonly PackEntry[];
  /** Values by first day, oldest first; null: none in force from that day. */
  readonly params: {
    readonly [name: string]: {
      readonly unit: string;
      readonly values: readonly (readonly [string, string | null])[];
    };
  };
  readonly local: {
    readonly params: readonly Setting[];
    readonly off: readonly Setting[];
    readonly on: readonly Setting[];
  };
  readonly derived: readonly DerivedEntry[];
  readonly rules: readonly RuleEntry[];
  /** Document (place in `documents`) and sentence of each cited article. */
  readonly articles: { readonly [id: string]: readonly [document: number, text: string] };
  readonly documents: readonly string[];
  /** Of derived facts; questions and the register have their own words on the phone. */
  readonly labels: { readonly [fact: string]: string };
  /** Facts that are amounts in yuan. */
  readonly money: readonly string[];
  readonly within: Json;
}
