/** Choose a kind, enter amounts, see what the fund would pay and why. */
import './fund.css';
import { t } from '../../core/i18n';
import { online } from '../../core/network';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ChoiceOne } from '../../ui/choice';
import { useWide } from '../../ui/media';
import { showMoney } from '../../ui/money';
import { EmptyState } from '../../ui/states';
import { Amounts } from './amounts';
import { Conditions } from './conditions';
import { KINDS, withKind } from './model';
import { ResultPanel } from './result';
import { change, draft, outcome } from './store';
import { thisYear } from './years';

function Kinds() {
  const now = draft.value;
  const options = KINDS.map((kind) => ({
    id: kind,
    label: t(`fund.kind.${kind}`),
    hint: t(`fund.per.${kind}`),
  }));
  return (
    <Card>
      <ChoiceOne
        legend={t('fund.which')}
        columns={2}
        options={options}
        value={now?.claim.kind ?? null}
        onChange={(id) => {
          const kind = KINDS.find((one) => one === id);
          if (kind) change(withKind(now, kind, thisYear()));
        }}
      />
    </Card>
  );
}

/** On a phone the figure lies below the form; this line keeps it in sight. */
function Foot({ pay }: { pay: string }) {
  const show = () => document.getElementById('fund-result')?.scrollIntoView({ block: 'start' });
  return (
    <div class="fund-foot">
      <span class="num">
        {t('fund.pay')} <b>{showMoney(pay)}</b> {t('fund.yuan')}
      </span>
      <Button kind="quiet" onClick={show}>
        {t('fund.toSteps')}
      </Button>
    </div>
  );
}

export function FundScreen() {
  const now = draft.value;
  const wide = useWide();
  const { result } = outcome.value;
  return (
    <Page
      wide
      bar={<AppBar title={t('fund.title')} subtitle={t('fund.subtitle')} />}
      foot={!wide && result ? <Foot pay={result.pay_cny} /> : undefined}
    >
      {!online.value && (
        <Banner icon="offline" role="status">
          {t('fund.offline')}
        </Banner>
      )}
      <div class="fund-split">
        <div class="stack">
          <Kinds />
          {now && <Amounts key={now.claim.kind} draft={now} />}
          {now && <Conditions draft={now} />}
        </div>
        <div class="fund-side" id="fund-result">
          {now ? (
            <ResultPanel draft={now} />
          ) : (
            <Card>
              <EmptyState icon="edit" title={t('fund.start')} text={t('fund.startText')} />
            </Card>
          )}
        </div>
      </div>
    </Page>
  );
}
