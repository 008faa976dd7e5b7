/** The form at run time: which questions are open now, what is still to ask, what is wrong. Pure. */

import type { Json } from '../../core/canonical';
import { type Facts, fails, holds } from '../../core/policy/expression';
import { factsOf, loopItems, type Situation } from './facts';
import { isMoney } from './money';
import type { Answers, Checklist, LoopItem, Question, Text } from './types';

/** One question on screen; inside a loop there is one step a member. */
export interface Step {
  readonly key: string;
  readonly question: Question;
  readonly loop?: string;
  readonly who?: string;
}

export interface Form {
  readonly facts: Facts;
  readonly steps: readonly Step[];
  /** Answers without anything a hidden question left behind. */
  readonly answers: Answers;
}

/** Why an answer cannot stay: a sentence of the checklist, or a code the screen has words for. */
export type Issue = { readonly key: string } & (
  | { readonly message: Text }
  | { readonly code: 'money' | 'min' | 'max' | 'date' | 'too_many'; readonly limit?: string }
);

export const CONSENT = 'consent';
export const PHOTOS = 'photos';
export const ROSTER_EDIT = 'roster_edit';

export const stepKey = (question: string, who?: string): string => (who ? `${question}@${who}` : question);

/** The stored answer of a step. */
export function answerAt(answers: Answers, step: Step): Json | undefined {
  if (step.loop === undefined) return answers[step.question.id];
  return itemOf(answers, step)?.[step.question.id];
}

function itemOf(answers: Answers, step: Step): LoopItem | undefined {
  const items = answers[step.loop ?? ''];
  return Array.isArray(items) ? (items as LoopItem[]).find((item) => item['who'] === step.who) : undefined;
}

/** Answers with one step set, or cleared when `value` is undefined. The old object is left alone. */
export function setAnswer(answers: Answers, step: Step, value: Json | undefined): Answers {
  if (step.loop === undefined) return withField(answers, step.question.id, value);
  const items = (Array.isArray(answers[step.loop]) ? answers[step.loop] : []) as LoopItem[];
  const item = withField(itemOf(answers, step) ?? { who: step.who ?? '' }, step.question.id, value);
  return { ...answers, [step.loop]: [...items.filter((i) => i['who'] !== step.who), item] };
}

function withField(record: LoopItem, field: string, value: Json | undefined): LoopItem {
  const { [field]: _gone, ...rest } = record;
  return value === undefined ? rest : { ...rest, [field]: value };
}

/**
 * Opens questions until nothing more opens. An answer counts only while its question is shown, and a
 * question may be shown because of any other answer, so the form grows from the bare roster upwards.
 */
export function readForm(checklist: Checklist, answers: Answers, situation: Situation): Form {
  let kept: Answers = {};
  let steps: Step[] = [];
  let facts = factsOf(checklist, kept, situation);
  for (let round = 0; round <= checklist.questions.length; round += 1) {
    steps = openSteps(checklist, facts);
    const next = keep(checklist, answers, steps, situation);
    const same = JSON.stringify(next) === JSON.stringify(kept);
    kept = next;
    facts = factsOf(checklist, kept, situation);
    if (same) break;
  }
  return { facts, steps, answers: kept };
}

function openSteps(checklist: Checklist, facts: Facts): Step[] {
  const open =
    facts[CONSENT] === 'no' ? checklist.questions.filter((q) => q.id === CONSENT) : checklist.questions;
  return open.flatMap((question) =>
    question.loop === undefined ? single(question, facts) : looped(question, facts),
  );
}

const shown = (question: Question, facts: Facts, item?: LoopItem): boolean =>
  question.show === undefined || holds(question.show, facts, item);

const single = (question: Question, facts: Facts): Step[] =>
  shown(question, facts) ? [{ key: question.id, question }] : [];

