/** An act before it is signed: what is still missing, what is sent, and what the server said about each field. */

import type {
  Parameter,
  RevocationRequest,
  Rule,
  Setting,
  SettingKind,
  SettingRequest,
} from '../../core/api/policyTypes';
import { ServerProblem } from '../../core/api/problem';
import { parseValue, sameValue } from './values';

export type Act =
  | { what: 'parameter'; parameter: Parameter }
  | { what: 'rule_off' | 'rule_on'; rule: Rule }
  | { what: 'revoke'; setting: Setting };

export interface Draft {
  readonly value: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly password: string;
}

export type FieldName = keyof Draft;
/** Code of what is wrong, by field; the screen has the words. */
export type Wrong = Partial<Record<FieldName, string>>;

export const blankDraft = (today: string): Draft => ({
  value: '',
  from: today,
  until: '',
  reason: '',
  password: '',
});

const DAY = /^20\d{2}-\d{2}-\d{2}$/;
const REASON_LEAST = 5;

function wrongDays(draft: Draft): Wrong {
  if (!DAY.test(draft.from)) return { from: 'day' };
  if (draft.until !== '' && !DAY.test(draft.until)) return { until: 'day' };
  if (draft.until !== '' && draft.until < draft.from) return { until: 'order' };
  return {};
}

function wrongValue(act: Act, draft: Draft): Wrong {
  if (act.what !== 'parameter') return {};
  const value = parseValue(draft.value, act.parameter.unit);
  if (value === undefined) return { value: act.parameter.unit };
  return sameValue(value, act.parameter.value) ? { value: 'same' } : {};
}

/** What the signer still has to put right; empty when it can be sent. */
export function wrongIn(act: Act, draft: Draft): Wrong {
  return {
    ...wrongValue(act, draft),
    ...(act.what === 'revoke' && draft.from === '' ? {} : wrongDays(draft)),
    ...([...draft.reason.trim()].length < REASON_LEAST ? { reason: 'short' } : {}),
    ...(draft.password === '' ? { password: 'empty' } : {}),
  };
}

function nameOf(act: Exclude<Act, { what: 'revoke' }>): { kind: SettingKind; name: string } {
  return act.what === 'parameter'
    ? { kind: 'parameter', name: act.parameter.name }
    : { kind: act.what, name: act.rule.rule };
}

/** The setting as it is sent; the draft has nothing wrong in it. */
export function settingRequest(
  act: Exclude<Act, { what: 'revoke' }>,
  draft: Draft,
  id: string,
): SettingRequest {
  const value = act.what === 'parameter' ? (parseValue(draft.value, act.parameter.unit) ?? null) : null;
  const { from, until, reason, password } = draft;
  return { id, ...nameOf(act), value, from, until: until || null, reason: reason.trim(), password };
}

export function revocationRequest(draft: Draft, id: string): RevocationRequest {
  return { id, from: draft.from || null, reason: draft.reason.trim(), password: draft.password };
}

/** Everything but the password: an answer lost on the way is asked again under the same id only for the same act. */
export const contentOf = (draft: Draft): string =>
  JSON.stringify([draft.value, draft.from, draft.until, draft.reason.trim()]);

const FIELDS: readonly string[] = ['value', 'from', 'until', 'reason', 'password'];

/** Fields that a refusal is about, with the server's code; a refusal of the whole act is about none. */
export function refusedFields(error: unknown): Wrong {
  if (!(error instanceof ServerProblem)) return {};
  if (error.problem.code === 'wrong_password') return { password: 'wrong' };
  const found = Object.entries(error.problem.errors ?? {}).filter(([name]) => FIELDS.includes(name));
  return Object.fromEntries(found.map(([name, list]) => [name, list[0]?.code ?? 'refused']));
}
