/** Files on their way into the form: one after another, each failing by itself. */
import { type Signal, signal } from '@preact/signals';
import type { PhotoActs } from './photoActs';
import type { PhotoKind } from './types';

/** A file that is not in the form, and why. */
export interface Left {
  readonly name: string;
  readonly why: 'unreadable' | 'storage' | 'again' | 'room';
}

export interface CameraState {
  /** Files chosen since the queue was last empty, and how many of them are done. */
  readonly total: number;
  readonly done: number;
  readonly left: readonly Left[];
}

export interface Camera {
  readonly state: Signal<CameraState>;
  /** Adds files; those beyond `room` stay out and are named. */
  readonly take: (files: readonly File[], kind: PhotoKind, room: number) => Promise<void>;
  readonly retake: (file: File, kind: PhotoKind, old: string) => Promise<void>;
}

const IDLE: CameraState = { total: 0, done: 0, left: [] };

/** Files still to be made into photos. */
export function waiting({ total, done }: CameraState): number {
  return total - done;
}

/** A phone that cannot store says so by the error's name; everything else is the file's fault. */
function reasonOf(error: unknown): Left['why'] {
  const name = error instanceof Error ? error.name : '';
  return name === 'QuotaExceededError' || name === 'AbortError' ? 'storage' : 'unreadable';
}

/** The tap on a camera's input. */
interface Tap {
  readonly currentTarget: HTMLInputElement;
  readonly preventDefault: () => void;
}

/** Opens the camera once the form is on disk; where it cannot be stored, the notice on top says so instead. */
export function openAfter(stored: Promise<void> | null, event: Tap): void {
  if (stored === null) return;
  const input = event.currentTarget;
  event.preventDefault();
  stored.then(
    () => input.click(),
    () => undefined,
  );
}

export function openCamera(addPhoto: PhotoActs['addPhoto']): Camera {
  const state = signal<CameraState>(IDLE);
  let queue: Promise<void> = Promise.resolve();
  const note = (left: readonly Left[], done = 0) => {
    const now = state.value;
    state.value = { ...now, done: now.done + done, left: [...now.left, ...left] };
  };
  const one = async (file: File, kind: PhotoKind, old?: string) => {
    try {
      const { again } = await addPhoto(file, kind, old);
      note(again ? [{ name: file.name, why: 'again' }] : [], 1);
    } catch (error) {
      note([{ name: file.name, why: reasonOf(error) }], 1);
    }
  };
  const enqueue = (files: readonly File[], kind: PhotoKind, old?: string) => {
    const { total, done, left } = state.value;
    const begun = done < total;
    state.value = {
      total: (begun ? total : 0) + files.length,
      done: begun ? done : 0,
      left: begun ? left : [],
    };
    for (const file of files) queue = queue.then(() => one(file, kind, old));
    return queue;
  };
  const take: Camera['take'] = (files, kind, room) => {
    const most = Math.max(0, room - waiting(state.value));
    const made = enqueue(files.slice(0, most), kind);
    note(files.slice(most).map(({ name }) => ({ name, why: 'room' })));
    return made;
  };
  return { state, take, retake: (file, kind, old) => enqueue([file], kind, old) };
}
