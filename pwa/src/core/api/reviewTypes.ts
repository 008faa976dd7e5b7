/** Decisions on visits and their lights as they travel. */
import type { components } from './schema';
import type { QuestionComment, Role, Severity, VisitDetail } from './types';

/** A reason to look twice at a visit; never a verdict. */
export type EvidenceHint = components['schemas']['Hint'];

export type DismissalReason = 'wrong_answer' | 'already_helped' | 'short_lived' | 'does_not_apply' | 'other';

export interface DismissalRequest {
  id: string;
  reason: DismissalReason;
  text: string;
}

export interface Dismissal extends DismissalRequest {
  visit_id: string;
  rule: string;
  severity: Exclude<Severity, 'none'>;
  actor_name: string;
  actor_role: string;
  created_at: string;
}

export interface Review {
  id: string;
  visit_id: string;
  decision: 'approved' | 'returned' | 'escalated';
  comment: string;
  comments: QuestionComment[];
  reviewer_name: string;
  reviewer_role: Role;
  /** Of the approval of many at once that this one was part of. */
  batch_id: string | null;
  created_at: string;
}

/** What became of a visit that was to be approved together with others. */
export interface Outcome {
  visit_id: string;
  outcome: 'approved' | 'sampled' | 'refused';
  code: string | null;
}

/** What a revision changed against the one it replaces, and what was asked for. */
export interface Correction {
  visit_id: string;
  revision: number;
  changes: VisitDetail['changes'];
  /** Hashes of photos that the earlier revision did not list. */
  new_photos: string[];
  comment: string;
  comments: QuestionComment[];
}

export interface ReviewRequest {
  id: string;
  decision: Review['decision'];
  comment: string;
  comments: QuestionComment[];
}
