/** The strip above the main button, the sheet it opens, and the same findings before saving. */
import { useState } from 'preact/hooks';
import { severityWord } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import type { CitedArticle, Judged, PhoneLight } from '../../../core/policy/engine';
import { SEVERITIES } from '../../../core/policy/expression';
import { joined } from '../../../record/answers';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { Icon } from '../../../ui/icon';
import { Light, LightShape } from '../../../ui/light';
import type { JudgingProps } from '../controller';
import { personName } from '../words';
import { fromRegister, type ToAsk, toAsk } from './ask';
import { causeName, causeText, factName, ruleName, type Speaker, speaker, told } from './words';

const judgedOf = ({ controller }: JudgingProps): Judged | null =>
  controller.judging.value?.judged.value ?? null;

/** How many lights are on and how bad; nothing while none is. */
export function Strip(props: JudgingProps) {
  const [open, setOpen] = useState(false);
  const judged = judgedOf(props);
  const n = judged?.lights.length ?? 0;
  const jump = (key: string) => {
    setOpen(false);
    props.onJump(key);
  };
  return (
    <>
      <p class="visually-hidden" role="status">
        {judged && n > 0 && t('visit.lights.said', { n, worst: severityWord(judged.severity) })}
      </p>
      {judged && n > 0 && (
        <button type="button" class="lights-strip" onClick={() => setOpen(true)}>
          <Counts judged={judged} />
          <span class="lights-why">{t('visit.lights.why')}</span>
          <Icon name="next" size={20} />
        </button>
      )}
      <Dialog
        open={open && n > 0}
        title={t('visit.lights.title', { n })}
        onClose={() => setOpen(false)}
        actions={<Button onClick={() => setOpen(false)}>{t('visit.lights.close')}</Button>}
      >
        <Lights {...props} />
        <ToAskNow {...props} onJump={jump} />
      </Dialog>
    </>
  );
}

/** "▲ 红·需核实 1  ◆ 2": the worst in words, the others as shape and number; all words stand in the sheet. */
function Counts({ judged }: { judged: Judged }) {
  const counts = SEVERITIES.map((severity) => ({
    severity,
    n: judged.lights.filter((light) => light.severity === severity).length,
  })).filter(({ n }) => n > 0);
  return (
    <span class="lights-counts">
      {counts.map(({ severity, n }) =>
        severity === judged.severity ? (
          <Light key={severity} compact severity={severity} word={`${severityWord(severity)} ${n}`} />
        ) : (
          <span key={severity} class={`lights-count light-${severity}`}>
            <LightShape severity={severity} size={12} />
            <span class="visually-hidden">{severityWord(severity)}</span>
            {n}
          </span>
        ),
      )}
    </span>
  );
}

/** Before saving: what is still to ask first, because it can be asked now; then the lights. */
export function Findings(props: JudgingProps) {
  const n = judgedOf(props)?.lights.length ?? 0;
  return (
    <>
      <ToAskNow {...props} />
      {n > 0 && (
        <section class="stack">
          <h3 class="small">{t('visit.lights.on', { n })}</h3>
          <Lights {...props} />
        </section>
      )}
    </>
  );
}

function Lights(props: JudgingProps) {
  const judged = judgedOf(props);
  if (judged === null) return null;
  const who = speaker(props.controller);
  return (
    <div class="lights">
      <ul class="lights-list">
        {judged.lights.map((light) => (
          <LightCard key={light.rule} light={light} who={who} />
        ))}
      </ul>
      <p class="small muted">{t('visit.lights.preview')}</p>
    </div>
  );
}

function ToAskNow(props: JudgingProps) {
  const { controller, onJump } = props;
  const judged = judgedOf(props);
  if (judged === null) return null;
  const waiting = toAsk(judged, controller.form.value);
  const register = fromRegister(judged, controller.opened.household.roster);
  const who = speaker(controller);
  return (
    <>
      {waiting.length > 0 && (
        <section class="stack">
          <h3 class="small">{t('visit.lights.ask', { n: waiting.length })}</h3>
          <ul class="visit-check">
            {waiting.map((one) => (
              <AskLine key={one.step.key} one={one} controller={controller} onJump={onJump} />
            ))}
          </ul>
        </section>
      )}
      {register.length > 0 && (
        <p class="small muted">
          {t('visit.lights.register', { facts: joined(register.map((fact) => factName(who, fact))) })}
        </p>
      )}
    </>
  );
}

function LightCard({ light, who }: { light: PhoneLight; who: Speaker }) {
  return (
    <li>
      <Light severity={light.severity} word={severityWord(light.severity)} title={ruleName(light)}>
        <dl class="lights-causes">
          {told(light.causes).map((cause, at) => (
            <div key={`${cause.fact}:${at}`}>
              <dt>{causeName(who, cause)}</dt>
              <dd>{causeText(who, cause)}</dd>
            </div>
          ))}
        </dl>
        <Articles articles={light.articles} />
      </Light>
    </li>
  );
}

/** All sentences a rule rests on, behind one line. */
function Articles({ articles }: { articles: readonly CitedArticle[] }) {
  const [first] = articles;
  if (!first) return null;
  const { id } = first;
  const n = articles.length;
  return (
    <details class="lights-articles">
      <summary>{n > 1 ? t('visit.lights.articles', { id, n }) : t('visit.lights.article', { id })}</summary>
      {articles.map((article) => (
        <figure key={article.id}>
          <blockquote lang="zh-CN">{article.text}</blockquote>
          <figcaption lang="zh-CN">
            {t('visit.lights.source', { id: article.id, document: article.document })}
          </figcaption>
        </figure>
      ))}
    </details>
  );
}

type AskProps = JudgingProps & { readonly one: ToAsk };

function AskLine({ one: { step, rules }, controller, onJump }: AskProps) {
  const { form, opened } = controller;
  const person = form.value.around.people.find(({ id }) => id === step.who);
  const label = pick(step.question.label);
  const [first] = rules;
  const more = rules.length - 1;
  return (
    <li>
      <button type="button" class="visit-fold" onClick={() => onJump(step.key)}>
        <span>
          {person ? `${pick(personName(person, opened.checklist))} · ${label}` : label}
          {first && (
            <small class="lights-for">
              {more > 0
                ? t('visit.lights.forMore', { rule: ruleName(first), n: more })
                : t('visit.lights.for', { rule: ruleName(first) })}
            </small>
          )}
        </span>
        <Icon name="next" size={20} />
      </button>
    </li>
  );
}
