/** The decision on one case as it is written and sent; what was written survives a closed tab. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { CountyChoice, CountyDecision } from '../../core/api/deskTypes';
import { uuidv7 } from '../../core/ids';
import { type Draft, loadDraft, saveDraft } from './drafts';
import { missingIn } from './model';

const NOTHING: Draft = { choice: null, opinion: '', id: '' };
const REST_MS = 300;

const isEmpty = (draft: Draft): boolean => draft.choice === null && draft.opinion.trim() === '';

interface Kept {
  draft: Draft;
  write: (part: Partial<Pick<Draft, 'choice' | 'opinion'>>) => void;
  /** Takes the draft away for good. */
  done: () => Promise<void>;
}

/** A draft that goes to disk once nobody types for a moment, and at once when the page is hidden or left. */
function useDraft(visitId: string): Kept {
  const [draft, setDraft] = useState<Draft>(NOTHING);
  const latest = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const flush = useCallback(() => {
    if (timer.current === null) return;
    clearTimeout(timer.current);
    timer.current = null;
    const now = latest.current;
    void saveDraft(visitId, isEmpty(now) ? null : now).catch(() => undefined);
  }, [visitId]);
  useEffect(() => {
    let gone = false;
    void loadDraft(visitId).then((found) => {
      if (gone || found === null || !isEmpty(latest.current)) return;
      latest.current = found;
      setDraft(found);
    });
    document.addEventListener('visibilitychange', flush);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }, [visitId, flush]);
  const write: Kept['write'] = (part) => {
    latest.current = { ...latest.current, ...part, id: uuidv7() };
    setDraft(latest.current);
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(flush, REST_MS);
  };
  const done = async () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    latest.current = NOTHING;
    await saveDraft(visitId, null).catch(() => undefined);
  };
  return { draft, write, done };
}

export interface Deciding {
  choice: CountyChoice | null;
  opinion: string;
  busy: boolean;
  error: unknown;
  /** What is missing, once somebody tried to send it. */
  missing: 'choice' | 'opinion' | null;
  write: Kept['write'];
  send: () => void;
}

/** `decided` is called with what the server signed for, `refused` when it said no. */
export function useDeciding(
  visitId: string,
  decided: (decision: CountyDecision) => void,
  refused: () => void,
): Deciding {
  const { draft, write, done } = useDraft(visitId);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const missing = missingIn(draft.choice, draft.opinion);
  const send = async () => {
    setTried(true);
    if (missing !== null || draft.choice === null || busy) return;
    setBusy(true);
    setError(null);
    const body = { id: draft.id, decision: draft.choice, opinion: draft.opinion.trim() };
    const params = { path: { visit_id: visitId } };
    try {
      const made = await call(api.POST('/county/cases/{visit_id}/decisions', { params, body }));
      await done();
      decided(made);
    } catch (problem) {
      setError(problem);
      setBusy(false);
      refused();
    }
  };
  return {
    choice: draft.choice,
    opinion: draft.opinion,
    busy,
    error,
    missing: tried ? missing : null,
    write: (part) => {
      setError(null);
      write(part);
    },
    send: () => void send(),
  };
}
