/**
 * A short word with a colour. Red, amber and blue mean risk; green means the server has it; accent, solid (filled
 * accent) and strong (filled ink) are for work that wants attention without being a risk.
 */
import type { ComponentChildren } from 'preact';

export type Tone = 'red' | 'amber' | 'blue' | 'green' | 'plain' | 'accent' | 'solid' | 'strong';

export function Tag({ tone = 'plain', children }: { tone?: Tone | undefined; children: ComponentChildren }) {
  return <span class={`tag tag-${tone}`}>{children}</span>;
}
