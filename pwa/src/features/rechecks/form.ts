/**
 * One outcome as it is being written, pure. The request that was sent once is frozen, id and words, until the server
 * has answered: sending it again can only repeat the same outcome, never make a second one.
 */
import type { Cause, Found, OutcomeRequest } from '../../core/api/deskTypes';
import type { StandingLight } from '../../core/api/types';
import { CAUSES } from '../../record';

export type Choice = OutcomeRequest['decision'];
/** `unanswered`: sent, but nobody knows whether it arrived. `refused`: the server said no, and why. */
export type Phase = 'writing' | 'sending' | 'unanswered' | 'refused';

export interface Words {
  /** Whether somebody went to the home; null while it is not said. */
  readonly home: 'yes' | 'no' | null;
  readonly homeOn: string;
  readonly homeBy: string;
  /** What was found about a light, and a note. */
  readonly found: Readonly<Record<string, Found>>;
  readonly notes: Readonly<Record<string, string>>;
  readonly cause: Cause | null;
  readonly opinion: string;
}

export interface Draft {
  readonly words: Words;
  readonly request: OutcomeRequest | null;
  readonly phase: Phase;
  /** The last failure in words. */
  readonly why: string | null;
}

export const FOUND: readonly Found[] = ['yes', 'no', 'unclear'];
export const OPINION_MAX = 1000;
export const NOTE_MAX = 500;
export const BY_MAX = 100;
const OPINION_MIN = 2;

export const BLANK: Draft = {
  words: { home: null, homeOn: '', homeBy: '', found: {}, notes: {}, cause: null, opinion: '' },
  request: null,
  phase: 'writing',
  why: null,
};

/** What is missing or wrong before an outcome may be sent, in the order of the form. */
export type Gap = 'home' | 'homeOn' | 'homeFuture' | 'homeBy' | 'found' | 'cause' | 'opinion';

type Lights = readonly Pick<StandingLight, 'rule'>[];

function homeGaps(words: Words, lights: Lights, today: string): Gap[] {
  if (words.home === null) return ['home'];
  if (words.home === 'no') return [];
  const gaps: Gap[] = [];
  if (words.homeOn === '') gaps.push('homeOn');
  else if (words.homeOn > today) gaps.push('homeFuture');
  if (words.homeBy.trim() === '') gaps.push('homeBy');
  if (lights.some((light) => words.found[light.rule] === undefined)) gaps.push('found');
  return gaps;
}

export function gapsOf(words: Words, lights: Lights, today: string): Gap[] {
  return [
    ...homeGaps(words, lights, today),
    ...(words.cause === null ? (['cause'] as const) : []),
    ...(words.opinion.trim().length < OPINION_MIN ? (['opinion'] as const) : []),
  ];
}

/** Words may change only while nothing is on its way. */
export const editable = (draft: Draft): boolean => draft.phase === 'writing' || draft.phase === 'refused';

export function withWords(draft: Draft, change: Partial<Words>): Draft {
  return editable(draft) ? { ...draft, words: { ...draft.words, ...change } } : draft;
}

/** Whether anything was written that would be a pity to lose. */
export function hasWords({ words, request }: Draft): boolean {
  const said = words.homeOn !== '' || words.homeBy.trim() !== '' || words.opinion.trim() !== '';
  const chosen = words.home !== null || words.cause !== null || Object.keys(words.found).length > 0;
  return said || chosen || request !== null;
}

function requestOf(words: Words, lights: Lights, decision: Choice, id: string): OutcomeRequest {
  const went = words.home === 'yes';
  const said = lights.flatMap(({ rule }) => {
    const found = words.found[rule];
    return found === undefined ? [] : [{ rule, found, note: (words.notes[rule] ?? '').trim() }];
  });
  return {
    id,
    decision,
    cause: words.cause ?? 'other',
    opinion: words.opinion.trim(),
    home_on: went ? words.homeOn : null,
    home_by: went ? words.homeBy.trim() : '',
    findings: went ? said : [],
  };
}

/** Ready to send: the frozen request of an unanswered try, else a new one with a new id. */
export function sending(draft: Draft, lights: Lights, choice: Choice, newId: () => string): Draft {
  const request = draft.request ?? requestOf(draft.words, lights, choice, newId());
  return { ...draft, request, phase: 'sending', why: null };
}

/** Statuses that say nothing about whether it was taken: no answer, busy, broken, or login expired. */
const isUnanswered = (status: number): boolean =>
  status === 0 || status >= 500 || [401, 408, 425, 429].includes(status);

/** After a failure: unknown keeps the frozen request, a refusal gives it up so that it can be changed. */
export function failed(draft: Draft, status: number, why: string): Draft {
  if (isUnanswered(status)) return { ...draft, phase: 'unanswered', why };
  return { ...draft, request: null, phase: 'refused', why };
}

/** The server was asked and has no such outcome: the words may change again, under a new id. */
export const reopened = (draft: Draft): Draft => ({ ...draft, request: null, phase: 'writing', why: null });

/** A draft read back from the device: what was on its way when the page closed is unanswered now. */
export const revived = (draft: Draft): Draft =>
  draft.phase === 'sending' ? { ...draft, phase: 'unanswered' } : draft;

/** The causes that the lights speak of first, then the others. */
export function causesFor(lights: readonly Pick<StandingLight, 'risks'>[]): Cause[] {
  const spoken = new Set(lights.flatMap((light) => light.risks));
  const near = CAUSES.filter((cause) => spoken.has(cause));
  return [...near, ...CAUSES.filter((cause) => !spoken.has(cause))];
}
