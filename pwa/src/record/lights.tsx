/** Why a visit lights up: the answers behind each rule, its article, and what would still have to be asked. */
import { useState } from 'preact/hooks';
import type { LightCause, StandingLight as LightData, Member, UnknownRule } from '../core/api/types';
import { severityWord, showDay } from '../core/format';
import { pick, t } from '../core/i18n';
import { Icon } from '../ui/icon';
import { Light } from '../ui/light';
import { answerText, factLabel, joined, personName, plainText } from './answers';
import { type Article, ArticleSheet } from './article';
import type { Checklist } from './checklist';
import { DismissedWords, DismissSheet, mayDismiss } from './dismiss';
import { Why } from './why';
import { isLit, riskWord, runReason, SEVERITIES, severityShort } from './words';

export interface LightsProps {
  visitId: string;
  lights: readonly LightData[];
  unknown: readonly UnknownRule[];
  checklist: Checklist;
  members: readonly Member[];
  /** Called once a light was dismissed; without it none can be. */
  onDismissed?: (() => void) | undefined;
}

/** Worst first; the order of the server inside a severity. */
export function bySeverity(lights: readonly LightData[]): LightData[] {
  const rank = (light: LightData) => SEVERITIES.indexOf(light.severity);
  return [...lights].sort((a, b) => rank(a) - rank(b));
}

/** The member a loop item is about stands in the evidence by id; people have names. */
function isPerson(cause: LightCause): boolean {
  return cause.fact === 'who';
}

function causeLabel(cause: LightCause, checklist: Checklist): string {
  if (isPerson(cause)) return t('record.person');
  return cause.label ? pick(cause.label) : factLabel(checklist, cause.fact);
}

function valueText(cause: LightCause, checklist: Checklist, members: readonly Member[]): string {
  if (isPerson(cause)) return personName(members, String(cause.value));
  const question = checklist.byId.get(cause.fact);
  return question ? answerText(question, cause.value, members).text : plainText(cause.value);
}

/** The line a value was held against, as the value is written; "more than nothing" and lists of codes are no line. */
function lineText({ value, threshold }: LightCause): string | null {
  if (typeof threshold !== 'string' && typeof threshold !== 'number') return null;
  if (Number(threshold) === 0) return null;
  const isMoney =
    typeof value === 'string' && /^-?\d+\.\d{2}$/.test(value) && /^\d+$/.test(String(threshold));
  return plainText(isMoney ? `${threshold}.00` : threshold);
}

export function causeText(cause: LightCause, checklist: Checklist, members: readonly Member[]): string {
  const value = valueText(cause, checklist, members);
  const line = lineText(cause);
  return line === null ? value : t('record.valueAndLine', { value, line });
}

interface CardProps {
  light: LightData;
  checklist: Checklist;
  members: readonly Member[];
  onArticle: (article: Article) => void;
  onWhy: (light: LightData) => void;
  onDismiss: ((light: LightData) => void) | undefined;
}

function LightCard({ light, checklist, members, onArticle, onWhy, onDismiss }: CardProps) {
  return (
    <li>
      <Light severity={light.severity} word={severityWord(light.severity)} title={pick(light.label)}>
        {light.opened_by && (
          <p class="rec-run">
            {t('record.litLater', { when: showDay(light.opened_by.day) })}
            <span>{runReason(light.opened_by)}</span>
          </p>
        )}
        <dl class="rec-causes">
          {light.causes.map((cause, index) => (
            <div key={`${cause.fact}:${index}`}>
              <dt>{causeLabel(cause, checklist)}</dt>
              <dd>{causeText(cause, checklist, members)}</dd>
            </div>
          ))}
        </dl>
        {light.risks.length > 0 && <p class="rec-risks">{light.risks.map(riskWord).join(' · ')}</p>}
        <button type="button" class="rec-article rec-why-open" onClick={() => onWhy(light)}>
          {t('record.why')}
          <Icon name="next" size={18} />
        </button>
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
        {onDismiss && mayDismiss(light) && (
          <button type="button" class="rec-article rec-dismiss" onClick={() => onDismiss(light)}>
            {t('record.dismiss')}
          </button>
        )}
      </Light>
    </li>
  );
}

/** A light that a run or a person put out: what it was, since when it is out and why, and why it was lit. */
function OutCard({ light, onWhy }: Pick<CardProps, 'light' | 'onWhy'>) {
  return (
    <li class="rec-out">
      <p class="rec-out-title">{pick(light.label)}</p>
      <p class="rec-run">
        {t('record.wasLit', { word: severityShort(light.severity) })}
        {light.closed_by && ` · ${t('record.wentOut', { when: showDay(light.closed_by.day) })}`}
        {light.closed_by && <span>{runReason(light.closed_by)}</span>}
      </p>
      {light.dismissed_by && <DismissedWords dismissal={light.dismissed_by} />}
      <button type="button" class="rec-article rec-why-open" onClick={() => onWhy(light)}>
        {t('record.why.was')}
        <Icon name="next" size={18} />
      </button>
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

/** The cards of all lights that are on, then the rules that could not be judged and the lights that are out. */
export function Lights({ visitId, lights, unknown, checklist, members, onDismissed }: LightsProps) {
  const [dismissing, setDismissing] = useState<LightData | null>(null);
  const [why, setWhy] = useState<LightData | null>(null);
  const [article, setArticle] = useState<Article | null>(null);
  const lit = lights.filter(isLit);
  const out = lights.filter((light) => !isLit(light));
  return (
    <div class="rec-lights">
      {lit.length === 0 && <p class="rec-no-lights">{t('record.noLights')}</p>}
      {lit.length > 0 && (
        <ul class="rec-plain">
          {bySeverity(lit).map((light) => (
            <LightCard
              key={light.rule}
              light={light}
              checklist={checklist}
              members={members}
              onArticle={setArticle}
              onWhy={setWhy}
              onDismiss={onDismissed && setDismissing}
            />
          ))}
        </ul>
      )}
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
      {out.length > 0 && (
        <details class="rec-more">
          <summary>{t('record.out', { n: out.length })}</summary>
          <ul class="rec-plain">
            {bySeverity(out).map((light) => (
              <OutCard key={light.rule} light={light} onWhy={setWhy} />
            ))}
          </ul>
        </details>
      )}
      <Why visitId={visitId} light={why} members={members} onClose={() => setWhy(null)} />
      <DismissSheet
        visitId={visitId}
        light={dismissing}
        onClose={() => setDismissing(null)}
        onDone={() => onDismissed?.()}
      />
      <ArticleSheet article={article} onClose={() => setArticle(null)} />
    </div>
  );
}
