/** Answers and people in words. */

import { issueWords } from '../../core/api/problem';
import type { Json } from '../../core/canonical';
import { showDay } from '../../core/format';
import { type Bilingual, pick, t } from '../../core/i18n';
import { inTenThousands, showMoney } from '../../ui/money';
import { optionsOf } from './choices';
import type { Issue } from './issues';
import { isMoney } from './money';
import type { Checklist, Option, Person, Question } from './types';
import type { Step } from './walk';

/** The relation in both languages: the register keeps the word of the national form, the checklist translates it. */
function relationWords(relation: string, checklist: Checklist): Bilingual {
  const fields = checklist.questions.flatMap((q) => q.fields ?? []);
  const options = fields.find((field) => field.id === 'relation')?.options;
  return options?.find((o) => o.id === relation)?.label ?? { zh: relation, en: relation };
}

/** "覃秀兰（户主，63 岁）" */
export function personName({ name, relation, age }: Person, checklist: Checklist): Bilingual {
  const words = relation ? relationWords(relation, checklist) : null;
  const years = typeof age === 'number' ? { zh: `${age} 岁`, en: String(age) } : null;
  const more = [words, years].filter((part) => part !== null);
  const who = name?.trim() || '—';
  if (more.length === 0) return { zh: who, en: who };
  return {
    zh: `${who}（${more.map((part) => part.zh).join('，')}）`,
    en: `${who} (${more.map((part) => part.en).join(', ')})`,
  };
}

/** A question, with the person it is about. */
export function stepName(step: Step, people: readonly Person[], checklist: Checklist): string {
  const label = pick(step.question.label);
  const person = people.find(({ id }) => id === step.who);
  return person ? `${pick(personName(person, checklist))} · ${label}` : label;
}

/** The choices of a question as it is drawn. */
export const optionsFor = (question: Question, people: readonly Person[], checklist: Checklist): Option[] =>
  optionsOf(question, people, (person) => personName(person, checklist));

/** "1.2 万" behind an amount from ten thousand on. */
export function wanEcho(value: string): string {
  const wan = inTenThousands(value);
  return wan === '' ? '' : t('visit.wan', { wan });
}

/** An answer as people say it. */
export function answerText(
  question: Question,
  value: Json,
  people: readonly Person[],
  checklist: Checklist,
): string {
  if (isMoney(value)) return t('visit.yuan', { amount: showMoney(value) });
  if (question.type === 'date') return showDay(String(value));
  const options = optionsFor(question, people, checklist);
  const word = (id: Json) => {
    const label = options.find((o) => o.id === id)?.label;
    return label ? pick(label) : String(id);
  };
  if (!Array.isArray(value)) return word(value);
  return value.length === 0 ? word('none') : value.map(word).join(t('visit.comma'));
}

/** What is wrong, in words. */
export function issueText(issue: Issue): string {
  if (issue.message) return pick(issue.message);
  if (issue.roster) return t(`visit.roster.${issue.roster.what}`);
  const { limit, code } = issue;
  if (limit === undefined) return issueWords(code);
  if (isMoney(limit)) return t('visit.issue.too_much', { limit: showMoney(limit) });
  return t('visit.issue.too_early', { limit: showDay(limit) });
}

/** A sentence without its full stop, to stand inside another one. */
export const withoutStop = (sentence: string): string => sentence.trim().replace(/[。.]+$/u, '');
