/** Why a light is lit: the rule with what holds, the values and their source, the document, and what would clear it. */
import './why.css';
import type { Explanation, WhyChange, WhyNode, WhyOperand, WhyStep } from '../core/api/explanation';
import type { StandingLight as LightData, Member } from '../core/api/types';
import { severityWord, showDay } from '../core/format';
import { pick, t } from '../core/i18n';
import { Button } from '../ui/button';
import { Sheet } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Light } from '../ui/light';
import { Skeleton } from '../ui/progress';
import { ErrorState } from '../ui/states';
import { joined, type People, personName } from './answers';
import { useExplanation } from './explanations';
import { errorHelp, isLit, runReason, severityShort } from './words';

export interface WhyProps {
  visitId: string;
  light: LightData | null;
  members: readonly Member[];
  onClose: () => void;
}

export function Why({ visitId, light, members, onClose }: WhyProps) {
  const { found, error, reload } = useExplanation(visitId, light?.rule ?? null);
  return (
    <Sheet
      open={light !== null}
      title={t(light && !isLit(light) ? 'record.why.was' : 'record.why')}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('record.close')}</Button>}
    >
      {light && (
        <div class="why">
          <Light
            severity={isLit(light) ? light.severity : 'none'}
            word={
              isLit(light)
                ? severityWord(light.severity)
                : t('record.wasLit', { word: severityShort(light.severity) })
            }
            title={pick(light.label)}
          />
          {found && <Reasons found={found} people={members} />}
          {!found && error === null && <Skeleton lines={6} label={t('record.why.loading')} />}
          {!found && error !== null && (
            <ErrorState
              title={t('record.why.error')}
              text={errorHelp(error)}
              retry={{ label: t('record.retry'), onClick: reload }}
            />
          )}
        </div>
      )}
    </Sheet>
  );
}

function Reasons({ found, people }: { found: Explanation; people: People }) {
  return (
    <>
      <Since found={found} />
      {(found.state === 'not_met' || found.state === 'unknown') && (
        <p class="why-note">{t('record.why.changed')}</p>
      )}
      {found.state === 'met' && found.basis === 'rebuilt' && (
        <p class="why-note">{t('record.why.rebuilt')}</p>
      )}
      <section>
        <h3>{t('record.why.rule')}</h3>
        <ul class="why-tree">
          <Condition node={found.tree} people={people} />
        </ul>
      </section>
      <section>
        <h3>{t('record.why.values')}</h3>
        <Values found={found} people={people} />
      </section>
      <Clearing found={found} people={people} />
      <section>
        <h3>{t('record.why.articles')}</h3>
        {found.articles.map((article) => (
          <figure key={article.id} class="rec-quote why-quote">
            <blockquote>{article.text}</blockquote>
            <figcaption>
              {article.document}
              <span>{article.id}</span>
            </figcaption>
          </figure>
        ))}
      </section>
    </>
  );
}

/** Which change of the rules put the light on or out, and whose rules are shown below. */
function Since({ found }: { found: Explanation }) {
  const run = found.closed_by ?? found.opened_by;
  if (!run) return null;
  const version = found.judged_by.rules ?? `${found.pack} ${found.pack_version}`;
  const key = found.closed_by ? 'record.why.wentOut' : 'record.why.litLater';
  return (
    <p class="why-note">
      {t(key, { version, when: showDay(run.day) })}
      <span class="why-small">{t('record.why.reason', { reason: runReason(run) })}</span>
    </p>
  );
}

const TRUTHS = { true: 'check', false: 'close', null: 'info' } as const;

function truthKey(truth: boolean | null): keyof typeof TRUTHS {
  return truth === null ? 'null' : truth ? 'true' : 'false';
}

function Mark({ truth }: { truth: boolean | null }) {
  const key = truthKey(truth);
  return (
    <span class={`why-mark why-${key}`}>
      <Icon name={TRUTHS[key]} size={16} />
      <span class="visually-hidden">{t(key === 'null' ? 'record.why.open' : `record.why.${key}`)}</span>
    </span>
  );
}

