/** The amounts: one sum of the year, or bill by bill with what others paid. */
import { useState } from 'preact/hooks';
import { today } from '../../core/clock';
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { MoneyInput } from '../../ui/money';
import { Segments } from '../../ui/segments';
import { Select } from '../../ui/select';
import { type BillDraft, type Draft, isMedical, SOURCES } from './model';
import { change, outcome, refusedFields } from './store';
import { thisYear, years } from './years';

function Bill({
  bill,
  n,
  draft,
  onChange,
}: {
  bill: BillDraft;
  n: number;
  draft: Draft;
  onChange: (bill: BillDraft | null) => void;
}) {
  const refused = refusedFields(outcome.value.error);
  const pay = (source: string, amount: string | null) => {
    const { [source]: _, ...others } = bill.paidBy;
    onChange({ ...bill, paidBy: amount === null ? others : { ...others, [source]: amount } });
  };
  return (
    <fieldset class="fund-bill">
      <legend>{t('fund.bill', { n: n + 1 })}</legend>
      <div class="fund-pair">
        <Field
          label={t('fund.billOn')}
          type="date"
          value={bill.on}
          max={today()}
          onInput={(on) => onChange({ ...bill, on })}
        />
        <MoneyInput
          label={t(`fund.billCost.${draft.claim.kind}`)}
          value={bill.cost}
          unit={t('fund.yuan')}
          onChange={(cost) => onChange({ ...bill, cost })}
        />
      </div>
      <details class="fund-fold">
        <summary>{t('fund.billPaidBy', { n: Object.keys(bill.paidBy).length })}</summary>
        <div class="fund-pair">
          {SOURCES[draft.claim.kind].map((source) => (
            <MoneyInput
              key={source}
              label={t(`fund.source.${source}`)}
              value={bill.paidBy[source] ?? null}
              unit={t('fund.yuan')}
              onChange={(amount) => pay(source, amount)}
            />
          ))}
        </div>
      </details>
      {refused[`bills.${n}.paid_by`] && (
        <p class="field-error" role="alert">
          {t('fund.paidTooMuch')}
        </p>
      )}
      <Button kind="plain" icon="minus" onClick={() => onChange(null)}>
        {t('fund.billRemove')}
      </Button>
    </fieldset>
  );
}

function Bills({ draft }: { draft: Draft }) {
  const [next, setNext] = useState(draft.bills.length);
  const put = (key: number, bill: BillDraft | null) =>
    change({
      ...draft,
      bills: draft.bills.flatMap((one) => (one.key !== key ? [one] : bill === null ? [] : [bill])),
    });
  const add = () => {
    const on = `${draft.claim.year ?? thisYear()}` === today().slice(0, 4) ? today() : '';
    change({ ...draft, bills: [...draft.bills, { key: next, on, cost: null, paidBy: {} }] });
    setNext(next + 1);
  };
  return (
    <div class="stack">
      {draft.bills.map((bill, n) => (
        <Bill key={bill.key} bill={bill} n={n} draft={draft} onChange={(changed) => put(bill.key, changed)} />
      ))}
      <Button kind="quiet" icon="plus" onClick={add}>
        {t('fund.billAdd')}
      </Button>
    </div>
  );
}

/** Zero is what nobody typed: the field stays empty. */
function earlier(amount: string): string | null {
  return Number(amount) === 0 ? null : amount;
}

function Earlier({ draft }: { draft: Draft }) {
  const { claim } = draft;
  return (
    <div class="fund-pair">
      <MoneyInput
        label={t('fund.paid')}
        hint={t('fund.paidHint')}
        value={earlier(claim.paid_cny)}
        unit={t('fund.yuan')}
        onChange={(amount) => change({ ...draft, claim: { ...claim, paid_cny: amount ?? '0' } })}
      />
      {isMedical(claim.kind) && (
        <MoneyInput
          label={t(`fund.paidOther.${claim.kind}`)}
          hint={t('fund.paidOtherHint')}
          value={earlier(claim.paid_other_cny)}
          unit={t('fund.yuan')}
          onChange={(amount) => change({ ...draft, claim: { ...claim, paid_other_cny: amount ?? '0' } })}
        />
      )}
    </div>
  );
}

export function Amounts({ draft }: { draft: Draft }) {
  const { claim } = draft;
  return (
    <Card title={t('fund.amounts')}>
      <div class="stack">
        <Select
          label={t('fund.year')}
          value={String(claim.year ?? '')}
          anyWord={t('fund.yearAny')}
          options={years().map((year) => ({ id: String(year), label: t('fund.yearOf', { year }) }))}
          onChange={(id) => change({ ...draft, claim: { ...claim, year: id ? Number(id) : null } })}
        />
        <Segments
          label={t('fund.how')}
          items={[
            { id: 'sum', label: t('fund.bySum') },
            { id: 'bills', label: t('fund.byBills') },
          ]}
          value={draft.byBills ? 'bills' : 'sum'}
          controls="fund-amounts"
          onChange={(id) => change({ ...draft, byBills: id === 'bills' })}
        />
        <div id="fund-amounts">
          {draft.byBills ? (
            <Bills draft={draft} />
          ) : (
            <MoneyInput
              label={t(`fund.amount.${claim.kind}`)}
              hint={t(`fund.amountHint.${claim.kind}`)}
              value={claim.amount_cny}
              unit={t('fund.yuan')}
              onChange={(amount) => change({ ...draft, claim: { ...claim, amount_cny: amount } })}
            />
          )}
        </div>
        <details class="fund-fold">
          <summary>{t('fund.earlier')}</summary>
          <Earlier draft={draft} />
        </details>
      </div>
    </Card>
  );
}
