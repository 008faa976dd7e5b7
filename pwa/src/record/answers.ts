/** Stored answers in words. Missing is "not asked", an empty list is "asked, none": the two never look alike. */
import type { Member } from '../core/api/types';
import type { Json } from '../core/canonical';
import { type Bilingual, hasText, locale, pick, t } from '../core/i18n';
import { type Checklist, type Field, type Question, shortLabel } from './checklist';

export interface Shown {
  readonly text: string;
  readonly asked: boolean;
}

export type People = readonly Pick<Member, 'id' | 'name'>[];

type Node = { readonly [key: string]: Json | undefined };
const isNode = (value: Json | undefined): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Joins words as the language on screen does. */
export function joined(words: readonly string[]): string {
  return words.join(locale.value === 'en' ? ', ' : '、');
}

/** "12000.00" as "12,000", "9999.90" as "9,999.90"; text only, so no digit is ever rounded. */
export function amount(value: string): string {
  const [whole = '0', cents = ''] = value.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return /^0*$/.test(cents) ? grouped : `${grouped}.${cents.padEnd(2, '0')}`;
}

/** An amount with its unit: "12,000 元". */
export const yuan = (value: string): string => t('record.yuan', { amount: amount(value) });

const isAmount = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^-?\d+(\.\d{1,2})?$/.test(value);

function optionText(field: Field, id: string): string {
  const found = field.options.find((one) => one.id === id);
  return found ? pick(found.label) : id;
}

function noneText(field: Field): string {
  const none = field.options.find((one) => one.id === 'none');
  return none ? pick(none.label) : t('record.none');
}

/** Name of a member by id; someone who has left the household is called that. */
export function personName(people: People, id: string): string {
  return people.find((one) => one.id === id)?.name ?? t('record.formerMember');
}

function manyText(question: Question, value: readonly Json[]): string {
  if (value.length === 0) return noneText(question);
  return joined(value.map((id) => optionText(question, String(id))));
}

function membersText(question: Question, value: Json, people: People): string {
  if (value === 'unknown') {
    const unknown = question.options.find((one) => one.id === 'unknown');
    return unknown ? pick(unknown.label) : t('record.cannotSay');
  }
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return noneText(question);
  return joined(value.map((id) => personName(people, String(id))));
}

function fieldText(field: Field, value: Json): string {
  return field.options.length > 0 ? optionText(field, String(value)) : String(value);
}

/** One entry of the member list changes: "增加：黄小明，之子，2026-03-01". */
function entryText(question: Question, entry: Node, people: People): string {
  const op = question.fields.find((one) => one.id === 'op');
  const words: string[] = [];
  const member = entry['member_id'];
  if (typeof member === 'string' && entry['name'] === undefined) words.push(personName(people, member));
  for (const field of question.fields) {
    const value = entry[field.id];
    if (value === undefined || value === null || field.id === 'op' || field.id === 'member_id') continue;
    words.push(fieldText(field, value));
  }
  const head = op ? fieldText(op, entry['op'] ?? '') : String(entry['op'] ?? '');
  return t('record.entry', { head, words: joined(words) });
}

function repeatText(question: Question, value: Json, people: People): string {
  if (!Array.isArray(value)) return String(value);
  if (value.length === 0) return t('record.none');
  return value
    .filter(isNode)
    .map((entry) => entryText(question, entry, people))
    .join(locale.value === 'en' ? '; ' : '；');
}

function known(question: Question, value: Json, people: People): string {
  if (question.type === 'members') return membersText(question, value, people);
  if (question.type === 'repeat') return repeatText(question, value, people);
  if (Array.isArray(value)) return manyText(question, value);
  if (question.type === 'money' && isAmount(value)) return yuan(value);
  return optionText(question, String(value));
}

/** An answer as words; missing (null or absent) says that nobody asked. */
export function answerText(question: Question, value: Json | undefined, people: People): Shown {
  if (value === undefined || value === null) return { text: t('record.notAsked'), asked: false };
  return { text: known(question, value, people), asked: true };
}

/** A value without a question (a register fact, a threshold): yes/no, amounts and lists in words. */
export function plainText(value: Json | undefined): string {
  if (value === undefined || value === null) return t('record.notAsked');
  if (typeof value === 'boolean') return t(value ? 'record.yes' : 'record.no');
  if (typeof value === 'string' && /^\d+\.\d{2}$/.test(value)) return yuan(value);
  if (typeof value === 'string') return hasText(`record.code.${value}`) ? t(`record.code.${value}`) : value;
  if (Array.isArray(value)) return value.length === 0 ? t('record.none') : joined(value.map(plainText));
  return isNode(value) ? joined(Object.values(value).map(plainText)) : String(value);
}

/** "+7,000 元" between two amounts, in whole fen so that nothing is rounded; null when they are equal or no amounts. */
export function difference(before: Json, after: Json): string | null {
  if (!isAmount(before) || !isAmount(after)) return null;
  const fen = toFen(after) - toFen(before);
  if (fen === 0n) return null;
  const size = fen < 0n ? -fen : fen;
  return `${fen < 0n ? '−' : '+'}${yuan(`${size / 100n}.${String(size % 100n).padStart(2, '0')}`)}`;
}

function toFen(value: string): bigint {
  const [whole = '0', cents = ''] = value.replace('-', '').split('.');
  const fen = BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0') || '0');
  return value.startsWith('-') ? -fen : fen;
}

/** Label of a question by id in the language on screen, or the id when the checklist does not know it. */
export function labelOf(question: { readonly label: Bilingual } | undefined, id: string): string {
  return question ? pick(question.label) : id;
}

/** Short name of an answer or register fact: the rules' own word for it, else the start of the question, else the id. */
export function factLabel(checklist: Checklist, fact: string): string {
  if (hasText(`record.fact.${fact}`)) return t(`record.fact.${fact}`);
  const question = checklist.byId.get(fact);
  return question ? shortLabel(pick(question.label)) : fact;
}
