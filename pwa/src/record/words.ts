/** Words of the things a visit record carries, beyond those every screen shares (core/format). */
import type { Cause } from '../core/api/deskTypes';
import { codeOf, errorText } from '../core/api/problem';
import type { RunAct, Severity, StandingLight, VisitState, VisitSummary } from '../core/api/types';
import { hasText, pick, t } from '../core/i18n';
import type { Tone } from '../ui/tag';

export const SEVERITIES: readonly Severity[] = ['red', 'yellow', 'attention', 'none'];

export const severityShort = (severity: Severity): string => t(`record.short.${severity}`);
/** Why a run was: what somebody wrote, or that the rules had changed by themselves. */
export const runReason = (run: Pick<RunAct, 'trigger' | 'reason'>): string =>
  run.trigger === 'packs' ? t('record.runByItself') : run.reason;

export const roleWord = (role: string): string => (hasText(`role.${role}`) ? t(`role.${role}`) : role);

const HARDSHIPS = [
  'illness',
  'disability',
  'schooling',
  'disaster',
  'accident',
  'industry_failure',
  'unstable_employment',
  'unsafe_housing',
  'unsafe_water',
  'basic_needs',
] as const;

/** What a household's hardship may come from, in the order of the national form. */
export const CAUSES: readonly Cause[] = [...HARDSHIPS, 'other'];

/** Risks a visit can be filtered by, in the same order. */
export const RISKS = [
  ...HARDSHIPS,
  'focus_group',
  'policy_delivery',
  'verify',
  'exclusion_check',
  'self_report',
  'tracking',
  'release',
  'other',
] as const;

/** A risk by its id; an id of a later pack is shown as it is. */
export const riskWord = (risk: string): string =>
  hasText(`record.risk.${risk}`) ? t(`record.risk.${risk}`) : risk;

const STATE_TONES: Record<VisitState, Tone> = {
  submitted: 'accent',
  approved: 'green',
  returned: 'plain',
  escalated: 'accent',
  superseded: 'plain',
};

export const stateTone = (state: VisitState): Tone => STATE_TONES[state];

/** Whether no run of newer rules has put a light out. */
export const isLit = (light: StandingLight): boolean => light.state !== 'closed';

/** "红 1 黄 2": how many lights of each kind, worst first; empty without lights. */
export function lightCounts(counts: VisitSummary['light_counts']): string {
  return (['red', 'yellow', 'attention'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${severityShort(severity)} ${counts[severity]}`)
    .join(' ');
}

/** One line why this visit deserves a look: its lights, else what changed. */
export function whyLine(visit: VisitSummary): string {
  if (visit.top_lights.length > 0) return visit.top_lights.map(pick).join(' · ');
  if (visit.changed_count > 0) return t('record.changedCount', { n: visit.changed_count });
  return t('record.sameAsBefore');
}

/** "18 米" or "2.3 公里"; null when the home or the visit has no position. */
export function distanceText(metres: number | null): string | null {
  if (metres === null) return null;
  if (metres < 1000) return t('record.metres', { n: Math.round(metres) });
  return t('record.kilometres', { n: (metres / 1000).toFixed(1) });
}

/** Beyond this the reviewer should wonder where the visit took place (a field and a lane away from a GPS fix). */
export const FAR_METRES = 200;

/** What went wrong and, where the words do not say it themselves, what to do about it. */
export function errorHelp(error: unknown): string {
  const words = errorText(error);
  return codeOf(error) === 'no_network' ? t('record.noNetworkHelp', { words }) : words;
}

const MINUTE = 60_000;

/** "40 秒", "5 分钟", "2 天": as exact as it matters; milliseconds. */
export function span(ms: number): string {
  if (ms < 2 * MINUTE) return t('record.spanSeconds', { n: Math.round(ms / 1000) });
  if (ms < 60 * MINUTE) return t('record.spanMinutes', { n: Math.round(ms / MINUTE) });
  if (ms < 48 * 60 * MINUTE) return t('record.spanHours', { n: Math.round(ms / MINUTE / 60) });
  return t('record.spanDays', { n: Math.round(ms / MINUTE / 60 / 24) });
}

/** How the phone's clock stood to the server's; `offset` is server time minus the phone's, milliseconds. */
export function clockText(offset: number | null): string {
  if (offset === null) return t('record.clockUnknown');
  if (Math.abs(offset) < MINUTE) return t('record.clockRight');
  return t(offset > 0 ? 'record.clockSlow' : 'record.clockFast', { span: span(Math.abs(offset)) });
}
