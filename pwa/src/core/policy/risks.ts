/** Which risks stand behind a rule that names none itself, and the kind a household might be (twins of the server's). */
import type { Known, Value } from './expression';

const RISKS: readonly string[] = [
  'illness',
  'disability',
  'schooling',
  'disaster',
  'accident',
  'industry_failure',
  'unstable_employment',
  'unsafe_housing',
  'unsafe_water',
  'other',
];
type Risks = ReadonlyMap<Value, string>;
const SHOCKS: Risks = new Map([
  ['disaster', 'disaster'],
  ['traffic', 'accident'],
  ['accident', 'accident'],
  ['disabled', 'disability'],
]);
const SOURCES: Risks = new Map([
  ['education', 'schooling'],
  ['medical', 'illness'],
  ['house', 'unsafe_housing'],
  ['water', 'unsafe_water'],
]);

const listOf = (facts: Known, name: string): readonly Value[] => {
  const value = facts[name];
  return Array.isArray(value) ? (value as readonly Value[]) : [];
};
const isOneOf = (value: Value | null | undefined, ...codes: string[]): boolean =>
  codes.some((code) => code === value);
const given = (value: Value | null | undefined): boolean => value !== undefined && value !== null;

const shocks = (facts: Known): string[] =>
  listOf(facts, 'shock')
    .filter((entry) => typeof entry === 'string')
    .map((entry) => SHOCKS.get(entry) ?? 'other');

function work(facts: Known): string[] {
  const found: string[] = [];
  if (given(facts['biz_event']) && facts['biz_event'] !== 'none') found.push('industry_failure');
  if (isOneOf(facts['job_state'], 'unstable', 'none')) found.push('unstable_employment');
  return found;
}

function bySource(source: Value, facts: Known): readonly string[] {
  const found = source === 'work' ? work(facts) : [];
  if (source === 'work') return found.length > 0 ? found : ['unstable_employment'];
  if (source === 'shock') return shocks(facts);
  return [SOURCES.get(source)].filter((risk) => risk !== undefined);
}

function shown(facts: Known): string[] {
  const found = [...shocks(facts), ...work(facts)];
  const ill = listOf(facts, 'ill') as readonly Known[];
  if (ill.some((item) => isOneOf(item['ill_type'], 'serious', 'chronic'))) found.push('illness');
  if (listOf(facts, 'stu').length > 0 || facts['edu_cannot'] === 'yes') found.push('schooling');
  if (isOneOf(facts['labour_lost'], 'weak', 'lost') && found.length === 0) found.push('disability');
  return found;
}

/** The risks that the hardship sources name; without any, those the other answers show; else `other`. */
export function risksByCause(facts: Known): readonly string[] {
  const sources = listOf(facts, 'hardship_src');
  const found = new Set(sources.length > 0 ? sources.flatMap((s) => bySource(s, facts)) : shown(facts));
  const risks = RISKS.filter((risk) => found.has(risk));
  return risks.length > 0 ? risks : ['other'];
}

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
