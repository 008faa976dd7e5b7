/** Sections of the form as the screen folds them. Pure. */

import { type Form, isAnswered, isDue, type Step } from './model';
import type { Checklist, Section } from './types';

export interface OpenSection {
  readonly section: Section;
  readonly steps: readonly Step[];
  readonly done: boolean;
}

/** Sections with open questions, in the order of the checklist. A section of optional steps alone is never done. */
export function openSections(checklist: Checklist, form: Form, photoCount: number): OpenSection[] {
  return checklist.sections.flatMap((section) => {
    const steps = form.steps.filter((step) => step.question.section === section.id);
    if (steps.length === 0) return [];
    const done = steps.every((s) => !isDue(form, s) || isAnswered(form, s, photoCount));
    const some = steps.some((s) => isAnswered(form, s, photoCount));
    return [{ section, steps, done: done && some }];
  });
}

/** Steps of a section in cards: a question alone, or all questions about one person. */
export function cards(steps: readonly Step[]): (readonly Step[])[] {
  const found: Step[][] = [];
  for (const step of steps) {
    const last = found.at(-1);
    const before = last?.[0];
    if (last && step.loop !== undefined && before?.loop === step.loop && before.who === step.who)
      last.push(step);
    else found.push([step]);
  }
  return found;
}

/** Number of a step among those counted, from 1; of one that is not counted, the number of the last one before it. */
export function numberOf(counted: readonly Step[], all: readonly Step[], key: string | null): number {
  const before = new Set(all.slice(0, all.findIndex((step) => step.key === key) + 1).map((step) => step.key));
  return Math.max(1, counted.filter((step) => before.has(step.key)).length);
}
