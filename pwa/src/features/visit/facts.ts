/**
 * What the conditions of the checklist look at: roster, answers, the open loops and the few facts
 * derived from them (twin of the derivation the server makes before it checks a visit).
 */

import type { Json } from '../../core/canonical';
import { type Facts, holds } from '../../core/policy/expression';
import { isMoney } from './money';
import type { Answers, Checklist, Loop, LoopItem, Member, Question, Roster } from './types';

const ROSTER_MONEY: ReadonlySet<string> = new Set(['pcni_prev', 'net_prev']);

export interface Situation {
  readonly roster: Roster;
  readonly members: readonly Member[];
  /** Day of the visit, Asia/Shanghai. */
  readonly today: string;
  readonly photoCount: number;
}

const isItem = (json: Json): json is LoopItem =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

/** Items of a loop as stored, by the member they are about. */
export function storedItems(answers: Answers, loop: Loop): ReadonlyMap<string, LoopItem> {
  const stored = answers[loop.id];
  const items = Array.isArray(stored) ? stored.filter(isItem) : [];
  return new Map(items.map((item) => [String(item[loop.key]), item]));
}

const COLLEGE = 'college';

/** Members a loop is open for, in household order; null while the question that opens it is unanswered. */
function openFor(loop: Loop, answers: Answers, situation: Situation): string[] | null {
  const named = answers[loop.opened_by];
  const chosen = Array.isArray(named) ? named : [];
  const also = loop.also !== undefined && holds(loop.also, situation.roster);
  const open = situation.members
    .filter((m) => chosen.includes(m.id) || (also && m.stage === COLLEGE))
    .map((m) => m.id);
  return open.length === 0 && named === undefined ? null : open;
}

/** The items of a loop that count now: one a member, with the fields the roster already knows. */
export function loopItems(loop: Loop, answers: Answers, situation: Situation): LoopItem[] | null {
  const open = openFor(loop, answers, situation);
  if (open === null) return null;
  const stored = storedItems(answers, loop);
  return open.map((who) => ({ ...stored.get(who), ...known(loop, who, situation), [loop.key]: who }));
}

function known(loop: Loop, who: string, situation: Situation): LoopItem {
  const member = situation.members.find((m) => m.id === who);
  const fields = loop.fields_from_member ?? [];
  return Object.fromEntries(
    fields.map((field) => [field, (member as LoopItem | undefined)?.[field] ?? null]),
  );
}

/** Whether an answer says that something is wrong: anything but the first option. */
export function isProblem(question: Question, value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  const first = question.options?.[0]?.id;
  if (!Array.isArray(value)) return value !== first;
  return value.length > 0 && !(value.length === 1 && value[0] === first);
}

const toNumber = (value: Json): Json => (isMoney(value) ? Number(value) : value);

function typedItem(item: LoopItem, questions: readonly Question[]): LoopItem {
  const money = questions.filter((q) => q.type === 'money' && isMoney(item[q.id]));
  return { ...item, ...Object.fromEntries(money.map((q) => [q.id, Number(item[q.id])])) };
}

function anyProblem(checklist: Checklist, facts: { readonly [name: string]: Json }): boolean {
  return checklist.questions.filter((q) => q.problem).some((q) => hasProblem(q, facts));
}

function hasProblem(question: Question, facts: { readonly [name: string]: Json }): boolean {
  if (question.loop === undefined) return isProblem(question, facts[question.id]);
  const items = facts[question.loop];
  return Array.isArray(items) && items.some((item) => isItem(item) && isProblem(question, item[question.id]));
}

/** All facts of a situation with these answers; money is a number of yuan, absent answers are absent. */
export function factsOf(checklist: Checklist, answers: Answers, situation: Situation): Facts {
  const facts: Record<string, Json> = {};
  for (const [name, value] of Object.entries(situation.roster)) {
    facts[name] = ROSTER_MONEY.has(name) && typeof value === 'string' ? Number(value) : value;
  }
  for (const question of checklist.questions) {
    const value = answers[question.id];
    if (question.loop === undefined && value !== undefined) {
      facts[question.id] = question.type === 'money' ? toNumber(value) : value;
    }
  }
  for (const loop of checklist.loops) {
    const items = loopItems(loop, answers, situation);
    const questions = checklist.questions.filter((q) => q.loop === loop.id);
    if (items !== null) facts[loop.id] = items.map((item) => typedItem(item, questions));
  }
  facts['today'] = situation.today;
  facts['visit_month'] = Number(situation.today.slice(5, 7));
  facts['any_problem'] = anyProblem(checklist, facts) || (facts['kind'] ?? 'none') !== 'none';
  return facts;
}
