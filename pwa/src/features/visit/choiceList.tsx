/** A question's options as large cards. Unlike the plain controls it reports the very option tapped. */
import '../../ui/choice.css';
import '../../ui/field.css';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { pick } from '../../core/i18n';
import { Icon } from '../../ui/icon';
import type { Option } from './types';

export interface ChoiceListProps {
  readonly legend: ComponentChildren;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly options: readonly Option[];
  readonly several: boolean;
  readonly isOn: (option: string) => boolean;
  readonly onPick: (option: string) => void;
}

/** Two columns only for two very short words, so that a thumb never meets a cramped pair. */
const columns = (options: readonly Option[]): number =>
  options.length === 2 && options.every((o) => pick(o.label).length <= 5) ? 2 : 1;

export function ChoiceList(props: ChoiceListProps) {
  const name = useId();
  const note = props.error ?? props.hint;
  return (
    <fieldset class="choice" aria-describedby={note ? `${name}-note` : undefined}>
      <legend class="choice-legend">{props.legend}</legend>
      {props.hint && !props.error && (
        <p id={`${name}-note`} class="field-hint">
          {props.hint}
        </p>
      )}
      <div class={`choice-options choice-cols-${columns(props.options)}`}>
        {props.options.map((option) => (
          <label key={option.id} class="choice-card">
            <input
              type={props.several ? 'checkbox' : 'radio'}
              name={name}
              value={option.id}
              checked={props.isOn(option.id)}
              onChange={(event) => {
                props.onPick(option.id);
                // The answer decides what is on, not the box that was tapped.
                event.currentTarget.checked = props.isOn(option.id);
              }}
            />
            <span class="choice-mark" aria-hidden="true" />
            <span class="choice-text">{pick(option.label)}</span>
          </label>
        ))}
      </div>
      <p id={props.error ? `${name}-note` : undefined} class="field-error" aria-live="polite">
        {props.error && <Icon name="alert" size={18} />}
        {props.error}
      </p>
    </fieldset>
  );
}
