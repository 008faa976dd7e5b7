/** The page's end of the shrinking worker; falls back to the page itself where workers cannot draw. */
import type { Picture, Stamp } from './picture';

/** A file as it is kept, and what was found out; rejects when it is no picture this phone can read. */
export type Shrink = (file: Blob, stamp: Stamp) => Promise<Picture>;

interface Reply {
  readonly id: number;
  readonly picture?: Picture;
  readonly error?: string;
}

/** Its code comes only where it is needed: everywhere else it is in the worker's chunk. */
async function shrinkHere(file: Blob, stamp: Stamp): Promise<Picture> {
  const [{ makePicture }, { pageSurface }] = await Promise.all([import('./picture'), import('./shrink')]);
  return makePicture(file, stamp, pageSurface);
}

function throughWorker(): { shrink: Shrink; close: () => void } {
  const worker = new Worker(new URL('./shrink.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (made: Picture) => void; reject: (e: Error) => void }>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    const caller = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.picture) caller?.resolve(data.picture);
    else caller?.reject(new Error(data.error ?? 'not shrunk'));
  });
  worker.addEventListener('error', () => {
    for (const caller of waiting.values()) caller.reject(new Error('the worker failed'));
    waiting.clear();
  });
  const shrink: Shrink = (file, stamp) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, file, stamp });
    });
  return { shrink, close: () => worker.terminate() };
}

/** A shrinker that starts its worker with the first picture; `close` ends it. */
export function openShrinker(): { shrink: Shrink; close: () => void } {
  let opened: { shrink: Shrink; close: () => void } | null = null;
  const able = typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined';
  return {
    shrink: (file, stamp) => {
      opened ??= able ? throughWorker() : { shrink: shrinkHere, close: () => undefined };
      return opened.shrink(file, stamp);
    },
    close: () => opened?.close(),
  };
}
