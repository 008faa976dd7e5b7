/** What a household gets in hand after a visit: what was recorded, by whom, and how to object. Pure. */
import type { Household, VisitBody } from '../../core/api/types';
import { dayOf, timeOf } from '../../core/clock';
import type { Checklist } from '../../record/checklist';
import { type AnswerSection, answerSections } from '../../record/rows';

/** Everything about the visit that is not in its body. */
export interface Around {
  readonly household: Pick<Household, 'members' | 'village' | 'township'> | undefined;
  readonly headName: string;
  readonly author: string;
  /** Number of the server's receipt; null while it has not signed. */
  readonly receipt: string | null;
}

export interface SlipLine {
  readonly question: string;
  readonly answer: string;
}

export interface SlipPart {
  readonly title: string;
  readonly who: string | null;
  readonly lines: readonly SlipLine[];
}

export interface Slip {
  readonly head: string;
  readonly place: string;
  readonly day: string;
  readonly time: string;
  readonly author: string;
  readonly receipt: string | null;
  /** The family did not agree: nothing was asked. */
  readonly refused: boolean;
  readonly parts: readonly SlipPart[];
  readonly notes: readonly string[];
  /** Things the visitor saw and wrote down without asking; the household may ask for them. */
  readonly unseen: number;
  readonly photos: number;
  readonly located: boolean;
}

/** Digits that identify a person or a telephone, also in full width and with spaces or dashes between them. */
const NUMBERS = /(?<![\d０-９])(?:[\d０-９][\s-]?){6,17}[\d０-９XxＸｘ](?![\d０-９])/g;
const COVER = '…';

/** A text without identity and telephone numbers; amounts and years are shorter than those and stay. */
export function withoutNumbers(text: string): string {
  return text.replace(NUMBERS, COVER);
}

function partsOf(section: AnswerSection): SlipPart[] {
  return section.groups
    .map(({ who, rows }) => ({
      title: section.title,
      who: who === null ? null : withoutNumbers(who),
      lines: rows
        .filter(({ observer, shown }) => !observer && shown.asked)
        .map(({ label, shown }) => ({ question: label, answer: withoutNumbers(shown.text) })),
    }))
    .filter(({ lines }) => lines.length > 0);
}

function countUnseen(sections: readonly AnswerSection[]): number {
  const rows = sections.flatMap(({ groups }) => groups.flatMap((group) => group.rows));
  return rows.filter(({ observer, shown }) => observer && shown.asked).length;
}

/** The slip of a saved visit. Sums keep their digits: those of seven and more stand with separators. */
export function slipOf(body: VisitBody, checklist: Checklist, around: Around): Slip {
  const finished = Date.parse(body.finished_at);
  const sections = answerSections(checklist, body.answers, around.household?.members ?? []);
  const { village = '', township = '' } = around.household ?? {};
  return {
    head: withoutNumbers(around.headName),
    place: [township, village].filter(Boolean).join(' '),
    day: dayOf(finished),
    time: timeOf(finished),
    author: around.author,
    receipt: around.receipt,
    refused: body.answers['consent'] === 'no',
    parts: sections.flatMap(partsOf),
    notes: Object.values(body.notes).map(withoutNumbers),
    unseen: countUnseen(sections),
    photos: body.photos.length,
    located: body.location !== null,
  };
}

/** How many things were recorded. */
export const countOf = (slip: Slip): number => slip.parts.reduce((sum, { lines }) => sum + lines.length, 0);
