/** Which saved visit replaces which, and which returns are answered by it. Pure. */
/** Whether the server has refused the record as it is. */
export function refused(state: string): boolean {
  return state === 'rejected';
}

/** Whether the server has the record's text, at least in safe keeping. */
export function signedFor(state: string): boolean {
  return state !== 'queued' && state !== 'rejected';
}

/** Whether the server has all of it, photos included. */
export function arrived(state: string): boolean {
  return state === 'complete' || state === 'durable' || state === 'pruned';
}

export interface SavedRevision {
  /** The visit that the saved one replaces at the server. */
  revises: string | null;
  state: string;
}

/** Visits that a saved one replaces, refused ones left out: a return among them is answered. */
export function answeredReturns(saved: readonly SavedRevision[]): ReadonlySet<string> {
  const ids = saved.flatMap((one) => (one.revises === null || refused(one.state) ? [] : [one.revises]));
  return new Set(ids);
}

interface Revision extends SavedRevision {
  visitId: string;
}

/** The last in the chain of revisions that begins with a visit: the only one the server lets be revised. */
export function newestRevision(records: readonly Revision[], visitId: string): string {
  const seen = new Set<string>();
  let id = visitId;
  for (;;) {
    seen.add(id);
    const next = records.find((one) => one.revises === id && !refused(one.state));
    if (!next || seen.has(next.visitId)) return id;
    id = next.visitId;
  }
}
