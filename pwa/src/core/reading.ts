/** Reading something from the server for one screen. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Reading<T> {
  data: T | null;
  error: unknown;
  busy: boolean;
  reload: () => void;
  /** Puts an answer in place that came another way. */
  put: (data: T) => void;
}

interface Held<T> {
  key: string;
  data: T | null;
  error: unknown;
  busy: boolean;
}

/** Reads when `key` changes; what another key brought leaves the screen, what the same key brought stays. */
export function useReading<T>(key: string, read: () => Promise<T>): Reading<T> {
  const [held, setHeld] = useState<Held<T>>({ key, data: null, error: null, busy: true });
  const turn = useRef(0);
  const latest = useRef(read);
  latest.current = read;
  const start = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    const settle = (found: Partial<Held<T>>) => {
      if (mine === turn.current) setHeld((before) => ({ ...before, ...found, busy: false }));
    };
    setHeld((before) => ({ key, data: before.key === key ? before.data : null, error: null, busy: true }));
    latest.current().then(
      (data) => settle({ data, error: null }),
      (error: unknown) => settle({ error }),
    );
  }, [key]);
  useEffect(() => {
    start();
    return () => {
      turn.current += 1;
    };
  }, [start]);
  const put = useCallback((data: T) => setHeld({ key, data, error: null, busy: false }), [key]);
  const mine = held.key === key;
  return {
    data: mine ? held.data : null,
    error: mine ? held.error : null,
    busy: held.busy,
    reload: start,
    put,
  };
}

export interface Paged<T> {
  items: readonly T[];
  next: string | null;
}

/** A first page and the ones read after it, without what came twice. */
export function joined<T>(before: readonly T[], page: readonly T[], keyOf: (item: T) => string): T[] {
  const known = new Set(before.map(keyOf));
  return [...before, ...page.filter((item) => !known.has(keyOf(item)))];
}
