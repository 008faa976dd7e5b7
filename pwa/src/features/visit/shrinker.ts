/** The page's end of the shrinking worker; falls back to the page itself where workers cannot draw. */
import { encodeWithin, pageEncoder } from './shrink';

/** Small JPEG bytes of a picture file; rejects when the file is no picture this phone can read. */
export type Shrink = (file: Blob) => Promise<ArrayBuffer>;

interface Reply {
  readonly id: number;
  readonly bytes?: ArrayBuffer;
  readonly error?: string;
}

async function shrinkHere(file: Blob): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(file);
  try {
    return await (await encodeWithin(bitmap, pageEncoder(bitmap))).arrayBuffer();
  } finally {
    bitmap.close();
  }
}

function throughWorker(): { shrink: Shrink; close: () => void } {
  const worker = new Worker(new URL('./shrink.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (b: ArrayBuffer) => void; reject: (e: Error) => void }>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    const caller = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.bytes) caller?.resolve(data.bytes);
    else caller?.reject(new Error(data.error ?? 'not shrunk'));
  });
  worker.addEventListener('error', () => {
    for (const caller of waiting.values()) caller.reject(new Error('the worker failed'));
    waiting.clear();
  });
  const shrink: Shrink = (file) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, file });
    });
  return { shrink, close: () => worker.terminate() };
}

/** A shrinker that starts its worker with the first picture; `close` ends it. */
export function openShrinker(): { shrink: Shrink; close: () => void } {
  let opened: { shrink: Shrink; close: () => void } | null = null;
  const able = typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined';
  return {
    shrink: (file) => {
      opened ??= able ? throughWorker() : { shrink: shrinkHere, close: () => undefined };
      return opened.shrink(file);
    },
    close: () => opened?.close(),
  };
}
