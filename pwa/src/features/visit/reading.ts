/** Reads single answers the way the server does: strict types, no coercion, the same codes. */

import type { Json } from '../../core/canonical';
import { isMoney } from './money';
import { type RosterProblem, rosterProblems } from './roster';
import type { LoopItem, Person, Question, RosterChange } from './types';

export type Code =
  | 'wrong_type'
  | 'unknown_option'
  | 'unknown_member'
  | 'out_of_range'
  | 'duplicate'
  | 'constraint';

export interface Around {
  /** Day of the visit, Asia/Shanghai. */
  readonly today: string;
  /** Members of the register and those this visit adds. */
  readonly people: readonly Person[];
  /** Members of the register alone. */
  readonly members: readonly Person[];
}

/** A value as conditions see it (money in yuan as a number), or what is wrong with it. */
export interface Reading {
  readonly value?: Json;
  readonly code?: Code;
  /** What was passed, for the sentence on screen. */
  readonly limit?: string;
  readonly roster?: readonly RosterProblem[];
}

/** Amounts without a limit of their own stop at nine digits: more is a slip of the finger. */
const CEILING = '999999999.99';
const UNKNOWN = 'unknown';

export const isItem = (
  json: Json | undefined,
): json is LoopItem & { readonly [field: string]: Json | undefined } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Options as stored: "none" of a list question is written as the empty list. */
const stored = (question: Question): Set<string> =>
  new Set((question.options ?? []).map((o) => o.id).filter((id) => question.type === 'one' || id !== 'none'));

export function read(question: Question, raw: Json, around: Around): Reading {
  return READERS[question.type](question, raw, around);
}

type Reader = (question: Question, raw: Json, around: Around) => Reading;

const isText = (json: Json): json is string => typeof json === 'string';

const readOne: Reader = (question, raw) => {
  if (!isText(raw)) return { code: 'wrong_type' };
  return stored(question).has(raw) ? { value: raw } : { code: 'unknown_option' };
};

/** What keeps `raw` from being a list of distinct texts out of `allowed`. */
function listCode(raw: Json, allowed: ReadonlySet<string>, foreign: Code): Code | null {
  if (!Array.isArray(raw) || !raw.every(isText)) return 'wrong_type';
  if (new Set(raw).size !== raw.length) return 'duplicate';
  return raw.every((id) => allowed.has(id)) ? null : foreign;
}

const readMany: Reader = (question, raw) => {
  const code = listCode(raw, stored(question), 'unknown_option');
  return code ? { code } : { value: raw };
};

/** "unknown" is an answer, but its value stays missing. */
const readMembers: Reader = (question, raw, around) => {
  if (raw === UNKNOWN) return stored(question).has(UNKNOWN) ? {} : { code: 'unknown_option' };
  const code = listCode(raw, new Set(around.people.map((p) => p.id)), 'unknown_member');
  return code ? { code } : { value: raw };
};

const readMoney: Reader = ({ min = '0.00', max = CEILING }, raw) => {
  if (isText(raw) && raw.startsWith('-') && isMoney(raw.slice(1)))
    return { code: 'out_of_range', limit: min };
  if (!isMoney(raw)) return { code: 'wrong_type' };
  if (Number(raw) < Number(min)) return { code: 'out_of_range', limit: min };
  return Number(raw) > Number(max) ? { code: 'out_of_range', limit: max } : { value: Number(raw) };
};

/** Whether `text` names a day of the calendar, YYYY-MM-DD. */
export function isDay(text: Json): boolean {
  if (!isText(text) || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The same day that many months earlier, as text; it need not exist, the order of texts is enough. */
export function monthsBefore(today: string, months: number): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  const count = year * 12 + month - 1 - months;
  const two = String((count % 12) + 1).padStart(2, '0');
  return `${Math.floor(count / 12)}-${two}${today.slice(7)}`;
}

const readDate: Reader = (question, raw, around) => {
  if (!isDay(raw)) return { code: 'wrong_type' };
  const oldest =
    question.max_age_months === undefined ? '' : monthsBefore(around.today, question.max_age_months);
  return String(raw) < oldest ? { code: 'out_of_range', limit: oldest } : { value: raw };
};

const CHANGES: ReadonlySet<Json | undefined> = new Set(['add', 'change', 'remove']);

const readRepeat: Reader = (_question, raw, around) => {
  if (!Array.isArray(raw) || !raw.every(isItem)) return { code: 'wrong_type' };
  if (!raw.every((entry) => CHANGES.has(entry['op']))) return { code: 'unknown_option' };
  const roster = rosterProblems(raw as unknown as RosterChange[], around.members, around.today);
  return roster[0] ? { code: roster[0].refusal, roster } : { value: raw };
};

const READERS: { readonly [type in Question['type']]: Reader } = {
  one: readOne,
  many: readMany,
  members: readMembers,
  money: readMoney,
  date: readDate,
  // Photos travel with the visit, never among the answers.
  photo: () => ({ code: 'wrong_type' }),
  repeat: readRepeat,
};
