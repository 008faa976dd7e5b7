/** The open form as the screen sees it: signals to read, acts to call. Every act is saved at once. */

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type Json, sha256Hex } from '../../core/canonical';
import { now, nowIso, today } from '../../core/clock';
import { saveDraft } from '../../core/drafts';
import { enqueueVisit } from '../../core/outbox';
import { dropPhoto, listPhotos, putPhoto } from '../../core/photos';
import { deviceId } from '../../core/session';
import { autosave } from './autosave';
import { buildBody } from './draft';
import { type Issue, issues } from './issues';
import { type Form, type Progress, progress, readForm, type Step, setAnswer, unanswered } from './model';
import type { Opened } from './open';
import type { Shrink } from './shrinker';
import type { Draft, PhotoKind, VisitBody } from './types';

/** Where the form stands: being filled in, being written, written (with its id). */
export type Phase = { kind: 'filling' } | { kind: 'saving' } | { kind: 'saved'; visitId: string };

export interface Controller {
  readonly opened: Opened;
  readonly draft: ReadonlySignal<Draft>;
  readonly form: ReadonlySignal<Form>;
  readonly issues: ReadonlySignal<readonly Issue[]>;
  readonly open: ReadonlySignal<readonly Step[]>;
  readonly progress: ReadonlySignal<Progress>;
  readonly phase: ReadonlySignal<Phase>;
  /** True while the last change is not on disk because writing failed. */
  readonly unsaved: ReadonlySignal<boolean>;
  readonly answer: (step: Step, value: Json | undefined) => void;
  readonly note: (question: string, text: string) => void;
  readonly moveTo: (key: string) => void;
  readonly locate: (location: VisitBody['location']) => void;
  readonly explain: (reason: string | null) => void;
  readonly addPhoto: (file: Blob, kind: PhotoKind) => Promise<void>;
  readonly removePhoto: (sha256: string) => Promise<void>;
  readonly flush: () => Promise<void>;
  /** Saves the visit; rejects when the phone could not store it, and the form stays open. */
  readonly save: () => Promise<void>;
}

export interface Services {
  readonly saveDraft: (householdId: string, draft: Draft) => Promise<void>;
  readonly enqueueVisit: typeof enqueueVisit;
  readonly putPhoto: typeof putPhoto;
  readonly dropPhoto: typeof dropPhoto;
  readonly listPhotos: typeof listPhotos;
  readonly deviceId: () => Promise<string>;
  readonly shrink: Shrink;
  readonly appVersion: string;
}

/** The services of the app itself; tests bring others. */
export const appServices = (shrink: Shrink): Services => ({
  saveDraft,
  enqueueVisit,
  putPhoto,
  dropPhoto,
  listPhotos,
  deviceId,
  shrink,
  appVersion: __APP_VERSION__,
});

export function openController(opened: Opened, services: Services): Controller {
  const { household, checklist } = opened;
  const draft = signal(opened.draft);
  const phase = signal<Phase>({ kind: 'filling' });
  const unsaved = signal(false);
  const day = today();

  const saver = autosave<Draft>(
    async (value) => {
      await services.saveDraft(household.id, value);
      unsaved.value = false;
    },
    () => {
      unsaved.value = true;
    },
  );
  let begun = opened.resumed;
  /** Looking around leaves nothing behind: a form is begun by the first thing somebody says. */
  const note = (part: Partial<Draft>) => {
    if (phase.value.kind !== 'filling') return;
    draft.value = { ...draft.value, ...part };
    if (begun) saver.put(draft.value);
  };
  const change = (part: Partial<Draft>) => {
    begun = true;
    note(part);
  };

  const form = computed(() =>
    readForm(checklist, draft.value.answers, {
      roster: household.roster,
      members: household.members,
      today: day,
    }),
  );

  const addPhoto = async (file: Blob, kind: PhotoKind) => {
    const bytes = await services.shrink(file);
    const photo = { sha256: await sha256Hex(bytes), kind, taken_at: nowIso() };
    if (draft.value.photos.some((p) => p.sha256 === photo.sha256)) return;
    await services.putPhoto(draft.value.id, { ...photo, bytes });
    change({ photos: [...draft.value.photos, { ...photo, length: bytes.byteLength }] });
    await saver.flush();
  };

  const removePhoto = async (sha256: string) => {
    change({ photos: draft.value.photos.filter((p) => p.sha256 !== sha256) });
    await saver.flush();
    await services.dropPhoto(draft.value.id, sha256);
  };

  const write = async () => {
    const closing = {
      now: new Date(now()).toISOString(),
      deviceId: await services.deviceId(),
      appVersion: services.appVersion,
    };
    await saver.flush();
    const body = buildBody(draft.value, form.value, household, closing);
    const wanted = new Set(body.photos.map((p) => p.sha256));
    const stored = await services.listPhotos(body.id);
    const photos = stored.flatMap((p) => (p.bytes && wanted.has(p.sha256) ? [{ ...p, bytes: p.bytes }] : []));
    const { corrects } = draft.value;
    await services.enqueueVisit(body, photos, {
      headName: household.head_name,
      ...(corrects !== null && { corrects }),
    });
    return body.id;
  };

  const save = async () => {
    if (phase.value.kind !== 'filling') return;
    phase.value = { kind: 'saving' };
    try {
      phase.value = { kind: 'saved', visitId: await write() };
    } catch (error) {
      phase.value = { kind: 'filling' };
      throw error;
    }
  };

  return {
    opened,
    draft,
    form,
    issues: computed(() => issues(form.value)),
    open: computed(() => unanswered(form.value, draft.value.photos.length)),
    progress: computed(() => progress(form.value, draft.value.photos.length)),
    phase,
    unsaved,
    answer: (step, value) => change({ answers: setAnswer(draft.value.answers, step, value), at: step.key }),
    note: (question, text) => change({ notes: { ...draft.value.notes, [question]: text } }),
    moveTo: (key) => {
      if (draft.value.at !== key) note({ at: key });
    },
    locate: (location) => note({ location, location_missing_reason: null }),
    explain: (reason) => change({ location_missing_reason: reason }),
    addPhoto,
    removePhoto,
    flush: saver.flush,
    save,
  };
}
