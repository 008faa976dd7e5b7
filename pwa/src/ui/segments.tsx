/** A few places next to each other, one of them open; arrows move between them as in any tab list. */
import './segments.css';

export interface Segment {
  id: string;
  label: string;
  /** Drawn behind the label; absent while it is not known. */
  count?: number | undefined;
}

export interface SegmentsProps {
  label: string;
  items: readonly Segment[];
  value: string;
  onChange: (id: string) => void;
  /** Id of the element that changes with the choice. */
  controls: string;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

export function Segments({ label, items, value, onChange, controls }: SegmentsProps) {
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const index = items.findIndex((one) => one.id === value);
    const next = step === undefined ? undefined : items[(index + step + items.length) % items.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.id);
    const list = event.currentTarget as HTMLElement;
    list.querySelector<HTMLElement>(`[data-id="${next.id}"]`)?.focus();
  };
  return (
    <div class="segments" role="tablist" aria-label={label} onKeyDown={move}>
      {items.map((one) => (
        <button
          key={one.id}
          type="button"
          role="tab"
          data-id={one.id}
          aria-selected={one.id === value}
          aria-controls={controls}
          tabIndex={one.id === value ? 0 : -1}
          onClick={() => onChange(one.id)}
        >
          {one.label}
          {one.count !== undefined && <span class="segments-count num">{one.count}</span>}
        </button>
      ))}
    </div>
  );
}
