/** Choices as large cards: one (radio) or several (checkbox). Nothing is ever chosen in advance. */
import './choice.css';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface Option {
  id: string;
  label: string;
  hint?: string | undefined;
}

interface GroupProps {
  /** The question; drawn unless `hideLegend`. */
  legend: ComponentChildren;
  hideLegend?: boolean | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  options: readonly Option[];
  /** Two columns where the words are short. */
  columns?: 1 | 2 | 3 | undefined;
  disabled?: boolean | undefined;
}

export interface ChoiceOneProps extends GroupProps {
  value: string | null;
  onChange: (id: string) => void;
}

export interface ChoiceManyProps extends GroupProps {
  /** null = not asked yet, [] = asked and none. */
  value: readonly string[] | null;
  onChange: (ids: string[]) => void;
  /** Id of the option that means "none": drawn checked for [], and clears the others. */
  noneId?: string | undefined;
}

interface FrameProps extends GroupProps {
  type: 'radio' | 'checkbox';
  isOn: (id: string) => boolean;
  onPick: (id: string, on: boolean) => void;
}

function Frame(props: FrameProps) {
  const name = useId();
  const note = props.error ?? props.hint;
  return (
    <fieldset
      class="choice"
      disabled={props.disabled}
      aria-describedby={note ? `${name}-note` : undefined}
      aria-invalid={props.error ? 'true' : undefined}
    >
      <legend class={props.hideLegend ? 'visually-hidden' : 'choice-legend'}>{props.legend}</legend>
      {note && (
        <p id={`${name}-note`} class={props.error ? 'field-error' : 'field-hint'}>
          {note}
        </p>
      )}
      <div class={`choice-options choice-cols-${props.columns ?? 1}`}>
        {props.options.map((option) => (
          <label key={option.id} class="choice-card">
            <input
              type={props.type}
              name={name}
              value={option.id}
              checked={props.isOn(option.id)}
              onChange={(event) => props.onPick(option.id, event.currentTarget.checked)}
            />
            <span class="choice-mark" aria-hidden="true" />
            <span class="choice-text">
              {option.label}
              {option.hint && <small>{option.hint}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Exactly one of the options. */
export function ChoiceOne({ value, onChange, ...rest }: ChoiceOneProps) {
  return <Frame {...rest} type="radio" isOn={(id) => id === value} onPick={(id) => onChange(id)} />;
}

/** What a tap on `id` makes of the chosen ids; `noneId` and the others exclude each other. */
export function toggled(value: readonly string[] | null, id: string, on: boolean, noneId?: string): string[] {
  if (id === noneId) return [];
  const others = (value ?? []).filter((other) => other !== id && other !== noneId);
  return on ? [...others, id] : others;
}

/** Any number of the options. */
export function ChoiceMany({ value, onChange, noneId, ...rest }: ChoiceManyProps) {
  const isOn = (id: string) => (id === noneId ? value?.length === 0 : value?.includes(id) === true);
  return (
    <Frame
      {...rest}
      type="checkbox"
      isOn={isOn}
      onPick={(id, on) => onChange(toggled(value, id, on, noneId))}
    />
  );
}
