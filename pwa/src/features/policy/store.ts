/** The county's numbers and rules, read once for all pages of the policy. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { Parameter, PolicyList, Rule } from '../../core/api/policyTypes';

export interface Rulebook {
  readonly parameters: PolicyList<Parameter>;
  readonly rules: PolicyList<Rule>;
}

export interface RulebookState {
  readonly data: Rulebook | null;
  readonly error: unknown;
  readonly busy: boolean;
}

const EMPTY: RulebookState = { data: null, error: null, busy: false };
const now = signal<RulebookState>(EMPTY);
let turn = 0;

export const rulebook: ReadonlySignal<RulebookState> = now;

/** Reads both lists anew; what is on screen stays until they are here. */
export async function readRules(): Promise<void> {
  turn += 1;
  const mine = turn;
  now.value = { ...now.value, busy: true, error: null };
  try {
    const [parameters, rules] = await Promise.all([
      call(api.GET('/policy/parameters', {})),
      call(api.GET('/policy/rules', {})),
    ]);
    if (mine === turn) now.value = { data: { parameters, rules }, error: null, busy: false };
  } catch (error) {
    if (mine === turn) now.value = { ...now.value, error, busy: false };
  }
}

/** Forgets everything; for tests, sign-out and the next visit to the page. */
export function resetRules(): void {
  turn += 1;
  now.value = EMPTY;
}