/** Groups are named by how many of their parts must hold; everything else carries its own words. */
function heading(node: WhyNode): string {
  if (node.form === 'all' || node.form === 'any' || node.form === 'not') return t(`record.why.${node.form}`);
  return pick(node.heading ?? node.words);
}

/** Whose a place is: the member's name, or the position in the list; nothing for the household itself. */
function whose({ item, index }: { item: string | null; index: number | null }, people: People): string {
  if (item !== null) return t('record.why.forWhom', { name: personName(people, item) });
  return index === null ? '' : t('record.why.nth', { number: index + 1 });
}

function Condition({ node, people }: { node: WhyNode; people: People }) {
  const who = whose(node, people);
  return (
    <li>
      <p class="why-line">
        <Mark truth={node.truth} />
        <span>
          {who && <b>{who}</b>}
          {heading(node)}
        </span>
      </p>
      {node.parts.length > 0 && (
        <ul>
          {node.parts.map((part, index) => (
            <Condition key={index} node={part} people={people} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Values({ found, people }: { found: Explanation; people: People }) {
  return (
    <dl class="why-values">
      {found.operands.map((operand, index) => (
        <Value key={`${operand.fact}:${index}`} operand={operand} people={people} />
      ))}
      {found.parameters.map((parameter) => (
        <div key={parameter.name}>
          <dt>
            {pick(parameter.label)}
            <small>{t(`record.why.origin.${parameter.origin}`)}</small>
          </dt>
          <dd>{pick(parameter.text)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Members stand in a value by id; people have names. */
function namesIn(operand: WhyOperand, people: People): string {
  const value = operand.value;
  const ids = Array.isArray(value) ? value.filter((one) => people.some((person) => person.id === one)) : [];
  if (ids.length === 0) return pick(operand.text);
  return joined(ids.map((id) => personName(people, String(id))));
}

function Value({ operand, people }: { operand: WhyOperand; people: People }) {
  if (operand.fact === 'who') return null;
  return (
    <div>
      <dt>
        {whose(operand, people)}
        {pick(operand.label)}
        <small>{t(`record.why.source.${operand.source}`)}</small>
      </dt>
      <dd>{namesIn(operand, people)}</dd>
      {operand.steps && (
        <dd class="why-steps">
          {pick(operand.steps.figures)}
          <small>{pick(operand.steps.formula).replace(/[“”"]/g, '')}</small>
        </dd>
      )}
    </div>
  );
}

function Clearing({ found, people }: { found: Explanation; people: People }) {
  if (found.state !== 'met') return null;
  const first = found.change;
  return (
    <section class="why-clear">
      <h3>{t('record.why.clear')}</h3>
      {first === null && <p>{t('record.why.no')}</p>}
      {first && <Change change={first} people={people} />}
      {first?.steps.some((step) => step.fixed) && <p class="why-small">{t('record.why.only')}</p>}
      {found.alternatives.length > 0 && (
        <ul class="why-others">
          {found.alternatives.map((change) => (
            <li key={change.words.zh}>
              <span class="why-or">{t('record.why.or')}</span>
              <Change change={change} people={people} />
            </li>
          ))}
        </ul>
      )}
      <p class="why-small">{t('record.why.honest')}</p>
    </section>
  );
}

function Change({ change, people }: { change: WhyChange; people: People }) {
  return (
    <div class="why-change">
      {change.steps.map((step) => (
        <p key={`${step.fact}:${step.index ?? ''}`}>
          {step.distance && <span class="why-small">{pick(step.distance)}</span>}
          {/* Without a name the words themselves say whose it is. */}
          {step.item !== null && <b>{whose(step, people)}</b>}
          {pick(step.words)}
          {named(step, people)}
        </p>
      ))}
    </div>
  );
}

/** The people a list loses or gains, by name. */
function named(step: WhyStep, people: People): string {
  const ids = [...step.removed, ...step.added].filter((id) => people.some((person) => person.id === id));
  const names = joined(ids.map((id) => personName(people, id)));
  return names === '' ? '' : t('record.why.people', { names });
}
