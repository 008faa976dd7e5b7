/** The open form as the screen sees it: signals to read, acts to call. Every act is saved at once. */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { AcceptReason, FarReason, Fix } from '../../core/api/types';
import type { Json } from '../../core/canonical';
import { monotonic, nowIso, serverOffset, today } from '../../core/clock';
import { saveDraft } from '../../core/drafts';
import { enqueueVisit } from '../../core/outbox/save';
import { dropPhoto, heldPhotos, listPhotos, putPhoto } from '../../core/photos';
import type { Judged } from '../../core/policy/engine';
import { deviceId, user } from '../../core/session';
import { autosave } from './autosave';
import { buildBody } from './draft';
import { earlierPhotos } from './earlier';
import { type Issue, issues } from './issues';
import { type LastVisit, lastAnswer } from './last';
import {
  type Form,
  type Progress,
  progress,
  readForm,
  type Situation,
  type Step,
  setAnswer,
  unanswered,
} from './model';
import type { Opened } from './open';
import { type PhotoActs, photoActs } from './photoActs';
import type { Shrink } from './shrinker';
import { answeredAnew, explained, type LargeChange, largeChanges, takeable, takenOver } from './since';
import type { ChangeReason, Draft, PhotoFacts, VisitBody } from './types';

/** What the chunk that reads questions aloud adds, where the phone has a voice of its own. */
export interface Aloud {
  readonly Button: ComponentType<{ readonly controller: Controller; readonly step: Step }>;
  readonly stop: () => void;
}

/** Whether the newest state is on disk; `idle` before anything was said. */
export type Stored = 'idle' | 'writing' | 'kept' | 'failed';

/** Where the form stands: being filled in, being written, written (with its id). */
export type Phase = { kind: 'filling' } | { kind: 'saving' } | { kind: 'saved'; visitId: string };

/** What the lights' chunk adds to an open form. */
export interface Judging {
  readonly judged: ReadonlySignal<Judged | null>;
  /** Lights so far, in a line above the main button. */
  readonly Strip: ComponentType<JudgingProps>;
  /** Lights and what is still to ask, before saving. */
  readonly Findings: ComponentType<JudgingProps>;
  /** Keys of the questions that `Findings` already lists. */
  readonly asked: ReadonlySignal<ReadonlySet<string>>;
}

export interface JudgingProps {
  readonly controller: Controller;
  readonly onJump: (key: string) => void;
}

export interface Controller extends PhotoActs {
  readonly opened: Opened;
  readonly draft: ReadonlySignal<Draft>;
  /** Parts of the draft, each by itself: what shows one of them is not drawn anew at every key. */
  readonly at: ReadonlySignal<Draft['at']>;
  readonly photos: ReadonlySignal<Draft['photos']>;
  readonly location: ReadonlySignal<Draft['location']>;
  readonly since: ReadonlySignal<Draft['since']>;
  /** The draft's answers, to the last key. */
  readonly answers: ReadonlySignal<Draft['answers']>;
  readonly form: ReadonlySignal<Form>;
  readonly issues: ReadonlySignal<readonly Issue[]>;
  readonly open: ReadonlySignal<readonly Step[]>;
  readonly progress: ReadonlySignal<Progress>;
  readonly phase: ReadonlySignal<Phase>;
  /** The phone's rules at work; null until they are loaded, and where the phone has none. */
  readonly judging: Signal<Judging | null>;
  readonly aloud: Signal<Aloud | null>;
  /** The visit that answers are compared with; null at the first one, and where a returned one is corrected. */
  readonly last: LastVisit | null;
  /** Answers far from the last visit's. */
  readonly large: ReadonlySignal<readonly LargeChange[]>;
  /** Day of the visit, Asia/Shanghai. */
  readonly day: string;
  readonly stored: ReadonlySignal<Stored>;
  /** Takes the last visit's answers over: of these steps, or of what a section still leaves open. */
  readonly takeStep: (step: Step) => void;
  readonly takeSection: (section: string) => void;
  /** Why an answer is far from the last visit's. */
  readonly explainChange: (step: Step, reason: ChangeReason) => void;
  /** Resolves once the draft is on disk as one that goes on by the checklist of that version. */
  readonly adopt: (version: string) => Promise<void>;
  /** The newer checklist is not wanted for this draft. */
  readonly decline: (version: string) => void;
  /** Null when everything is on disk, else what to wait for before the memory may be taken away. */
  readonly beforeCamera: () => Promise<void> | null;
  readonly answer: (step: Step, value: Json | undefined) => void;
  /** The same for a keystroke: stored at once like every answer, the form follows when the key is on the glass. */
  readonly typed: (step: Step, value: Json | undefined) => void;
  readonly note: (question: string, text: string) => void;
  readonly moveTo: (key: string) => void;
  readonly locate: (location: VisitBody['location']) => void;
  readonly explain: (reason: string | null) => void;
  /** Takes the fix as it is for good; a better one is not waited for. */
  readonly acceptFix: (reason: AcceptReason) => void;
  readonly explainFar: (reason: FarReason) => void;
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
  readonly heldPhotos: typeof heldPhotos;
  readonly deviceId: () => Promise<string>;
  readonly shrink: Shrink;
  /** Who takes the pictures, by the name everybody at the desk knows. */
  readonly who: () => string;
  /** What is known of the household's earlier photos on this phone. */
  readonly earlierPhotos: (householdId: string, but: string) => Promise<PhotoFacts[]>;
  readonly appVersion: string;
}

