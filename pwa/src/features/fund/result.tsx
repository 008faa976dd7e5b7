/** The figure, the steps to it with their articles, and what other readings of the text would give. */
import { useState } from 'preact/hooks';
import type { FundCalculation } from '../../core/api/fund';
import { errorText } from '../../core/api/problem';
import { pick, t } from '../../core/i18n';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Sheet } from '../../ui/dialog';
import { showMoney } from '../../ui/money';
import { Skeleton } from '../../ui/progress';
import { EmptyState, ErrorState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { type Draft, difference, missing } from './model';
import { calculate, change, outcome } from './store';

type Cited = FundCalculation['articles'][number];

function Articles({ cites, known, onOpen }: CitesProps) {
  return (
    <span class="fund-cites">
      {cites.map((id) => {
        const article = known.find((one) => one.id === id);
        return article ? (
          <button key={id} type="button" class="fund-cite" onClick={() => onOpen(article)}>
            {id}
          </button>
        ) : (
          <span key={id}>{id}</span>
        );
      })}
    </span>
  );
}

interface CitesProps {
  cites: readonly string[];
  known: readonly Cited[];
  onOpen: (article: Cited) => void;
}

function Figure({ result }: { result: FundCalculation }) {
  const chosen = result.alternatives.find((one) => one.chosen);
  return (
    <div class="fund-figure">
      <p class="muted">{t(`fund.payFor.${result.per}`, { year: result.year })}</p>
      <p class="fund-pay num">
        <b>{showMoney(result.pay_cny)}</b> {t('fund.yuan')}
      </p>
      <p class="inline">
        {chosen && <Tag tone="accent">{pick(chosen.label)}</Tag>}
        {result.marks.map((mark) => (
          <Tag key={mark} tone="strong">
            {t(`fund.mark.${mark}`)}
          </Tag>
        ))}
      </p>
      {result.reason && (
        <Banner icon="info">
          <b>{t('fund.nothing')}</b> {pick(result.reason)}
        </Banner>
      )}
    </div>
  );
}

function Steps({ result, onOpen }: { result: FundCalculation; onOpen: (article: Cited) => void }) {
  return (
    <ol class="fund-steps">
      {result.steps.map((step, n) => (
        <li key={n} class={`fund-step fund-step-${step.code}`}>
          <p class="num">{pick(step.text)}</p>
          <Articles cites={step.cites} known={result.articles} onOpen={onOpen} />
        </li>
      ))}
    </ol>
  );
}

function Readings({ result, draft }: { result: FundCalculation; draft: Draft }) {
  return (
    <Card title={t('fund.readings')}>
      <p class="muted small fund-note">{t('fund.readingsText')}</p>
      <ul class="fund-readings">
        {result.alternatives.map((one) => {
          const more = difference(one.pay_cny, result.pay_cny);
          return (
            <li key={one.reading}>
              <button
                type="button"
                class="fund-reading"
                aria-pressed={one.chosen}
                onClick={() => change({ ...draft, reading: one.reading })}
              >
                <span>{pick(one.label)}</span>
                <span class="num fund-reading-pay">
                  <b>{showMoney(one.pay_cny)}</b>
                  <small>{one.chosen ? t('fund.thisOne') : signed(more)}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function signed(more: string): string {
  if (more === '') return t('fund.same');
  return `${more.startsWith('-') ? '−' : '+'}${showMoney(more.slice(1))}`;
}

function Quote({ article, onClose }: { article: Cited | null; onClose: () => void }) {
  return (
    <Sheet
      open={article !== null}
      title={article?.id ?? ''}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('fund.close')}</Button>}
    >
      {article && (
        <figure class="fund-quote">
          <blockquote>{article.text}</blockquote>
          <figcaption class="muted small">{article.document}</figcaption>
        </figure>
      )}
    </Sheet>
  );
}

export function ResultPanel({ draft }: { draft: Draft }) {
  const [article, setArticle] = useState<Cited | null>(null);
  const { result, error, loading } = outcome.value;
  const lacking = missing(draft);
  if (lacking !== null)
    return (
      <Card>
        <EmptyState icon="edit" title={t(`fund.missing.${lacking}`)} text={t('fund.missingText')} />
      </Card>
    );
  if (error !== null)
    return (
      <Card>
        <ErrorState
          title={t('fund.failed')}
          text={errorText(error)}
          retry={{ label: t('fund.retry'), onClick: () => void calculate(), busy: loading }}
        />
      </Card>
    );
  if (!result)
    return (
      <Card>
        <Skeleton lines={4} label={t('fund.working')} />
      </Card>
    );
  return (
    <div class="stack" aria-live="polite" aria-busy={loading ? 'true' : undefined}>
      <Card>
        <Figure result={result} />
      </Card>
      {result.alternatives.some((one) => Number(one.pay_cny) > 0) && (
        <Readings result={result} draft={draft} />
      )}
      <Card title={t('fund.steps')}>
        <Steps result={result} onOpen={setArticle} />
        <p class="muted small fund-note">{t('fund.disclaimer')}</p>
      </Card>
      <Quote article={article} onClose={() => setArticle(null)} />
    </div>
  );
}
