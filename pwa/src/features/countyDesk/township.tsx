/** What was said about a case so far: the township's findings and opinions, the county's decisions, who works on it. */
import type { CaseDetail, CountyDecision, Finding, RecheckOutcome } from '../../core/api/deskTypes';
import { showDay, showInstant } from '../../core/format';
import { hasText, pick, t } from '../../core/i18n';
import { riskWord } from '../../record';
import { Card, Facts } from '../../ui/card';
import { Tag } from '../../ui/tag';
import { workerOf } from './model';

/** A light by its label where the case still has it, else by its rule. */
export function lightName(one: Pick<CaseDetail, 'lights'>, rule: string): string {
  const light = one.lights.find((known) => known.rule === rule);
  return light ? pick(light.label) : rule;
}

export const foundWord = (found: Finding['found']): string => t(`desk.found.${found}`);

export function Findings({ items, nameOf }: { items: readonly Finding[]; nameOf: (rule: string) => string }) {
  if (items.length === 0) return null;
  return (
    <ul class="desk-findings">
      {items.map((one) => (
        <li key={one.rule}>
          <span>{nameOf(one.rule)}</span> <b>{foundWord(one.found)}</b>
          {one.note && <p class="muted">{one.note}</p>}
        </li>
      ))}
    </ul>
  );
}

/** "11月28日 由李四、王五入户"; null when nobody went. */
export function homeLine(said: { home_on: string | null; home_by: string | null }): string | null {
  if (said.home_on === null) return null;
  return t('desk.home', { day: showDay(said.home_on), who: said.home_by ?? '' });
}

function Said({ said, one }: { said: RecheckOutcome; one: CaseDetail }) {
  return (
    <li class="desk-saying">
      <p class="desk-saying-head">
        <Tag tone="accent">{riskWord(said.cause)}</Tag>
        <span class="muted small">
          {said.officer_name} · {showInstant(said.created_at)}
        </span>
      </p>
      <p class="desk-words">{said.opinion}</p>
      <p class="muted small">{homeLine(said) ?? t('desk.noHome')}</p>
      <Findings items={said.findings} nameOf={(rule) => lightName(one, rule)} />
    </li>
  );
}

function Decided({ decision }: { decision: CountyDecision }) {
  const word = `desk.choice.${decision.decision}`;
  return (
    <li class="desk-saying">
      <p class="desk-saying-head">
        <Tag tone="strong">{hasText(word) ? t(word) : decision.decision}</Tag>
        <span class="muted small">
          {decision.officer_name} · {showInstant(decision.created_at)}
        </span>
      </p>
      <p class="desk-words">{decision.opinion}</p>
    </li>
  );
}

const newestFirst = <T extends { created_at: string }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => b.created_at.localeCompare(a.created_at));

export function Township({ one }: { one: CaseDetail }) {
  return (
    <Card title={t('desk.townshipSays')}>
      {one.outcomes.length === 0 ? (
        <p class="muted">{t('desk.noOutcome')}</p>
      ) : (
        <ol class="desk-sayings">
          {newestFirst(one.outcomes).map((said) => (
            <Said key={said.id} said={said} one={one} />
          ))}
        </ol>
      )}
    </Card>
  );
}

export function Decisions({ one }: { one: CaseDetail }) {
  if (one.decisions.length === 0) return null;
  return (
    <Card title={t('desk.countySays')}>
      <ol class="desk-sayings">
        {newestFirst(one.decisions).map((decision) => (
          <Decided key={decision.id} decision={decision} />
        ))}
      </ol>
    </Card>
  );
}

export function CaseFacts({ one }: { one: CaseDetail }) {
  const { handed_up_at: at } = one;
  return (
    <Facts
      rows={[
        { label: t('desk.villageBy'), value: `${one.reviewer_name} · ${showDay(one.decided_on)}` },
        ...(at === null ? [] : [{ label: t('desk.handedUp'), value: showInstant(at) }]),
        { label: t('desk.personsWord'), value: t('desk.persons', { n: one.persons }) },
        { label: t('desk.worker'), value: workerOf(one) ?? t('desk.nobody') },
      ]}
    />
  );
}
