/** Shapes of the audit trail, by the names the app uses. Instants are ISO-8601 UTC. */
import type { Get, Post } from './paths';

/** Who did what to which record, when; `chain` and `number` are its place in the chain. */
export interface AuditEntry {
  chain: string;
  number: number;
  at: string;
  actor_id: string | null;
  actor_name: string | null;
  actor_role: string;
  action: string;
  target_type: string;
  target_id: string;
  /** Of an account: whose. */
  target_name: string | null;
  region_code: string;
  details: Record<string, unknown>;
}

export interface AuditPage {
  items: AuditEntry[];
  next: string | null;
}

export interface AuditFilter {
  actor?: string;
  target_type?: string;
  target?: string;
  household?: string;
  /** One action, or all of a domain: `visit.*`. */
  action?: string;
  since?: string;
  until?: string;
  /** A part of a person's name or user name, or the number of a household. */
  q?: string;
  cursor?: string;
  limit?: number;
}

export interface AuditFinding {
  number: number | null;
  kind: string;
}

/** Heads as a file to be kept elsewhere; each is signed by itself. */
export interface SignedHeads {
  format: string;
  key: string;
  public_key: string;
  heads: { chain: string; count: number; hash: string; made_at: string; signature: string }[];
}

export interface AuditState {
  chain: string;
  count: number;
  hash: string;
  /** The last verification; null while there was none. */
  check: { number: number; at: string; findings: AuditFinding[] } | null;
  /** The signed head, to be kept elsewhere. */
  document: SignedHeads;
}

export interface AuditPaths {
  '/audit': Get<AuditPage, undefined, AuditFilter>;
  '/audit/state': Get<AuditState>;
  '/audit/checks': Post<AuditState, undefined>;
}

export type RevealReason = 'identity' | 'contact' | 'payment' | 'register' | 'inspection' | 'other';

/** Full numbers of one member; null = not on record. */
export interface Revealed {
  id_number: string | null;
  phone: string | null;
}

export interface RevealPaths {
  '/households/{household_id}/members/{member_id}/reveal': Post<
    Revealed,
    { reason: RevealReason; note: string },
    { household_id: string; member_id: string }
  >;
}
