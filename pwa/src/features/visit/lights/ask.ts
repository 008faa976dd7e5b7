/** What is still to ask so that open rules can be decided. Pure. */
import type { Judged, OpenRule } from '../../../core/policy/engine';
import type { Form, Step } from '../model';

/** A question on screen and the rules that wait for it. */
export interface ToAsk {
  readonly step: Step;
  readonly rules: readonly OpenRule[];
}

/** Open questions that rules wait for, in the order of the form. */
export function toAsk(judged: Judged, form: Form): ToAsk[] {
  return form.taken.flatMap(({ step, reading }) => {
    const rules = judged.unknown.filter((rule) => rule.ask.includes(step.question.id));
    return rules.length > 0 && reading.value === undefined ? [{ step, rules }] : [];
  });
}

/** Facts of the register that rules wait for: nobody can answer them in this form. */
export function fromRegister(judged: Judged, roster: Readonly<Record<string, unknown>>): string[] {
  const names = judged.unknown.flatMap((rule) => rule.ask);
  return [...new Set(names)].filter((name) => name in roster);
}
