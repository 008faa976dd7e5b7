/** Reads why a light is lit; what was read once stays readable without the network until the page is left. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../core/api/client';
import type { Explanation } from '../core/api/explanation';
import { user } from '../core/session';

const KEPT = 60;
const kept = new Map<string, Explanation>();
const version = signal(0);

const keyOf = (visitId: string, rule: string): string => `${user.value?.id ?? ''}/${visitId}/${rule}`;

async function read(visitId: string, rule: string): Promise<void> {
  const path = { visit_id: visitId, rule };
  const found = await call(api.GET('/visits/{visit_id}/lights/{rule}/explanation', { params: { path } }));
  kept.set(keyOf(visitId, rule), found);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  version.value += 1;
}

/** Drops everything read; for tests and sign-out. */
export function forgetExplanations(): void {
  kept.clear();
}

export interface ExplanationState {
  found: Explanation | null;
  error: unknown;
  reload: () => void;
}

/** The explanation of a light, or of nothing while no light is chosen. */
export function useExplanation(visitId: string, rule: string | null): ExplanationState {
  const [round, setRound] = useState(0);
  const [failure, setFailure] = useState<{ rule: string; error: unknown } | null>(null);
  useEffect(() => {
    setFailure(null);
    if (rule === null || kept.has(keyOf(visitId, rule))) return undefined;
    let gone = false;
    read(visitId, rule).catch((error: unknown) => {
      if (!gone) setFailure({ rule, error });
    });
    return () => {
      gone = true;
    };
  }, [visitId, rule, round]);
  version.value;
  const found = rule === null ? null : (kept.get(keyOf(visitId, rule)) ?? null);
  return {
    found,
    error: failure !== null && failure.rule === rule ? failure.error : null,
    reload: () => setRound(round + 1),
  };
}
