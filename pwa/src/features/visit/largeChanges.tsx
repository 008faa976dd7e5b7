/** Before saving: answers far from the last visit's, each with the reason a reviewer would ask for. */
import type { Json } from '../../core/canonical';
import { t } from '../../core/i18n';
import { ChoiceOne } from '../../ui/choice';
import type { Controller } from './controller';
import { type LargeChange, REASONS, unexplained } from './since';
import type { ChangeReason } from './types';
import { answerText, stepName } from './words';

/** Large changes without a reason yet. */
export function leftToExplain({ last, large, since }: Controller): LargeChange[] {
  return last === null ? [] : unexplained(large.value, since.value, last.id);
}

export function LargeChanges({ controller }: { controller: Controller }) {
  const changes = controller.large.value;
  if (changes.length === 0) return null;
  return (
    <section class="stack">
      <h3 class="small">{t('visit.large.title', { n: changes.length })}</h3>
      {changes.map((change) => (
        <Why key={change.step.key} change={change} controller={controller} />
      ))}
    </section>
  );
}

function Why({ change, controller }: { change: LargeChange; controller: Controller }) {
  const { step, before, after } = change;
  const { people } = controller.form.value.around;
  const { checklist } = controller.opened;
  const words = (value: Json) => answerText(step.question, value, people, checklist);
  const said = controller.since.value?.changes[step.key];
  return (
    <ChoiceOne
      legend={stepName(step, people, checklist)}
      hint={t('visit.large.from', { before: words(before), after: words(after) })}
      columns={2}
      options={REASONS.map((id) => ({ id, label: t(`visit.large.${id}`) }))}
      value={said?.visit_id === controller.last?.id ? (said?.reason ?? null) : null}
      onChange={(id) => controller.explainChange(step, id as ChangeReason)}
    />
  );
}
