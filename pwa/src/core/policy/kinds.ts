/** The kind a household might be: a suggestion, people decide (twin of server/policy/kinds.py). */
import type { Known } from './expression';

/** Red rules that mark sudden serious hardship above the line (policy digest C5.2). */
const SUDDEN: readonly string[] = ['R-SHK-10', 'R-INC-06', 'R-INC-07'];

/** The suggestion of policy digest C5.2, or null when there is nothing to suggest. */
export function proposeKind(facts: Known, red: readonly string[], within: boolean | null): string | null {
  if (facts['dibao'] === true || facts['tekun'] === true) return 'analyse_coverage';
  if (red.length === 0 && within !== true) return null;
  if (within === null) return 'collect_income';
  if (!within) return red.some((rule) => SUDDEN.includes(rule)) ? 'sudden' : 'village_deliberation';
  if (red.length === 0) return 'offline_monitoring';
  if (facts['lifted'] === true) return 'unstable';
  return facts['lifted'] === false ? 'marginal' : 'village_deliberation';
}
