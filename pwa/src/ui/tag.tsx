/** A short word with a colour. Red, amber and blue mean risk; green means the server has it. */
import type { ComponentChildren } from 'preact';

export type Tone = 'red' | 'amber' | 'blue' | 'green' | 'plain' | 'accent';

export function Tag({ tone = 'plain', children }: { tone?: Tone | undefined; children: ComponentChildren }) {
  return <span class={`tag tag-${tone}`}>{children}</span>;
}
