/** Makes pictures off the main thread, one message each: {id, file, stamp} in, {id, picture} or {id, error} out. */
import { makePicture, type Stamp } from './picture';
import { offscreenSurface } from './shrink';

interface Job {
  readonly id: number;
  readonly file: Blob;
  readonly stamp: Stamp;
}

addEventListener('message', ({ data }: MessageEvent<Job>) => {
  makePicture(data.file, data.stamp, offscreenSurface).then(
    (picture) => postMessage({ id: data.id, picture }, { transfer: [picture.bytes] }),
    (error: unknown) => postMessage({ id: data.id, error: String(error) }),
  );
});
