/** One of many words: the platform's own list, which every phone and screen reader knows. */
import './select.css';
import { useId } from 'preact/hooks';

export interface SelectProps {
  label: string;
  /** '' is the first, unrestricted entry. */
  value: string;
  options: readonly { id: string; label: string }[];
  /** Words of the entry that restricts nothing. */
  anyWord: string;
  disabled?: boolean | undefined;
  onChange: (id: string) => void;
}

export function Select({ label, value, options, anyWord, disabled, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="select">
      <label for={id}>{label}</label>
      <select
        id={id}
        class={value ? 'select-box select-on' : 'select-box'}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">{anyWord}</option>
        {options.map((one) => (
          <option key={one.id} value={one.id}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}
