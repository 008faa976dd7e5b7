/** One-tap answers: which option is exclusive, how "none" is stored, what is on. */

import type { Json } from '../../core/canonical';
import type { Bilingual } from '../../core/i18n';
import type { Checklist, Option, Person, Question } from './types';

export const NONE = 'none';
export const UNKNOWN = 'unknown';

/** Options of a question as shown; a members question lists the household between "none" and "unknown". */
export function optionsOf(
  question: Question,
  people: readonly Person[],
  name: (person: Person) => Bilingual,
): Option[] {
  const own = question.options ?? [];
  if (question.type !== 'members') return [...own];
  const named = people.map((person) => ({ id: person.id, label: name(person) }));
  return [...own.filter((o) => o.id !== UNKNOWN), ...named, ...own.filter((o) => o.id === UNKNOWN)];
}

/** Whom a members question can be about: students only where it asks about students and the register knows them. */
export function askable(
  question: Question,
  checklist: Checklist,
  people: readonly Person[],
): readonly Person[] {
  const loop = checklist.loops.find((l) => l.opened_by === question.id);
  const students = people.filter((person) => person.stage != null);
  return loop?.fields_from_member?.includes('stage') && students.length > 0 ? students : people;
}

/** The options that push all others out ("none", "all in order", "cannot say"). */
export function isExclusive(question: Question, option: string): boolean {
  if (question.type === 'one') return false;
  if (question.type === 'members' && option === UNKNOWN) return true;
  return question.options?.some((o) => o.id === option && o.exclusive === true) ?? false;
}

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
  if (isExclusive(question, option)) return alone(question, option);
  const before = Array.isArray(value) ? value.filter((v) => !isExclusive(question, String(v))) : [];
  const after = before.includes(option) ? before.filter((v) => v !== option) : [...before, option];
  return after.length > 0 ? after : undefined;
}

function alone(question: Question, option: string): Json {
  if (option === NONE) return [];
  return question.type === 'members' ? option : [option];
}

/** True when a tap on this option settles the question, so the form may move on by itself. */
export const settles = (question: Question, option: string): boolean =>
  question.type === 'one' || isExclusive(question, option);