/** The services of the app itself; tests bring others. */
export const appServices = (shrink: Shrink): Services => ({
  saveDraft,
  enqueueVisit,
  putPhoto,
  dropPhoto,
  listPhotos,
  heldPhotos,
  deviceId,
  shrink,
  who: () => user.value?.display_name ?? '',
  earlierPhotos,
  appVersion: __APP_VERSION__,
});

/** The draft with its way to disk. */
export interface Keeper {
  readonly draft: Signal<Draft>;
  readonly phase: Signal<Phase>;
  readonly stored: Signal<Stored>;
  /** Something somebody said: the form is begun. */
  readonly change: (part: Partial<Draft>) => void;
  /** Looking around: kept only once the form is begun. */
  readonly glance: (part: Partial<Draft>) => void;
  readonly flush: () => Promise<void>;
}

function keeper(opened: Opened, services: Services): Keeper {
  const draft = signal(opened.draft);
  const phase = signal<Phase>({ kind: 'filling' });
  const stored = signal<Stored>(opened.resumed ? 'kept' : 'idle');
  let begun = opened.resumed;
  const write = async (value: Draft) => {
    await services.saveDraft(opened.household.id, value);
    // Said only of the newest state: one that came meanwhile is on its way.
    if (draft.value === value) stored.value = 'kept';
  };
  const saver = autosave<Draft>(write, () => {
    stored.value = 'failed';
  });
  const glance = (part: Partial<Draft>) => {
    if (phase.value.kind !== 'filling') return;
    draft.value = { ...draft.value, ...part };
    if (begun) saver.put(draft.value);
  };
  const change = (part: Partial<Draft>) => {
    begun = true;
    // Not said of a glance: the place comes every second, and nobody typed it.
    if (stored.value !== 'failed' && phase.value.kind === 'filling') stored.value = 'writing';
    glance(part);
  };
  return { draft, phase, stored, change, glance, flush: saver.flush };
}

/** Once what was typed is on the glass. */
const afterPaint = (work: () => void) => void requestAnimationFrame(() => setTimeout(work));

/**
 * Answers given by themselves, and answers taken over from the last visit. `shown` are those the form is made of:
 * the same as the draft's, but that a key is painted before the whole form is read anew.
 */
function answerActs(kept: Keeper, opened: Opened, last: LastVisit | null, situation: Situation) {
  const { draft } = kept;
  const shown = signal(opened.draft.answers);
  const follow = () => {
    shown.value = draft.value.answers;
  };
  const change = (part: Partial<Draft>) => {
    kept.change(part);
    follow();
  };
  const answered = (step: Step, value: Json | undefined): Partial<Draft> => {
    const { answers, since } = draft.value;
    return { answers: setAnswer(answers, step, value), since: answeredAnew(since, step.key), at: step.key };
  };
  const take = (steps: readonly { step: Step; value: Json }[]) => {
    const at = steps.at(-1)?.step.key;
    if (last === null || at === undefined) return;
    const { answers, since } = draft.value;
    const keys = steps.map(({ step }) => step.key);
    change({
      answers: steps.reduce((all, { step, value }) => setAnswer(all, step, value), answers),
      since: takenOver(since, keys, last.id),
      at,
    });
  };
  const formNow = () => readForm(opened.checklist, draft.value.answers, situation);
  return {
    shown,
    follow,
    answer: (step: Step, value: Json | undefined) => change(answered(step, value)),
    typed: (step: Step, value: Json | undefined) => {
      kept.change(answered(step, value));
      afterPaint(follow);
    },
    takeStep: (step: Step) => {
      const value = last === null ? undefined : lastAnswer(step, last, formNow().around);
      if (value !== undefined) take([{ step, value }]);
    },
    takeSection: (section: string) => {
      if (last === null) return;
      // An answer taken over may open questions that were answered last time too.
      for (let more = takeable(formNow(), section, last); more.length > 0; ) {
        take(more);
        more = takeable(formNow(), section, last);
      }
    },
    explainChange: (step: Step, reason: ChangeReason) => {
      if (last !== null) change({ since: explained(draft.value.since, step.key, last.id, reason) });
    },
  };
}

