/** What a trial changes: one number on the slider, and rules switched off. */
import { useEffect, useState } from 'preact/hooks';
import type { Parameter, Rule, Simulation } from '../../../core/api/policyTypes';
import { severityWord } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { errorHelp } from '../../../record';
import { Button } from '../../../ui/button';
import { Field } from '../../../ui/field';
import { Icon } from '../../../ui/icon';
import { LightShape } from '../../../ui/light';
import { Select } from '../../../ui/select';
import { Sources } from '../sources';
import type { Rulebook } from '../store';
import { count, isCountys, parseValue, plainNumber, sameValue, unitWord, valueWord } from '../values';
import { CurveChart } from './curve';
import { rangeOf, stepWord, type Trial, textOf, triable, withRule, withValue } from './model';
import { curve, simulation } from './store';

export interface ControlProps {
  book: Rulebook;
  trial: Trial;
  onChange: (trial: Trial) => void;
}

/** The number as text: what is typed counts once it is a number of this unit. */
function NumberField({
  parameter,
  value,
  onValue,
}: {
  parameter: Parameter;
  value: string;
  onValue: (value: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [parameter.name, value]);
  const wrong = typed !== null && parseValue(typed, parameter.unit) === undefined;
  const take = (text: string) => {
    setTyped(text);
    const parsed = parseValue(text, parameter.unit);
    if (parsed !== undefined && !sameValue(parsed, value)) onValue(parsed);
  };
  return (
    <Field
      label={t('policy.whatif.value')}
      value={typed ?? plainNumber(value)}
      inputMode="decimal"
      maxLength={14}
      error={wrong ? t(`policy.wrong.${parameter.unit}`) : undefined}
      onInput={take}
      onBlur={() => setTyped(null)}
      trailing={<span class="pol-unit">{unitWord(parameter.unit)}</span>}
    />
  );
}

function Origin({ parameter }: { parameter: Parameter }) {
  return (
    <p class="wi-origin">
      <span>{t(isCountys(parameter) ? 'policy.countyMustSet' : 'policy.fromDocument')}</span>
      <Sources articles={parameter.articles} label={pick(parameter.label)} />
    </p>
  );
}

function liveGap(): string {
  const { since } = simulation.value;
  return t(since === null ? 'policy.whatif.notWorkedOut' : 'policy.whatif.loading');
}

/** The simulation of this very trial; null while it is under way or when it failed. */
function workedOut(): Simulation | null {
  const { data, since, error } = simulation.value;
  return since === null && error === null ? data : null;
}

/** What comes of it in one line, where the results are far below the slider. */
function Live() {
  const data = workedOut();
  const words = data && {
    now: count(data.now.flagged),
    later: count(data.then.flagged),
    entering: count(data.entering),
    leaving: count(data.leaving),
  };
  return (
    <p class="wi-live num" role="status">
      {words ? t('policy.whatif.live', words) : liveGap()}
    </p>
  );
}

function OnSlider({ parameter, trial, onChange }: { parameter: Parameter } & Omit<ControlProps, 'book'>) {
  const chosen = trial.set[parameter.name];
  const range = rangeOf(parameter, chosen);
  const value = chosen ?? parameter.value ?? textOf(range.from);
  const set = (next: string) => onChange(withValue(trial, parameter, next));
  return (
    <>
      <CurveChart
        parameter={parameter}
        range={range}
        value={Number(value)}
        data={curve.value.data?.parameter === parameter.name ? curve.value.data : null}
        busy={curve.value.since !== null}
        exact={workedOut()?.then.flagged ?? null}
        onChange={(next) => set(textOf(next))}
      />
      {curve.value.error !== null && (
        <p class="small muted" role="status">
          {t('policy.whatif.failed', { error: errorHelp(curve.value.error) })}
        </p>
      )}
      <div class="wi-number">
        <NumberField parameter={parameter} value={value} onValue={set} />
        <p class="wi-today">
          <span class="muted small">{t('policy.whatif.inForce')}</span>
          <b class="num">{valueWord(parameter.value, parameter.unit)}</b>
        </p>
      </div>
      <Live />
      <Origin parameter={parameter} />
    </>
  );
}

function RuleLine({ rule, trial, onChange }: { rule: Rule } & Omit<ControlProps, 'book'>) {
  return (
    <label class="wi-rule">
      <input
        type="checkbox"
        checked={trial.off.includes(rule.rule)}
        onChange={(event) => onChange(withRule(trial, rule.rule, event.currentTarget.checked))}
      />
      <LightShape severity={rule.severity} />
      <span>
        <span class="visually-hidden">{severityWord(rule.severity)} </span>
        {pick(rule.label)}
        <small class="pol-code">{rule.rule}</small>
      </span>
    </label>
  );
}

function RulesOff({ book, trial, onChange }: ControlProps) {
  const [search, setSearch] = useState('');
  const on = book.rules.items.filter((rule) => rule.on);
  const found = on.filter((rule) =>
    `${rule.rule} ${rule.label.zh} ${rule.label.en}`.toLowerCase().includes(search.trim().toLowerCase()),
  );
  return (
    <details class="card pol-fold" open={trial.off.length > 0}>
      <summary>
        {trial.off.length > 0
          ? t('policy.whatif.rulesOffOn', { n: trial.off.length })
          : t('policy.whatif.rulesOff')}
      </summary>
      <div class="stack">
        <Field
          label={t('policy.rules.search')}
          hideLabel
          type="search"
          placeholder={t('policy.rules.search')}
          value={search}
          onInput={setSearch}
        />
        <fieldset class="wi-rules">
          <legend class="visually-hidden">{t('policy.whatif.rulesOff')}</legend>
          {found.map((rule) => (
            <RuleLine key={rule.rule} rule={rule} trial={trial} onChange={onChange} />
          ))}
          {found.length === 0 && <p class="muted">{t('policy.rules.noMatch')}</p>}
        </fieldset>
      </div>
    </details>
  );
}

interface ChangeProps {
  label: string;
  step: string;
  onUndo: () => void;
}

function Change({ label, step, onUndo }: ChangeProps) {
  return (
    <li>
      <span>
        {label} <b class="num">{step}</b>
      </span>
      <button type="button" aria-label={t('policy.whatif.undo', { what: label })} onClick={onUndo}>
        <Icon name="close" size={18} />
      </button>
    </li>
  );
}

/** Everything the trial changes, each with its way back. */
export function Changes({ book, trial, onChange }: ControlProps) {
  const parameters = book.parameters.items.filter((one) => trial.set[one.name] !== undefined);
  const rules = book.rules.items.filter((one) => trial.off.includes(one.rule));
  if (parameters.length + rules.length === 0)
    return <p class="muted wi-nothing">{t('policy.whatif.nothing')}</p>;
  return (
    <div class="wi-changes">
      <ul aria-label={t('policy.whatif.changes')}>
        {parameters.map((one) => (
          <Change
            key={one.name}
            label={pick(one.label)}
            step={stepWord(one, trial.set[one.name] ?? '')}
            onUndo={() => onChange(withValue(trial, one, one.value ?? ''))}
          />
        ))}
        {rules.map((one) => (
          <Change
            key={one.rule}
            label={`${one.rule} ${pick(one.label)}`}
            step={t('policy.whatif.switchedOff')}
            onUndo={() => onChange(withRule(trial, one.rule, false))}
          />
        ))}
      </ul>
      <Button kind="plain" onClick={() => onChange({ ...trial, set: {}, off: [] })}>
        {t('policy.whatif.allBack')}
      </Button>
    </div>
  );
}

export function Controls({ book, trial, onChange }: ControlProps) {
  const choices = triable(book.parameters.items, book.rules.items);
  const parameter = choices.find((one) => one.name === trial.focus);
  return (
    <div class="wi-controls">
      <div class="card stack">
        <Select
          label={t('policy.whatif.number')}
          anyWord={t('policy.whatif.noNumber')}
          value={parameter ? trial.focus : ''}
          options={choices.map((one) => ({ id: one.name, label: pick(one.label) }))}
          onChange={(focus) => onChange({ ...trial, focus })}
        />
        {parameter && <OnSlider parameter={parameter} trial={trial} onChange={onChange} />}
      </div>
      <RulesOff book={book} trial={trial} onChange={onChange} />
    </div>
  );
}
