/** A labelled line or block of text with hint and error, tied together for screen readers. */
import './field.css';
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon';

export interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  onBlur?: (() => void) | undefined;
  type?: 'text' | 'password' | 'search' | 'tel' | 'date' | undefined;
  hint?: string | undefined;
  error?: string | undefined;
  placeholder?: string | undefined;
  autocomplete?: string | undefined;
  inputMode?: 'text' | 'numeric' | 'decimal' | 'tel' | 'search' | undefined;
  maxLength?: number | undefined;
  required?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Several lines. */
  multiline?: boolean | undefined;
  min?: string | undefined;
  max?: string | undefined;
  /** The label is read out but not drawn. */
  hideLabel?: boolean | undefined;
  /** Drawn at the end of the line, e.g. a show-password button. */
  trailing?: ComponentChildren;
  inputRef?: RefObject<HTMLInputElement> | undefined;
}

function Note({ id, text, bad }: { id: string; text: string; bad: boolean }) {
  return (
    <p class={bad ? 'field-error' : 'field-hint'} id={id}>
      {bad && <Icon name="alert" size={18} />}
      {text}
    </p>
  );
}

/** Preact types `<input>` by each kind of `type`; one control for all kinds has to say so. */
function lineAttributes(props: FieldProps): JSX.IntrinsicElements['input'] {
  const attributes = {
    type: props.type ?? 'text',
    inputMode: props.inputMode,
    min: props.min,
    max: props.max,
    autocapitalize: 'off',
    spellcheck: false,
  };
  return attributes as JSX.IntrinsicElements['input'];
}

export function Field(props: FieldProps) {
  const id = useId();
  const note = props.error ?? props.hint;
  const shared = {
    id,
    class: 'field-input',
    value: props.value,
    placeholder: props.placeholder,
    maxLength: props.maxLength,
    required: props.required,
    disabled: props.disabled,
    autocomplete: props.autocomplete ?? 'off',
    'aria-invalid': props.error ? ('true' as const) : undefined,
    'aria-describedby': note ? `${id}-note` : undefined,
    onBlur: props.onBlur,
  };
  return (
    <div class={`field${props.error ? ' field-bad' : ''}`}>
      <label class={props.hideLabel ? 'visually-hidden' : 'field-label'} for={id}>
        {props.label}
      </label>
      <div class="field-box">
        {props.multiline ? (
          <textarea {...shared} rows={3} onInput={(event) => props.onInput(event.currentTarget.value)} />
        ) : (
          <input
            {...shared}
            {...(props.inputRef ? { ref: props.inputRef } : {})}
            {...lineAttributes(props)}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
        )}
        {props.trailing}
      </div>
      {note && <Note id={`${id}-note`} text={note} bad={props.error !== undefined} />}
    </div>
  );
}
