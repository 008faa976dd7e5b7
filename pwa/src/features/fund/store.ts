/** The form now on screen and what the server makes of it. Nothing of it is stored anywhere. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { api, call } from '../../core/api/client';
import type { FundCalculation } from '../../core/api/fund';
import { ServerProblem } from '../../core/api/problem';
import { type Draft, missing, requestOf } from './model';

export interface Outcome {
  readonly result: FundCalculation | null;
  readonly error: unknown;
  readonly loading: boolean;
}

const NOTHING: Outcome = { result: null, error: null, loading: false };
const PAUSE_MS = 300;

const draftNow = signal<Draft | null>(null);
const outcomeNow = signal<Outcome>(NOTHING);

export const draft: ReadonlySignal<Draft | null> = draftNow;
export const outcome: ReadonlySignal<Outcome> = outcomeNow;

let turn = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes a changed form; the calculation follows when the typing pauses. */
export function change(next: Draft): void {
  draftNow.value = next;
  turn += 1;
  clearTimeout(timer);
  if (missing(next) !== null) {
    outcomeNow.value = NOTHING;
    return;
  }
  outcomeNow.value = { ...outcomeNow.value, loading: true };
  timer = setTimeout(() => void calculate(), PAUSE_MS);
}

/** Asks the server about the form as it stands; an answer that comes too late is dropped. */
export async function calculate(): Promise<void> {
  const asked = draftNow.value;
  if (!asked || missing(asked) !== null) return;
  turn += 1;
  const mine = turn;
  outcomeNow.value = { ...outcomeNow.value, loading: true };
  try {
    const result = await call(api.POST('/fund/calculations', { body: requestOf(asked) }));
    if (mine === turn) outcomeNow.value = { result, error: null, loading: false };
  } catch (error) {
    if (mine === turn) outcomeNow.value = { result: null, error, loading: false };
  }
}

/** The fields the server refused, by their key in the claim. */
export function refusedFields(error: unknown): Readonly<Record<string, string>> {
  const errors = error instanceof ServerProblem ? error.problem.errors : undefined;
  const pairs = Object.entries(errors ?? {}).map(([name, found]) => [
    name.replace(/^claim\./, ''),
    found[0]?.message ?? '',
  ]);
  return Object.fromEntries(pairs);
}

/** Forgets everything; for tests and sign-out. */
export function resetFund(): void {
  clearTimeout(timer);
  turn += 1;
  draftNow.value = null;
  outcomeNow.value = NOTHING;
}
