/** Surfaces: a card, and a list of rows inside one. */
import type { ComponentChildren } from 'preact';

export interface CardProps {
  title?: ComponentChildren;
  /** Drawn at the end of the title line. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

export function Card({ title, aside, children }: CardProps) {
  return (
    <section class="card">
      {title && (
        <div class="card-head">
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** Label and value, one line each; the value may wrap. */
export function Facts({ rows }: { rows: readonly { label: string; value: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {rows.map((row) => (
        <div key={row.label}>
          <dt>{row.label}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
