/** Shrinks pictures off the main thread, one message each: {id, file} in, {id, bytes} or {id, error} out. */
import { encodeWithin, offscreenEncoder } from './shrink';

interface Job {
  readonly id: number;
  readonly file: Blob;
}

async function shrink(file: Blob): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(file);
  try {
    return await (await encodeWithin(bitmap, offscreenEncoder(bitmap))).arrayBuffer();
  } finally {
    bitmap.close();
  }
}

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  shrink(data.file).then(
    (bytes) => postMessage({ id: data.id, bytes }, { transfer: [bytes] }),
    (error: unknown) => postMessage({ id: data.id, error: String(error) }),
  );
});
