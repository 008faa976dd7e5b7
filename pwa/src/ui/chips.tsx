/** Filters in one line; exactly one is on. Numbers beside the words say what to expect. */
import './chips.css';
import type { ComponentChildren } from 'preact';

export interface Chip {
  id: string;
  label: ComponentChildren;
  count?: number | undefined;
}

export interface ChipsProps {
  label: string;
  items: readonly Chip[];
  value: string;
  onChange: (id: string) => void;
}

export function Chips({ label, items, value, onChange }: ChipsProps) {
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{label}</legend>
      <div class="chips-line">
        {items.map((one) => (
          <button
            key={one.id}
            type="button"
            class="chip"
            aria-pressed={one.id === value}
            onClick={() => onChange(one.id)}
          >
            {one.label}
            {one.count !== undefined && <span class="chip-count num">{one.count}</span>}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
