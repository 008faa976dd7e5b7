/** What the township said about a case before: the decision, the visit at home, what was found about each light. */
import type { Finding, RecheckOutcome } from '../../core/api/deskTypes';
import type { StandingLight } from '../../core/api/types';
import { showDay, showInstant } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { riskWord } from '../../record';
import { Card } from '../../ui/card';
import { Tag } from '../../ui/tag';

interface OutcomesProps {
  outcomes: readonly RecheckOutcome[];
  lights: readonly StandingLight[];
}

function Found({ finding, lights }: { finding: Finding; lights: readonly StandingLight[] }) {
  const light = lights.find((one) => one.rule === finding.rule);
  return (
    <div>
      <dt>{light ? pick(light.label) : finding.rule}</dt>
      <dd>
        {t(`rechecks.found.${finding.found}`)}
        {finding.note && <small class="muted">{finding.note}</small>}
      </dd>
    </div>
  );
}

function Outcome({ outcome, lights }: { outcome: RecheckOutcome; lights: readonly StandingLight[] }) {
  return (
    <li class="rck-outcome">
      <p class="rck-outcome-head">
        <Tag tone="accent">{t(`rechecks.did.${outcome.decision}`)}</Tag>
        <span class="muted small">
          {outcome.officer_name} · {showInstant(outcome.created_at)} · {riskWord(outcome.cause)}
        </span>
      </p>
      <p class="rck-quote-text">{outcome.opinion}</p>
      <p class="muted small">
        {outcome.home_on
          ? t('rechecks.wentHome', { day: showDay(outcome.home_on), by: outcome.home_by })
          : t('rechecks.notHome')}
      </p>
      {outcome.findings.length > 0 && (
        <dl class="facts rck-findings">
          {outcome.findings.map((finding) => (
            <Found key={finding.rule} finding={finding} lights={lights} />
          ))}
        </dl>
      )}
    </li>
  );
}

/** Newest first. */
export function Outcomes({ outcomes, lights }: OutcomesProps) {
  if (outcomes.length === 0) return null;
  return (
    <Card title={t('rechecks.outcomes')}>
      <ul class="rec-plain">
        {[...outcomes].reverse().map((outcome) => (
          <Outcome key={outcome.id} outcome={outcome} lights={lights} />
        ))}
      </ul>
    </Card>
  );
}
