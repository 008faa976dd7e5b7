/** Moving through the form: which section is open, jumping, going on, and going on by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { Controller } from './controller';
import { findStep, nextAfter, type Step } from './model';
import { type OpenSection, openSections } from './sections';

/** Long enough to see the tap take, short enough not to wait for it. */
const GLANCE_MS = 220;

export function useWay(controller: Controller, touched: { readonly current: boolean }) {
  const { draft, form } = controller;
  const [openId, setOpenId] = useState(() => firstOpen(controller));
  const [checking, setChecking] = useState(false);
  const jump = (step: Step) => {
    controller.aloud.value?.stop();
    controller.moveTo(step.key);
    setOpenId(step.question.section);
    setChecking(false);
    requestAnimationFrame(() => reveal(step.key));
  };
  const jumpTo = (key: string) => {
    const step = findStep(form.value, key);
    if (step) jump(step);
  };
  const after = (key: string | null) => nextAfter(form.value, key, draft.value.photos.length);
  const goOn = () => {
    const next = after(draft.value.at);
    if (next) jump(next);
    else setChecking(true);
  };
  const settled = (step: Step) => {
    // With a keyboard the arrows choose too: moving on by itself would run away from the reader.
    if (!touched.current) return;
    const { answers } = draft.value;
    setTimeout(() => {
      const next = after(step.key);
      const stays = draft.value.at === step.key && draft.value.answers === answers;
      if (next && stays) jump(next); // else something else is being done by now
    }, GLANCE_MS);
  };
  const taken = (section: string) => {
    const { at } = draft.value;
    setTimeout(() => {
      if (draft.value.at !== at) return;
      // What one tap could not take over comes first, then the next section.
      const last = form.value.steps.filter(({ question }) => question.section === section).at(-1);
      const open = controller.open.value.find(({ question }) => question.section === section);
      const next = open ?? after(last?.key ?? null);
      if (next) jump(next);
    }, GLANCE_MS);
  };
  useEffect(() => {
    const step = findStep(form.value, draft.value.at);
    if (step && (controller.opened.resumed || draft.value.revises !== null)) jump(step);
  }, []);
  return { openId, checking, setChecking, jump, jumpTo, goOn, settled, taken };
}

/** The sections of the form as they stand. */
export const sectionsOf = (controller: Controller): OpenSection[] =>
  openSections(controller.opened.checklist, controller.form.value, controller.photos.value.length);

function firstOpen(controller: Controller): string {
  const step = findStep(controller.form.value, controller.draft.value.at);
  const sections = sectionsOf(controller);
  const first = sections.find((one) => !one.done) ?? sections[0];
  return step?.question.section ?? first?.section.id ?? '';
}

/** Brings a question under the thumb, at the head of its section with what the section was last time. */
function reveal(key: string): void {
  const element = document.getElementById(`q-${key}`);
  const card = element?.closest('.visit-card');
  if (!element || !card) return;
  const first = card.firstElementChild === element ? card : element;
  const before = card.previousElementSibling;
  const place = first === card && before?.matches('.visit-same') ? before : first;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  place.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
  element.focus({ preventScroll: true });
}
