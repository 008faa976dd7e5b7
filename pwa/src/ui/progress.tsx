/** How far something is: a bar, a ring, or grey lines while nothing is known yet. */
export interface ProgressProps {
  value: number;
  max: number;
  /** Read out, e.g. "已下载 200 / 500 户". */
  label: string;
  tone?: 'green' | 'accent' | undefined;
}

function share(value: number, max: number): number {
  return max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
}

export function Progress({ value, max, label, tone = 'accent' }: ProgressProps) {
  return (
    <div
      class="track"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
    >
      <i class={`track-${tone}`} style={{ width: `${share(value, max) * 100}%` }} />
    </div>
  );
}

/** A ring with the share inside; the numbers stand beside it as text. */
export function Ring({ value, max, label }: Omit<ProgressProps, 'tone'>) {
  const round = 2 * Math.PI * 26;
  const part = share(value, max);
  return (
    <svg class="ring" viewBox="0 0 64 64" role="img" aria-label={label}>
      <circle cx="32" cy="32" r="26" class="ring-track" />
      {part > 0 && (
        <circle cx="32" cy="32" r="26" class="ring-part" stroke-dasharray={`${round * part} ${round}`} />
      )}
      <text x="32" y="33" class="ring-text">
        {Math.round(part * 100)}%
      </text>
    </svg>
  );
}

/** Grey lines in place of content that is being read. */
export function Skeleton({ lines = 3, label }: { lines?: number | undefined; label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}
