/** Why a visit lights up: the answers behind each rule, its article, and what would still have to be asked. */
import { useState } from 'preact/hooks';
import type { LightCause, Light as LightData, Member, UnknownRule } from '../core/api/types';
import { severityWord } from '../core/format';
import { pick, t } from '../core/i18n';
import { Light } from '../ui/light';
import { answerText, factLabel, joined, plainText } from './answers';
import { type Article, ArticleSheet } from './article';
import type { Checklist } from './checklist';
import { riskWord, SEVERITIES } from './words';

export interface LightsProps {
  lights: readonly LightData[];
  unknown: readonly UnknownRule[];
  checklist: Checklist;
  members: readonly Member[];
}

/** Worst first; the order of the server inside a severity. */
export function bySeverity(lights: readonly LightData[]): LightData[] {
  const rank = (light: LightData) => SEVERITIES.indexOf(light.severity);
  return [...lights].sort((a, b) => rank(a) - rank(b));
}

export function causeText(cause: LightCause, checklist: Checklist, members: readonly Member[]): string {
  const question = checklist.byId.get(cause.fact);
  const value = question ? answerText(question, cause.value, members).text : plainText(cause.value);
  if (cause.threshold === null || cause.threshold === undefined || Array.isArray(cause.threshold))
    return value;
  return t('record.valueAndLine', { value, line: plainText(cause.threshold) });
}

interface CardProps {
  light: LightData;
  checklist: Checklist;
  members: readonly Member[];
  onArticle: (article: Article) => void;
}

function LightCard({ light, checklist, members, onArticle }: CardProps) {
  return (
    <li>
      <Light severity={light.severity} word={severityWord(light.severity)} title={pick(light.label)}>
        <dl class="rec-causes">
          {light.causes.map((cause, index) => (
            <div key={`${cause.fact}:${index}`}>
              <dt>{cause.label ? pick(cause.label) : factLabel(checklist, cause.fact)}</dt>
              <dd>{causeText(cause, checklist, members)}</dd>
            </div>
          ))}
        </dl>
        {light.risks.length > 0 && <p class="rec-risks">{light.risks.map(riskWord).join(' · ')}</p>}
        {light.articles.map((article) => (
          <button
            key={article.id}
            type="button"
            class="rec-article"
            onClick={() => onArticle({ ...article, pack: light.pack, packVersion: light.pack_version })}
          >
            {t('record.article', { id: article.id })}
          </button>
        ))}
      </Light>
    </li>
  );
}

function UnknownCard({ rule, checklist }: { rule: UnknownRule; checklist: Checklist }) {
  return (
    <li class="rec-unknown">
      <p class="rec-unknown-title">{pick(rule.label)}</p>
      <p>
        <b>{t('record.stillAsk')}</b>
        {joined(rule.ask.map((fact) => factLabel(checklist, fact)))}
      </p>
    </li>
  );
}

/** The cards of all lights, then the rules that could not be judged. */
export function Lights({ lights, unknown, checklist, members }: LightsProps) {
  const [article, setArticle] = useState<Article | null>(null);
  return (
    <div class="rec-lights">
      {lights.length === 0 && <p class="rec-no-lights">{t('record.noLights')}</p>}
      <ul class="rec-plain">
        {bySeverity(lights).map((light) => (
          <LightCard
            key={light.rule}
            light={light}
            checklist={checklist}
            members={members}
            onArticle={setArticle}
          />
        ))}
      </ul>
      {unknown.length > 0 && (
        <details class="rec-more" open={unknown.length <= 3}>
          <summary>{t('record.unknownRules', { n: unknown.length })}</summary>
          <ul class="rec-plain">
            {unknown.map((rule) => (
              <UnknownCard key={rule.rule} rule={rule} checklist={checklist} />
            ))}
          </ul>
        </details>
      )}
      <ArticleSheet article={article} onClose={() => setArticle(null)} />
    </div>
  );
}
