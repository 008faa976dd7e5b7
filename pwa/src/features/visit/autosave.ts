/** Writes the newest state after every change, one write at a time; states overtaken by newer ones are skipped. */

export interface Autosave<T> {
  readonly put: (value: T) => void;
  /** Resolves when everything put so far is on disk; rejects with the last failure. */
  readonly flush: () => Promise<void>;
}

export function autosave<T>(
  write: (value: T) => Promise<void>,
  failed: (error: unknown) => void,
): Autosave<T> {
  let waiting: { value: T } | null = null;
  let running: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (waiting !== null) {
      const { value } = waiting;
      waiting = null;
      try {
        await write(value);
      } catch (error) {
        // Kept for the next attempt unless something newer came meanwhile.
        waiting ??= { value };
        throw error;
      }
    }
  };
  const flush = (): Promise<void> => {
    running ??= drain()
      .finally(() => {
        running = null;
      })
      // Something may have been put between the last look and here.
      .then(() => (waiting === null ? undefined : flush()));
    return running;
  };
  return {
    put: (value) => {
      waiting = { value };
      flush().catch(failed);
    },
    flush,
  };
}