function looped(question: Question, facts: Facts): Step[] {
  const loop = question.loop ?? '';
  const items = facts[loop];
  if (!Array.isArray(items)) return [];
  return (items as LoopItem[])
    .filter((item) => shown(question, facts, item))
    .map((item) => {
      const who = String(item['who']);
      return { key: stepKey(question.id, who), question, loop, who };
    });
}

/** Only what open questions hold; a loop whose opener is answered stays as a list, even an empty one. */
function keep(checklist: Checklist, answers: Answers, steps: readonly Step[], situation: Situation): Answers {
  const kept: Record<string, Json> = {};
  for (const { question, loop } of steps) {
    const value = answers[question.id];
    if (loop === undefined && value !== undefined && value !== null) kept[question.id] = value;
  }
  for (const loop of checklist.loops) {
    const open = steps.filter((s) => s.loop === loop.id);
    const items = loopItems(loop, { ...kept, [loop.id]: answers[loop.id] ?? [] }, situation);
    if (items !== null) kept[loop.id] = items.map((item) => keepItem(item, loop, open));
  }
  return kept;
}

function keepItem(
  item: LoopItem,
  loop: { key: string; fields_from_member?: readonly string[] },
  open: readonly Step[],
): LoopItem {
  const fields = new Set([loop.key, ...(loop.fields_from_member ?? [])]);
  for (const step of open) if (step.who === item[loop.key]) fields.add(step.question.id);
  return Object.fromEntries(
    Object.entries(item).filter(([field, value]) => fields.has(field) && value !== null),
  );
}

/** Whether a step has its answer. Photos and member changes answer by being there. */
export function isAnswered(form: Form, step: Step, photoCount: number): boolean {
  if (step.question.type === 'photo') return photoCount > 0;
  const value = answerAt(form.answers, step);
  if (step.question.type === 'repeat') return Array.isArray(value) && value.length > 0;
  return value !== undefined && value !== null;
}

/** Questions whose absence is worth a warning. */
export function unanswered(form: Form, photoCount: number): Step[] {
  return form.steps.filter((step) => step.question.required !== false && !isAnswered(form, step, photoCount));
}

export interface Progress {
  readonly answered: number;
  readonly total: number;
}

/** Answered and countable questions; optional ones count once they are answered. */
export function progress(form: Form, photoCount: number): Progress {
  const done = form.steps.filter((step) => isAnswered(form, step, photoCount)).length;
  return { answered: done, total: done + unanswered(form, photoCount).length };
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Everything wrong with the answers given; a missing answer is never an error here. */
export function issues(form: Form): Issue[] {
  return form.steps.flatMap((step) => issuesOf(form, step));
}

function issuesOf(form: Form, step: Step): Issue[] {
  const { question, key } = step;
  const value = answerAt(form.answers, step);
  if (value !== undefined) {
    if (question.type === 'money') {
      const issue = moneyIssue(question, value);
      if (issue) return [{ key, ...issue }];
    }
    if (question.type === 'date' && !(typeof value === 'string' && ISO_DAY.test(value)))
      return [{ key, code: 'date' }];
  }
  return violated(form, step).map((message) => ({ key, message }));
}

function moneyIssue(
  question: Question,
  value: Json,
): { code: 'money' | 'min' | 'max'; limit?: string } | null {
  if (!isMoney(value)) return { code: 'money' };
  if (question.min !== undefined && Number(value) < Number(question.min))
    return { code: 'min', limit: question.min };
  if (question.max !== undefined && Number(value) > Number(question.max))
    return { code: 'max', limit: question.max };
  return null;
}

function violated(form: Form, step: Step): Text[] {
  const loopFacts = step.loop === undefined ? undefined : form.facts[step.loop];
  const item = Array.isArray(loopFacts)
    ? (loopFacts as LoopItem[]).find((i) => i['who'] === step.who)
    : undefined;
  return (step.question.constraints ?? [])
    .filter((c) => fails(c.check, form.facts, item))
    .map((c) => c.message);
}
