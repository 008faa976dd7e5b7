/**
 * The household to practise on, and services that keep everything in memory: the form is the real one, but nothing of
 * it reaches the disk, the outbox or the network. It is gone when the app is closed, or when somebody begins anew.
 */
import { checklist } from '../../core/checklists';
import { nowIso } from '../../core/clock';
import { t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import type { NewPhoto, StoredPhoto } from '../../core/photos';
import { deviceId, user } from '../../core/session';
import type { Services } from './controller';
import { newDraft } from './draft';
import { NoChecklist, type Opened } from './open';
import type { Shrink } from './shrinker';
import type { Checklist, Draft, Household, Member, VisitBody } from './types';

/** No identifier of the register looks like this. */
export const PRACTICE_ID = 'practice';

function person(
  id: string,
  relation: string,
  sex: Member['sex'],
  age: number,
  more: Partial<Member>,
): Member {
  const rest = { stage: null, labour: 'full', main_labour: false, disability_grade: null } as const;
  return { id, name: t(`practice.${id}`), relation, sex, age, id_masked: '', ...rest, ...more };
}

/** Three made-up people, so that the questions for pupils and for the old come up too. */
export function practiceHousehold(): Household {
  const members = [
    person('head', '户主', 'male', 46, { main_labour: true }),
    person('mother', '之母', 'female', 71, { labour: 'none' }),
    person('daughter', '之女', 'female', 13, { labour: 'none', stage: 'junior' }),
  ];
  const counts = { n_members: 3, n_compulsory: 1, n_student: 0, n_college: 0, n_60plus: 1, n_labour: 1 };
  const known = {
    lifted: true,
    kind: 'none',
    released: false,
    months_tracked: 0,
    dibao: false,
    tekun: false,
  };
  const others = { tekun_scattered: false, orphan: false, highrisk_job: false, poor10: false };
  return {
    id: PRACTICE_ID,
    number: PRACTICE_ID,
    head_name: t('practice.household'),
    pinyin: '',
    initials: '',
    id_tail: '',
    region_code: user.value?.region.code ?? '',
    township: '',
    village: '',
    natural_village: '',
    grid: '',
    address: t('practice.address'),
    phone_masked: '',
    category: 'lifted',
    revision: 0,
    roster: {
      ...counts,
      ...known,
      ...others,
      n_half_labour: 0,
      severe_disabled: false,
      pcni_prev: '15000.00',
      net_prev: '45000.00',
      online_flag: false,
    },
    home: null,
    last_visited_on: null,
    due_on: null,
    members,
    last_visit: null,
    returned: null,
    history: [],
  };
}

interface Room {
  draft: Draft | null;
  photos: Map<string, NewPhoto>;
  /** What was "saved" last. */
  saved: VisitBody | null;
}

const empty = (): Room => ({ draft: null, photos: new Map(), saved: null });
let room = empty();

/** Forgets everything that was practised. */
export function resetPractice(): void {
  room = empty();
}

export const practiceBegun = (): boolean => room.draft !== null;
export const practiceSaved = (): VisitBody | null => room.saved;

/** Opens the form where it was left, or anew. Throws NoChecklist as a real visit does. */
export async function openPractice(): Promise<Opened> {
  let definition: Checklist;
  try {
    definition = (await checklist()) as unknown as Checklist;
  } catch (cause) {
    throw new NoChecklist('no checklist on this phone', { cause });
  }
  const household = practiceHousehold();
  const birth = { id: uuidv7(), version: definition.version, now: nowIso() };
  const kept = room.draft;
  const draft = kept ?? newDraft(household, birth);
  return {
    household,
    checklist: definition,
    draft,
    resumed: kept !== null,
    problem: null,
    practice: true,
    last: null,
    newer: null,
  };
}

const stored = (photo: NewPhoto): StoredPhoto => ({ ...photo, length: photo.bytes.byteLength });

/** The form's services without a disk and without a way out. */
export const practiceServices = (shrink: Shrink): Services => ({
  saveDraft: async (_household, draft) => {
    room.draft = draft;
  },
  enqueueVisit: async (body) => {
    room = { ...empty(), saved: body };
    return body.id;
  },
  putPhoto: async (_visit, photo) => {
    room.photos.set(photo.sha256, photo);
  },
  dropPhoto: async (_visit, sha256) => {
    room.photos.delete(sha256);
  },
  listPhotos: async () => [...room.photos.values()].map(stored),
  heldPhotos: async () => [...room.photos.values()].map(stored).map(({ bytes: _bytes, ...photo }) => photo),
  deviceId,
  shrink,
  who: () => user.value?.display_name ?? '',
  earlierPhotos: async () => [],
  appVersion: __APP_VERSION__,
});
