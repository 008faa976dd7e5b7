/** What a section's answers were last time, read at a glance, and one tap that takes over what is still open. */
import { dayOf } from '../../core/clock';
import { showDay } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { Button } from '../../ui/button';
import type { Controller } from './controller';
import { takeable } from './since';
import type { Section } from './types';
import { answerText, stepName } from './words';

/** With fewer, the question's own line does. */
const WORTH_IT = 2;

interface SameSectionProps {
  readonly controller: Controller;
  readonly section: Section;
  /** Called once the section is answered as far as it can be, so that the form may move on. */
  readonly onTaken: (section: string) => void;
}

export function SameSection({ controller, section, onTaken }: SameSectionProps) {
  const { last } = controller;
  const form = controller.form.value;
  const lines = last === null ? [] : takeable(form, section.id, last);
  if (last === null || lines.length < WORTH_IT) return null;
  const { checklist } = controller.opened;
  const { people } = form.around;
  const take = () => {
    controller.takeSection(section.id);
    onTaken(section.id);
  };
  return (
    <section class="visit-same" aria-label={t('visit.sameSection', { section: pick(section.title) })}>
      <p class="small muted">
        {t('visit.sameSectionDay', { day: showDay(dayOf(Date.parse(last.visited_at))) })}
      </p>
      <dl>
        {lines.map(({ step, value }) => (
          <div key={step.key}>
            <dt>{stepName(step, people, checklist)}</dt>
            <dd>{answerText(step.question, value, people, checklist)}</dd>
          </div>
        ))}
      </dl>
      <Button kind="quiet" block onClick={take}>
        {t('visit.sameAll', { n: lines.length })}
      </Button>
    </section>
  );
}
