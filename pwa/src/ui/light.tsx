/** Severity by word, shape and colour together, so it also reads in sunlight and without colour. */
import './light.css';
import type { ComponentChildren } from 'preact';

export type LightSeverity = 'red' | 'yellow' | 'attention' | 'none';

const SHAPES: Record<LightSeverity, string> = {
  red: 'M8 1 15.5 14.5H.5z',
  yellow: 'M8 .8 15.2 8 8 15.2.8 8z',
  attention: 'M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14z',
  none: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
};

/** Triangle, diamond, disc, ring; decorative, the word stands beside it. */
export function LightShape({ severity, size = 14 }: { severity: LightSeverity; size?: number | undefined }) {
  return (
    <svg
      class={`light-shape light-${severity}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={SHAPES[severity]} />
    </svg>
  );
}

export interface LightProps {
  severity: LightSeverity;
  /** The word, e.g. 红·需核实, from the texts. */
  word: string;
  /** Small label only, for list rows. */
  compact?: boolean | undefined;
  /** What fired; drawn beside the word. */
  title?: ComponentChildren;
  children?: ComponentChildren;
}

/** A light: compact as a label in a row, or a card with its reasons. */
export function Light({ severity, word, compact, title, children }: LightProps) {
  if (compact)
    return (
      <span class={`light-tag light-bg-${severity}`}>
        <LightShape severity={severity} size={11} />
        {word}
      </span>
    );
  return (
    <div class={`light-card light-bg-${severity}`}>
      <p class="light-word">
        <LightShape severity={severity} />
        {word}
      </p>
      {title && <p class="light-title">{title}</p>}
      {children}
    </div>
  );
}
