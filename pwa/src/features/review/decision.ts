/**
 * One decision on one visit, as a pure machine. The request that was sent once is frozen, id and words, until the
 * server has answered: sending it again can then only repeat the same decision, never make a second one.
 */
import type { ReviewRequest } from '../../core/api/types';

export type Choice = ReviewRequest['decision'];
/** `unanswered`: sent, but nobody knows whether it arrived. `refused`: the server said no, and why. */
export type Phase = 'editing' | 'sending' | 'unanswered' | 'refused';

export interface Decision {
  readonly comment: string;
  readonly comments: Readonly<Record<string, string>>;
  readonly request: ReviewRequest | null;
  readonly phase: Phase;
  /** The last failure in words. */
  readonly why: string | null;
  /** Whose visit it is, for the list of what waits; set when a request is made. */
  readonly name?: string;
  /** The request left this device at least once: the server may have it. */
  readonly tried?: boolean;
  /** Refused when it was sent later, with nobody looking at the visit. */
  readonly late?: boolean;
}

export const BLANK: Decision = { comment: '', comments: {}, request: null, phase: 'editing', why: null };
export const COMMENT_MAX = 500;

/** Words may change only while nothing is on its way. */
export function editable(decision: Decision): boolean {
  return decision.phase === 'editing' || decision.phase === 'refused';
}

export function withComment(decision: Decision, comment: string): Decision {
  return editable(decision) ? { ...decision, comment: comment.slice(0, COMMENT_MAX) } : decision;
}

/** Sets the comment on a question; an empty text takes it away. */
export function withQuestion(decision: Decision, question: string, text: string): Decision {
  if (!editable(decision)) return decision;
  const { [question]: _old, ...others } = decision.comments;
  const comments =
    text.trim() === '' ? others : { ...decision.comments, [question]: text.slice(0, COMMENT_MAX) };
  return { ...decision, comments };
}

export const commentCount = (decision: Decision): number => Object.keys(decision.comments).length;

/** Whether anything was written that would be a pity to lose. */
export function hasWords(decision: Decision): boolean {
  const said = decision.comment.trim() !== '' || commentCount(decision) > 0;
  return said || decision.request !== null || decision.late === true;
}

/** Decided, and not yet with the server. */
export function isPending(decision: Decision): boolean {
  return decision.request !== null && (decision.phase === 'sending' || decision.phase === 'unanswered');
}

/** Decided without a network: kept under its id until it can be sent. */
export function queued(decision: Decision): Decision {
  return { ...decision, phase: 'unanswered', why: null };
}

/** A return must say what is missing, and what is handed up why. */
export function mayReturn(decision: Decision): boolean {
  return decision.comment.trim() !== '';
}

/** Ready to send: the frozen request of an unanswered try, else a new one with a new id. */
export function sending(decision: Decision, choice: Choice, newId: () => string): Decision {
  const request = decision.request ?? {
    id: newId(),
    decision: choice,
    comment: decision.comment.trim(),
    comments: Object.entries(decision.comments).map(([question, text]) => ({ question, text: text.trim() })),
  };
  return { ...decision, request, phase: 'sending', why: null, late: false };
}

/** Statuses that say nothing about whether the decision was taken: no answer, busy, broken, or login expired. */
export function isUnanswered(status: number): boolean {
  return status === 0 || status >= 500 || [401, 408, 425, 429].includes(status);
}

/** After a failure: unknown keeps the frozen request, a refusal gives it up so that it can be changed. */
export function failed(decision: Decision, status: number, why: string): Decision {
  if (isUnanswered(status)) return { ...decision, phase: 'unanswered', why };
  return { ...decision, request: null, phase: 'refused', why };
}

/** The server was asked and has no such decision: the words may change again, under a new id. */
export function reopened(decision: Decision): Decision {
  return { ...decision, request: null, phase: 'editing', why: null, tried: false };
}

/** A decision read back from the device: what was on its way when the app closed is unanswered now. */
export function revived(decision: Decision): Decision {
  return decision.phase === 'sending' ? { ...decision, phase: 'unanswered' } : decision;
}
