/** One-tap answers: which option is exclusive, how "none" is stored, what is on. */

import type { Json } from '../../core/canonical';
import type { Member, Option, Question, Text } from './types';

export const NONE = 'none';
export const UNKNOWN = 'unknown';

const EXCLUSIVE: ReadonlySet<string> = new Set([NONE, 'ok', UNKNOWN]);

/** Options of a question as shown; a members question lists the household between "none" and "unknown". */
export function optionsOf(
  question: Question,
  members: readonly Member[],
  name: (m: Member) => Text,
): Option[] {
  const own = question.options ?? [];
  if (question.type !== 'members') return [...own];
  const people = members.map((m) => ({ id: m.id, label: name(m) }));
  const tail = own.filter((o) => o.id === UNKNOWN);
  return [...own.filter((o) => o.id !== UNKNOWN), ...people, ...tail];
}

/** The options that push all others out ("none", "all in order", "cannot say"). */
export const isExclusive = (question: Question, option: string): boolean =>
  question.type !== 'one' && EXCLUSIVE.has(option);

/** Whether an option is on, given the stored answer ([] is "none"; a missing answer is nothing at all). */
export function isChosen(value: Json | undefined, option: string): boolean {
  if (Array.isArray(value)) return value.length === 0 ? option === NONE : value.includes(option);
  return value === option;
}

/**
 * The answer after tapping `option`. Taking the last option away leaves the question unanswered
 * (undefined): an empty list would claim that the household said "none".
 */
export function choose(question: Question, value: Json | undefined, option: string): Json | undefined {
  if (question.type === 'one') return option;
  if (isExclusive(question, option)) return exclusive(question, option);
  const before = Array.isArray(value) ? value.filter((v) => !isExclusive(question, String(v))) : [];
  const after = before.includes(option) ? before.filter((v) => v !== option) : [...before, option];
  return after.length > 0 ? after : undefined;
}

function exclusive(question: Question, option: string): Json {
  if (option === NONE) return [];
  return question.type === 'members' ? option : [option];
}

/** True when a tap on this option settles the question, so the form may move on by itself. */
export const settles = (question: Question, option: string): boolean =>
  question.type === 'one' || isExclusive(question, option);
