/** A household, a checklist and services without a browser, for the tests beside. */
import definition from '../../../../server/checklists/definitions/2026-1.json';
import { sha256Hex } from '../../core/canonical';
import type { EnqueuedPhoto } from '../../core/outbox/save';
import type { NewPhoto, StoredPhoto } from '../../core/photos';
import { type Controller, openController, type Services } from './controller';
import { newDraft } from './draft';
import type { Opened } from './open';
import type { Picture } from './picture';
import type { Checklist, Draft, Household, Member, RosterFacts, VisitBody } from './types';

export const checklist = definition as unknown as Checklist;

export const roster: RosterFacts = {
  lifted: false,
  kind: 'none',
  released: false,
  months_tracked: 0,
  n_members: 3,
  n_compulsory: 0,
  n_student: 0,
  n_college: 0,
  n_60plus: 0,
  n_labour: 2,
  n_half_labour: 0,
  dibao: false,
  tekun: false,
  tekun_scattered: false,
  orphan: false,
  severe_disabled: false,
  highrisk_job: false,
  pcni_prev: '15000.00',
  net_prev: '60000.00',
  poor10: false,
  online_flag: false,
};

function member(id: string, name: string, relation: string, sex: Member['sex'], age: number): Member {
  const rest = { labour: 'full', id_masked: '', main_labour: false, disability_grade: null } as const;
  return { id, name, relation, sex, age, stage: null, ...rest };
}

export const HEAD = member('m1', '甲某', '户主', 'male', 63);
export const SON = member('m2', '乙某', '之子', 'male', 34);
export const STUDENT: Member = { ...member('m3', '丙某', '之孙女', 'female', 19), stage: 'college' };

export function household(change: Partial<Household> = {}): Household {
  return {
    id: 'h1',
    number: '1',
    head_name: '甲某',
    pinyin: '',
    initials: '',
    id_tail: '',
    region_code: '45032110020101',
    township: '某镇',
    village: '某村',
    natural_village: '',
    grid: '',
    address: '某村 1 号',
    phone_masked: '',
    category: 'ordinary',
    revision: 1,
    roster,
    home: null,
    due_on: null,
    members: [HEAD, SON, STUDENT],
    last_visit: null,
    returned: null,
    ...change,
  };
}

/** Every question of a clean adult household answered with its first option. */
export const CLEAN = {
  consent: 'yes',
  roster_change: [],
  basic_lack: [],
  ins_gap: [],
  ill_who: [],
  house_state: 'safe',
  water_state: 'ok',
  job_state: 'stable',
  biz_event: 'none',
  inc_band: 'above',
  shock: [],
  policy_gap: [],
  ask_help: 'none',
};

export interface World {
  readonly controller: Controller;
  readonly drafts: Draft[];
  readonly sent: { body: VisitBody; photos: readonly EnqueuedPhoto[]; corrects?: string | undefined }[];
  readonly photos: Map<string, NewPhoto>;
}

export interface WorldOptions {
  readonly home?: Household;
  readonly draft?: Partial<Draft>;
  readonly resumed?: boolean;
  readonly newer?: Checklist;
  readonly services?: Partial<Services>;
}

/** A picture whose bytes are those of its file; light, sharp and like no other. */
export async function pictureOf(file: Blob): Promise<Picture> {
  const bytes = await file.arrayBuffer();
  const original_sha256 = await sha256Hex(bytes);
  const measures = { luminance: 120, sharpness: 500, dhash: original_sha256.slice(0, 16) };
  return { bytes, original_sha256, exif_time: null, exif_position: null, measures };
}

/** An open form whose phone is a few arrays. */
export function openWorld({
  home = household(),
  draft = {},
  resumed = false,
  newer,
  services = {},
}: WorldOptions = {}): World {
  const drafts: Draft[] = [];
  const sent: World['sent'] = [];
  const photos = new Map<string, NewPhoto>();
  const birth = { id: 'v1', version: checklist.version, now: '2026-11-22T02:00:00.000Z' };
  const opened: Opened = {
    household: home,
    checklist,
    draft: { ...newDraft(home, birth), ...draft },
    resumed,
    problem: null,
    last: home.last_visit,
    newer: newer ?? null,
  };
  const stored = (photo: NewPhoto): StoredPhoto => ({ ...photo, length: photo.bytes.byteLength });
  const controller = openController(opened, {
    saveDraft: async (_household, value) => {
      drafts.push(value);
    },
    enqueueVisit: async (body, attached, options) => {
      sent.push({ body, photos: attached, corrects: options?.corrects });
      return body.id;
    },
    putPhoto: async (_visit, photo) => {
      photos.set(photo.sha256, photo);
    },
    dropPhoto: async (_visit, sha256) => {
      photos.delete(sha256);
    },
    listPhotos: async () => [...photos.values()].map(stored),
    heldPhotos: async () => [...photos.values()].map(stored),
    deviceId: async () => 'phone-1',
    shrink: pictureOf,
    who: () => '戊某',
    earlierPhotos: async () => [],
    appVersion: '9.9.9',
    ...services,
  });
  return { controller, drafts, sent, photos };
}
