/** Plain words about files of work. */
import { hasText, t } from '../../core/i18n';
import type { CarryState } from '../../core/relay/carry';
import type { Fate, Fates } from '../../core/relay/returned';

/** "38.2 MB", "640 KB". */
export function sizeText(bytes: number): string {
  const kb = Math.max(1, Math.round(bytes / 1024));
  return kb < 1024 ? `${kb} KB` : `${(kb / 1024).toFixed(1)} MB`;
}

/** Why carrying stopped, and what to do. */
export function stopText(code: string): string {
  const key = `relay.stop.${code}`;
  return t(hasText(key) ? key : 'relay.stop.other', { code });
}

/** A line for each thing that is not as it should be with a file that was carried. */
export function carryNotes(state: CarryState): string[] {
  const notes: [string, number][] = [
    ['relay.later', state.later],
    ['relay.damaged', state.damaged],
    ['relay.missing', state.stopped === null ? state.missing : 0],
  ];
  return notes.filter(([, n]) => n > 0).map(([key, n]) => t(key, { n }));
}

const FATES: readonly Fate[] = ['taken', 'waits', 'stale', 'damaged', 'unknown'];

/** A line for each fate of the answers that came back. */
export function fateLines(fates: Fates): string[] {
  return FATES.filter((fate) => fates[fate] > 0).map((fate) => t(`relay.fate.${fate}`, { n: fates[fate] }));
}
