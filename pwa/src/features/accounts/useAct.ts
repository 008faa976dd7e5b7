/** One act in a dialog: its number, whether it runs, and what went wrong. */
import { useRef, useState } from 'preact/hooks';
import { uuidv7 } from '../../core/ids';

export interface Running {
  /** Of the act; it stays the same when it is tried again. */
  op: string;
  busy: boolean;
  error: unknown;
  run: () => void;
}

/** `act` gets the number of the act; what it gives goes to `done`. */
export function useAct<T>(act: (op: string) => Promise<T>, done: (outcome: T) => void): Running {
  const op = useRef('');
  if (op.current === '') op.current = uuidv7();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      done(await act(op.current));
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return { op: op.current, busy, error, run: () => void run() };
}