function draftActs({ draft, change, stored, flush }: Keeper) {
  return {
    adopt: (version: string) => {
      change({ checklist_version: version });
      return flush();
    },
    decline: (version: string) => change({ declined: version }),
    beforeCamera: () => {
      if (stored.value === 'kept') return null;
      // Also a form in which nothing was said yet: the picture will belong to it.
      change({ at: draft.value.at });
      return flush();
    },
  };
}

/** A returned visit is corrected by what the reviewer says of it, not by the visit before. */
const comparedWith = ({ draft, last }: Opened): LastVisit | null => (draft.revises === null ? last : null);

/** What travels with the visit of the phone's own judgement: rule ids, and by which rules. */
function previewOf(judged: Judged | null): VisitBody['preview'] {
  if (judged === null) return undefined;
  const ids = (list: readonly { rule: string }[]) => list.map(({ rule }) => rule).sort();
  return { policy: judged.version, met: ids(judged.lights), unknown: ids(judged.unknown) };
}

/** Hands the finished visit to the outbox; resolves with the id it is stored under when everything is on disk. */
async function close(
  opened: Opened,
  draft: Draft,
  form: Form,
  services: Services,
  judged: Judged | null,
  started_mono_ms: number | null,
): Promise<string> {
  const { household } = opened;
  const last = comparedWith(opened);
  const device = { deviceId: await services.deviceId(), appVersion: services.appVersion };
  const clock = { started_mono_ms, finished_mono_ms: monotonic(), offset_ms: serverOffset() };
  const preview = previewOf(judged);
  const body = buildBody(draft, form, household, { now: nowIso(), ...device, clock, preview, last });
  const wanted = new Set(body.photos.map((p) => p.sha256));
  const held = await services.heldPhotos(body.id);
  const photos = held.filter((one) => wanted.has(one.sha256)).map((one) => ({ ...one, bytes: null }));
  const corrects = draft.corrects === null ? {} : { corrects: draft.corrects };
  return services.enqueueVisit(body, photos, { headName: household.head_name, ...corrects });
}

function saveAct(
  { draft, phase, flush }: Keeper,
  form: ReadonlySignal<Form>,
  opened: Opened,
  services: Services,
  judging: ReadonlySignal<Judging | null>,
) {
  // That clock begins anew with every life of the app.
  const begun = opened.resumed ? null : monotonic();
  return async () => {
    if (phase.value.kind !== 'filling') return;
    phase.value = { kind: 'saving' };
    try {
      await flush();
      const judged = judging.value?.judged.value ?? null;
      phase.value = {
        kind: 'saved',
        visitId: await close(opened, draft.value, form.value, services, judged, begun),
      };
    } catch (error) {
      phase.value = { kind: 'filling' };
      throw error;
    }
  };
}

function placeActs({ draft, change, glance }: Keeper) {
  const said = (more: Partial<Fix>) => {
    const { location } = draft.value;
    if (location !== null) change({ location: { ...location, ...more } });
  };
  const locate = (next: VisitBody['location']) => {
    const far_reason = draft.value.location?.far_reason;
    const location = next && { ...next, ...(far_reason && { far_reason }) };
    glance({ location, location_missing_reason: null });
  };
  return {
    locate,
    explain: (reason: string | null) => change({ location_missing_reason: reason }),
    acceptFix: (accepted_reason: AcceptReason) => said({ accepted_reason }),
    explainFar: (far_reason: FarReason) => said({ far_reason }),
  };
}

export function openController(opened: Opened, services: Services): Controller {
  const kept = keeper(opened, services);
  const { draft, change, glance } = kept;
  const { roster, members } = opened.household;
  const day = today();
  const situation = { roster, members, today: day };
  const last = comparedWith(opened);
  const judging = signal<Judging | null>(null);
  const { shown, follow, ...acts } = answerActs(kept, opened, last, situation);
  const form = computed(() => readForm(opened.checklist, shown.value, situation));
  const photos = computed(() => draft.value.photos);
  const photoCount = computed(() => photos.value.length);
  return {
    opened,
    draft,
    form,
    day,
    judging,
    aloud: signal<Aloud | null>(null),
    last,
    large: computed(() => (last === null ? [] : largeChanges(form.value, last))),
    phase: kept.phase,
    stored: kept.stored,
    issues: computed(() => issues(form.value)),
    open: computed(() => unanswered(form.value, photoCount.value)),
    progress: computed(() => progress(form.value, photoCount.value)),
    ...acts,
    ...draftActs(kept),
    note: (question, text) => change({ notes: { ...draft.value.notes, [question]: text } }),
    moveTo: (key) => {
      if (draft.value.at !== key) glance({ at: key });
    },
    ...placeActs(kept),
    ...photoActs(kept, opened.household, services),
    flush: kept.flush,
    at: computed(() => draft.value.at),
    photos,
    location: computed(() => draft.value.location),
    since: computed(() => draft.value.since),
    answers: computed(() => draft.value.answers),
    save: saveAct({ ...kept, flush: () => kept.flush().then(follow) }, form, opened, services, judging),
  };
}
