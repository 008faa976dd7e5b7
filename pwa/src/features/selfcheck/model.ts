/** What a phone must be able to do for a day without a network, judged from what was found. Pure. */

export type Grade = 'ok' | 'warn' | 'bad';
export type LineId =
  | 'browser'
  | 'installed'
  | 'worker'
  | 'persisted'
  | 'space'
  | 'camera'
  | 'place'
  | 'clock'
  | 'rehearsal';

export const LINES: readonly LineId[] = [
  'browser',
  'installed',
  'worker',
  'persisted',
  'space',
  'camera',
  'place',
  'clock',
  'rehearsal',
];

/** One thing a rehearsal goes through. */
export type StepId = 'app' | 'list' | 'form' | 'record';
export interface Step {
  id: StepId;
  ok: boolean;
  /** How many files, households or bytes; 0 where nothing was counted. */
  n: number;
}

/** What was found; undefined: not looked at yet. Sizes in bytes, times in milliseconds, accuracy in metres. */
export interface Facts {
  /** Code of the app whose browser this is, for example `wechat`; null in a browser of its own. */
  browser?: string | null;
  installed?: boolean;
  worker?: 'active' | 'coming' | 'none';
  /** Null: the browser does not say. */
  persisted?: boolean | null;
  free?: number | null;
  camera?: 'there' | 'denied' | 'none';
  place?: { accuracy: number } | 'denied' | 'none' | 'slow';
  /** Server time minus this phone's; null before the first contact. */
  offset?: number | null;
  /** Null: never rehearsed. */
  rehearsal?: readonly Step[] | null;
}

export interface Line {
  id: LineId;
  grade: Grade;
  /** Which sentence says it: `check.<id>.<word>`, and `check.<id>.<word>.do` what to do about it. */
  word: string;
  params: Record<string, string | number>;
}

const MB = 1024 * 1024;
const LITTLE = 300 * MB;
const TOO_LITTLE = 50 * MB;
const EXACT_M = 50;
const MINUTE = 60_000;

type Judged = [Grade, string, Record<string, string | number>?];

function space(free: number | null): Judged {
  if (free === null) return ['warn', 'unknown'];
  const mb = Math.floor(free / MB);
  const params = { size: mb < 1024 ? `${mb} MB` : `${(mb / 1024).toFixed(1)} GB` };
  if (free < TOO_LITTLE) return ['bad', 'little', params];
  return free < LITTLE ? ['warn', 'little', params] : ['ok', 'enough', params];
}

function place(found: NonNullable<Facts['place']>): Judged {
  if (typeof found !== 'object') return [found === 'slow' ? 'warn' : 'bad', found];
  const params = { m: Math.round(found.accuracy) };
  return found.accuracy <= EXACT_M ? ['ok', 'exact', params] : ['warn', 'rough', params];
}

function clock(offset: number | null): Judged {
  if (offset === null) return ['warn', 'unknown'];
  const params = { minutes: Math.round(Math.abs(offset) / MINUTE) };
  if (Math.abs(offset) <= MINUTE) return ['ok', 'right'];
  const word = offset < 0 ? 'fast' : 'slow';
  return [Math.abs(offset) <= 10 * MINUTE ? 'warn' : 'bad', word, params];
}

function rehearsal(steps: readonly Step[] | null): Judged {
  if (steps === null) return ['warn', 'never'];
  const failed = steps.find((step) => !step.ok);
  return failed ? ['bad', failed.id] : ['ok', 'done'];
}

const WORKER: Record<string, Grade> = { active: 'ok', coming: 'warn', none: 'bad' };
const CAMERA: Record<string, Grade> = { there: 'ok', denied: 'warn', none: 'warn' };

function judge(id: LineId, facts: Facts): Judged | null {
  const { browser, installed, worker, persisted, free, camera, offset } = facts;
  switch (id) {
    case 'browser':
      return browser === undefined ? null : browser === null ? ['ok', 'own'] : ['bad', browser];
    case 'installed':
      return installed === undefined ? null : installed ? ['ok', 'yes'] : ['warn', 'no'];
    case 'worker':
      return worker === undefined ? null : [WORKER[worker] ?? 'bad', worker];
    case 'persisted':
      return persisted === undefined
        ? null
        : persisted
          ? ['ok', 'yes']
          : ['warn', persisted === null ? 'unknown' : 'no'];
    case 'space':
      return free === undefined ? null : space(free);
    case 'camera':
      return camera === undefined ? null : [CAMERA[camera] ?? 'warn', camera];
    case 'place':
      return facts.place === undefined ? null : place(facts.place);
    case 'clock':
      return offset === undefined ? null : clock(offset);
    case 'rehearsal':
      return facts.rehearsal === undefined ? null : rehearsal(facts.rehearsal);
  }
}

/** The line of one thing, or null while it was not looked at. */
export function lineOf(id: LineId, facts: Facts): Line | null {
  const judged = judge(id, facts);
  return judged && { id, grade: judged[0], word: judged[1], params: judged[2] ?? {} };
}

/** Codes for the server: which lines are doubtful, which are wrong. Nothing of what was measured. */
export function summary(facts: Facts): { warn: LineId[]; bad: LineId[] } {
  const lines = LINES.flatMap((id) => lineOf(id, facts) ?? []);
  const of = (grade: Grade) => lines.filter((line) => line.grade === grade).map((line) => line.id);
  return { warn: of('warn'), bad: of('bad') };
}

/** Browsers inside other apps, by what they call themselves; `wv` is any other app's on Android. */
const INSIDE: readonly [RegExp, string][] = [
  [/wxwork\//i, 'wecom'],
  [/MicroMessenger/i, 'wechat'],
  [/DingTalk/i, 'dingtalk'],
  [/AlipayClient/i, 'alipay'],
  [/\bQQ\/\d/, 'qq'],
  [/Weibo/i, 'weibo'],
  [/aweme|BytedanceWebview/i, 'douyin'],
  [/\bLark\/|Feishu/i, 'feishu'],
  [/; wv\)/, 'app'],
];

/** The app whose browser this is, or null when it is a browser of its own. */
export function inAppBrowser(userAgent: string): string | null {
  return INSIDE.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
