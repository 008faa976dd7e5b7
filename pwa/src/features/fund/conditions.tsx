/** What is known of the family and the case. A second tap on an answer takes it back: not asked. */
import '../../ui/chips.css';
import type { FundClaim } from '../../core/api/fund';
import { t } from '../../core/i18n';
import { Card } from '../../ui/card';
import { MoneyInput } from '../../ui/money';
import { answered, type Draft, isMedical, type Question, questionsOf } from './model';
import { change } from './store';

const YES_NO = [
  { value: true, key: 'fund.yes' },
  { value: false, key: 'fund.no' },
] as const;

function Ask({ question, draft }: { question: Question; draft: Draft }) {
  const { claim } = draft;
  const given = claim[question.id];
  const options: readonly { value: string | boolean; key: string }[] =
    question.options?.map((value) => ({ value, key: `fund.${question.id}.${value}` })) ?? YES_NO;
  const pick = (value: string | boolean) =>
    change({ ...draft, claim: answered(claim, question.id, value === given ? null : value) });
  return (
    <fieldset class="fund-ask">
      <legend>{t(`fund.ask.${question.id}`)}</legend>
      <div class="chips-line">
        {options.map(({ value, key }) => (
          <button
            key={key}
            type="button"
            class="chip"
            aria-pressed={value === given}
            onClick={() => pick(value)}
          >
            {t(key)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Loan({ draft }: { draft: Draft }) {
  const { claim } = draft;
  if (claim.loan === 'got')
    return (
      <MoneyInput
        label={t('fund.loanAmount')}
        value={claim.loan_cny}
        unit={t('fund.yuan')}
        onChange={(amount) => change({ ...draft, claim: { ...claim, loan_cny: amount } })}
      />
    );
  if (claim.loan !== 'not_applied' || claim.stage !== 'college') return null;
  return <Own draft={draft} name="loan_standard_cny" />;
}

/** A figure the document leaves to the county. */
function Own({ draft, name }: { draft: Draft; name: 'combined_cap_cny' | 'loan_standard_cny' }) {
  const { claim } = draft;
  const set = (amount: string | null) =>
    change({ ...draft, claim: { ...claim, choices: { ...claim.choices, [name]: amount } } });
  return (
    <MoneyInput
      label={t(`fund.own.${name}`)}
      hint={t(`fund.ownHint.${name}`)}
      value={claim.choices[name]}
      unit={t('fund.yuan')}
      onChange={set}
    />
  );
}

function isAnswered(claim: FundClaim, question: Question): boolean {
  return claim[question.id] !== null;
}

export function Conditions({ draft }: { draft: Draft }) {
  const { claim } = draft;
  const questions = questionsOf(claim);
  const done = questions.filter((question) => isAnswered(claim, question)).length;
  const count = <span class="muted small num">{t('fund.answered', { done, all: questions.length })}</span>;
  return (
    <Card title={t('fund.conditions')} aside={count}>
      <div class="stack fund-asks">
        {questions.map((question) => (
          <Ask key={question.id} question={question} draft={draft} />
        ))}
        <Loan draft={draft} />
        {isMedical(claim.kind) && <Own draft={draft} name="combined_cap_cny" />}
      </div>
    </Card>
  );
}
