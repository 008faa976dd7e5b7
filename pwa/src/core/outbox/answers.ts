/**
 * Judges what came back. Only an answer that is provably ours moves work: JSON, header `X-Sync: 1`, and an echo
 * of what was sent; a Wi-Fi login page that says 200 is not an answer. Pure.
 */
import { readProblem } from '../api/problem';
import type { Problem, VisitResult } from '../api/types';
import type { Outcome, PhotoOutcome, PhotoReport, WaitReason } from './machine';

/** An HTTP answer as far as the outbox reads it. */
export interface Reply {
  status: number;
  /** The header `X-Sync: 1` was there. */
  sync: boolean;
  retryAfterMs: number | null;
  text: string;
}

export interface Sent {
  id: string;
  sha256: string;
}

type Wait = { kind: 'wait'; reason: WaitReason; retryAfterMs: number | null };

function wait(reason: WaitReason, retryAfterMs: number | null = null): Wait {
  return { kind: 'wait', reason, retryAfterMs };
}

/** Nobody answered. */
export const NO_REPLY: Wait = wait('no_network');

/** Seconds or an HTTP date of `Retry-After`, in milliseconds from `now`. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Failures that mean "later" whatever they were about; null for those that need a closer look. */
function temporary(status: number, retry: number | null): Wait | null {
  if (status === 401) return wait('login');
  if (status === 403) return wait('forbidden');
  if (status === 408 || status === 425 || status === 429) return wait('busy', retry);
  if (status === 507) return wait('storage_full', retry);
  if (status === 503) return wait('busy', retry);
  return status >= 500 ? wait('server_error', retry) : null;
}

/** One outcome for each visit that was sent together. */
export function readBatch(reply: Reply, sent: readonly Sent[]): Map<string, Outcome> {
  const same = (outcome: Outcome) => new Map(sent.map((visit) => [visit.id, outcome]));
  const body = parse(reply.text);
  if (reply.status >= 200 && reply.status < 300) {
    if (!reply.sync || !isObject(body) || !Array.isArray(body['results']))
      return same(wait('not_our_server'));
    const results: unknown[] = body['results'];
    return new Map(sent.map((visit) => [visit.id, readResult(visit, results)]));
  }
  const later = temporary(reply.status, reply.retryAfterMs);
  // A crash or a refusal of the whole batch may be one record's fault: halves find it, so it cannot stop the rest.
  const suspicious = later?.reason === 'server_error' || [400, 413, 422].includes(reply.status);
  if (sent.length > 1 && suspicious) return same(wait('split'));
  if (later) return same(later);
  if (!reply.sync || !isObject(body)) return same(wait('not_our_server'));
  const final = reply.status === 413 || reply.status === 422;
  return same(final ? { kind: 'rejected', problem: readProblem(reply.status, body) } : wait('server_error'));
}

function readResult(visit: Sent, results: readonly unknown[]): Outcome {
  const result = results.find((candidate) => isObject(candidate) && candidate['id'] === visit.id);
  if (!isObject(result)) return wait('not_our_server');
  if (result['state'] === 'rejected') return readRefusal(result['problem']);
  const signed =
    result['state'] === 'accepted' && result['sha256'] === visit.sha256 && isReceipt(result['receipt']);
  if (!signed) return wait('not_our_server');
  const photos = Array.isArray(result['photos']) ? result['photos'] : [];
  return { kind: 'accepted', result: { ...(result as unknown as VisitResult), photos } };
}

function isReceipt(value: unknown): boolean {
  return isObject(value) && typeof value['number'] === 'string';
}

function readRefusal(value: unknown): Outcome {
  if (!isObject(value)) return wait('not_our_server');
  const problem: Problem = readProblem(typeof value['status'] === 'number' ? value['status'] : 422, value);
  const later = temporary(problem.status, null);
  if (later) return later;
  return { kind: problem.code === 'visit_conflict' ? 'conflicted' : 'rejected', problem };
}

/** The outcome of sending one photo. */
export function readPhoto(reply: Reply, sha256: string): PhotoOutcome {
  const body = parse(reply.text);
  if (reply.status === 200 || reply.status === 201) {
    const ours = reply.sync && isObject(body) && body['sha256'] === sha256;
    if (!ours) return wait('not_our_server');
    if (body['state'] !== 'refused') return { kind: 'sent' };
    return { kind: 'refused', reason: typeof body['reason'] === 'string' ? body['reason'] : 'photo_refused' };
  }
  const later = temporary(reply.status, reply.retryAfterMs);
  if (later) return later;
  if (!reply.sync) return wait('not_our_server');
  if (reply.status === 404) return { kind: 'resend' };
  if ([409, 413, 415].includes(reply.status))
    return { kind: 'refused', reason: readProblem(reply.status, body).code };
  return wait('server_error');
}

/** What the server says about photos it holds, or null when the answer is not ours. */
export function readPhotoStates(reply: Reply): PhotoReport[] | null {
  const body = parse(reply.text);
  if (reply.status !== 200 || !reply.sync || !isObject(body) || !Array.isArray(body['items'])) return null;
  const items: unknown[] = body['items'];
  return items.flatMap((item) => {
    if (!isObject(item) || typeof item['sha256'] !== 'string') return [];
    const state = item['state'];
    if (state !== 'expected' && state !== 'stored' && state !== 'ready' && state !== 'refused') return [];
    return [
      { sha256: item['sha256'], state, reason: typeof item['reason'] === 'string' ? item['reason'] : null },
    ];
  });
}
