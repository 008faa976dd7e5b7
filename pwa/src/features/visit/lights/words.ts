/** Lights in words: the answers that caused them, with names for people and units for amounts. */
import type { ChecklistJson } from '../../../core/api/types';
import { hasText, t } from '../../../core/i18n';
import type { Cause } from '../../../core/policy/engine';
import { answerText, factLabel, joined, personName, plainText } from '../../../record/answers';
import { readChecklist, type Checklist as Shown } from '../../../record/checklist';
import type { Controller } from '../controller';

export interface Speaker {
  readonly shown: Shown;
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

export function speaker(controller: Controller): Speaker {
  const { people } = controller.form.value.around;
  return {
    shown: readChecklist(controller.opened.checklist as unknown as ChecklistJson),
    people: people.map(({ id, name = '—' }) => ({ id, name })),
  };
}

export const factName = ({ shown }: Speaker, fact: string): string => factLabel(shown, fact);

/** A rule by its name; one that this version of the app has no English name for keeps the Chinese one. */
export const ruleName = ({ rule }: { readonly rule: string }): string => t(`rule.${rule}`);

export const causeName = (who: Speaker, { fact }: Cause): string =>
  hasText(`rule.${fact}`) ? t(`rule.${fact}`) : factName(who, fact);

function valueText({ shown, people }: Speaker, { fact, value }: Cause): string {
  const question = shown.byId.get(fact);
  if (question) return answerText(question, value, people).text;
  const loop = shown.loops.some(({ id }) => id === fact);
  if (fact === 'who') return personName(people, String(value));
  return loop && Array.isArray(value)
    ? joined(value.map((id) => personName(people, String(id))))
    : plainText(value);
}

/** Each answer once; one that is held against a line is told with it. */
export function told(causes: readonly Cause[]): readonly Cause[] {
  const key = ({ fact, item, value }: Cause) => JSON.stringify([fact, item, value]);
  const lined = new Set(causes.filter(({ threshold }) => threshold !== null).map(key));
  const plain = causes.filter((cause) => cause.threshold !== null || !lined.has(key(cause)));
  const whole = plain.map((cause) => `${key(cause)}${String(cause.threshold)}`);
  return plain.filter((_, at) => whole.indexOf(whole[at] ?? '') === at);
}

/** "黄小明：12,000 元（线 5,000 元）". */
export function causeText(who: Speaker, cause: Cause): string {
  const value = valueText(who, cause);
  const { threshold, item } = cause;
  const line = threshold !== null && Number(threshold) !== 0 ? plainText(threshold) : null;
  const text = line === null ? value : t('record.valueAndLine', { value, line });
  return item === null || cause.fact === 'who'
    ? text
    : t('visit.lights.of', { name: personName(who.people, item), text });
}
