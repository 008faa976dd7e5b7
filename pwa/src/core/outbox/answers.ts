/**
 * Judges what came back. Only an answer that is provably ours moves work: JSON, header `X-Sync: 1`, and an echo
 * of what was sent; a Wi-Fi login page that says 200 is not an answer. Pure.
 */
import { readProblem } from '../api/problem';
import type { Envelope, OpResult, Order, Position, PullPage } from '../sync/wire';
import type { Outcome, PhotoOutcome, PhotoReport, WaitReason } from './entry';

/** An HTTP answer as far as the engine reads it. */
export interface Reply {
  status: number;
  /** The header `X-Sync: 1` was there. */
  sync: boolean;
  retryAfterMs: number | null;
  text: string;
  /** Of a photo: how many bytes the server has, and how far it is with them. */
  offset: number | null;
  photoState: string | null;
}

export interface Sent {
  op_id: string;
  sha256: string;
}

export type Wait = Outcome & { kind: 'wait' };

export function wait(reason: WaitReason, retryAfterMs: number | null = null): Wait {
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

/** The JSON object of an answer of our server, or null when it is not one. */
function ours(reply: Reply): Record<string, unknown> | null {
  if (!reply.sync) return null;
  const body = parse(reply.text);
  return isObject(body) ? body : null;
}

function successful(reply: Reply): boolean {
  return reply.status >= 200 && reply.status < 300;
}

/** Failures that mean "later" whatever they were about; null for those that need a closer look. */
export function temporary(status: number, retry: number | null): Wait | null {
  if (status === 401) return wait('login');
  if (status === 403) return wait('forbidden');
  if (status === 408 || status === 425 || status === 429) return wait('busy', retry);
  if (status === 507) return wait('storage_full', retry);
  if (status === 503) return wait('busy', retry);
  return status >= 500 ? wait('server_error', retry) : null;
}

/** Why an answer that is no success holds the line up. */
export function failure(reply: Reply): Wait {
  return temporary(reply.status, reply.retryAfterMs) ?? wait(reply.sync ? 'server_error' : 'not_our_server');
}

const ORDERS: Record<string, Order> = { device_wiped: 'kill', device_draining: 'drain' };

/** What a refusal says about this phone, or null: it was about something else, or not said by our server. */
export function orderIn(reply: Reply): Order | null {
  const body = reply.status === 403 ? ours(reply) : null;
  return ORDERS[String(body?.['code'])] ?? null;
}

function readPosition(value: unknown): Position | null {
  const [xid, seq]: unknown[] = Array.isArray(value) ? value : [];
  return typeof xid === 'number' && typeof seq === 'number' ? [xid, seq] : null;
}

function readEnvelope(body: Record<string, unknown>): Envelope | null {
  const { epoch, server_time, order } = body;
  const durable = readPosition(body['durable']);
  if (typeof epoch !== 'string' || typeof server_time !== 'string' || !durable) return null;
  if (order !== 'active' && order !== 'drain' && order !== 'kill') return null;
  return { epoch, server_time, durable, order };
}

/** What the server says of itself and of this phone. */
export interface Hello extends Envelope {
  /** The oldest form of operations that it still takes; null when it does not say. */
  schemaMin: number | null;
}

/** Reads the answer to hello; null when it was not our server. */
export function readHello(reply: Reply): Hello | null {
  const body = successful(reply) ? ours(reply) : null;
  const envelope = body && readEnvelope(body);
  if (!envelope) return null;
  const schema = body['schema'];
  const min = isObject(schema) ? schema['min'] : null;
  return { ...envelope, schemaMin: typeof min === 'number' ? min : null };
}

export interface PushAnswer {
  /** Null when the answer was no valid one. */
  envelope: Envelope | null;
  /** One outcome for each operation that was sent. */
  outcomes: Map<string, Outcome>;
}

/** Reads the answer to operations that were sent together. */
export function readPush(reply: Reply, sent: readonly Sent[]): PushAnswer {
  const body = successful(reply) ? ours(reply) : null;
  const envelope = body && readEnvelope(body);
  if (!envelope || !Array.isArray(body?.['results']))
    return { envelope: null, outcomes: allAlike(sent, refusedWhole(reply, sent.length)) };
  const results: unknown[] = body['results'];
  return { envelope, outcomes: new Map(sent.map((op) => [op.op_id, readResult(op, results)])) };
}

/** The same outcome for each operation. */
export function allAlike(sent: readonly Sent[], outcome: Outcome): Map<string, Outcome> {
  return new Map(sent.map((op) => [op.op_id, outcome]));
}

function refusedWhole(reply: Reply, count: number): Outcome {
  if (successful(reply)) return wait('not_our_server');
  const later = temporary(reply.status, reply.retryAfterMs);
  // A crash or a refusal of the whole batch may be one record's fault: halves find it, so it cannot stop the rest.
  const suspicious = later?.reason === 'server_error' || [400, 413, 422].includes(reply.status);
  if (count > 1 && suspicious) return wait('split');
  if (later) return later;
  const body = ours(reply);
  if (!body) return wait('not_our_server');
  // Each operation is answered by itself: what refuses the whole is about the envelope, unless one is too long.
  const final = reply.status === 413;
  return final ? { kind: 'rejected', problem: readProblem(reply.status, body) } : wait('server_error');
}

function readResult(op: Sent, results: readonly unknown[]): Outcome {
  const result = results.find((candidate) => isObject(candidate) && candidate['op_id'] === op.op_id);
  if (!isObject(result) || result['sha256'] !== op.sha256) return wait('not_our_server');
  const position = readPosition(result['position']);
  switch (result['st']) {
    case 'accepted':
      return readAccepted(result['result'], position);
    case 'held':
      return { kind: 'held', code: String(result['code']), result: readOpResult(result['result']), position };
    case 'rejected':
      return readRefusal(result['problem']);
    case 'wait':
      return wait(result['code'] === 'parent_missing' ? 'parent_missing' : 'server_error');
    default:
      return wait('not_our_server');
  }
}

function readAccepted(value: unknown, position: Position | null): Outcome {
  const result = readOpResult(value);
  return result ? { kind: 'accepted', result, position } : wait('not_our_server');
}

/** A visit's result carries a receipt, an edit's a revision; anything else is none. */
function readOpResult(value: unknown): OpResult | null {
  if (!isObject(value)) return null;
  const { receipt, revision } = value;
  const signed = isObject(receipt) && typeof receipt['number'] === 'string';
  if (!signed && typeof revision !== 'number') return null;
  const photos = value['photos'];
  const clean = photos === undefined || Array.isArray(photos) ? value : { ...value, photos: [] };
  return clean as unknown as OpResult;
}

function readRefusal(value: unknown): Outcome {
  if (!isObject(value)) return wait('not_our_server');
  const problem = readProblem(typeof value['status'] === 'number' ? value['status'] : 422, value);
  return temporary(problem.status, null) ?? { kind: 'rejected', problem };
}

/** What came of a chunk; `offset` is where the server says to go on, when it says so. */
export interface ChunkAnswer {
  outcome: PhotoOutcome;
  offset: number | null;
  /** The server had other bytes than we thought: nothing of this chunk counted. */
  misplaced: boolean;
}

/** Codes after which these bytes will never be taken. */
const NO_PHOTO = ['photo_too_large', 'photo_type_unsupported', 'photo_not_expected'];

/** Reads the answer to a chunk of a photo. */
export function readChunk(reply: Reply, sha256: string): ChunkAnswer {
  const body = ours(reply);
  const offset = typeof body?.['offset'] === 'number' ? body['offset'] : null;
  const told = (outcome: PhotoOutcome, misplaced = false) => ({ outcome, offset, misplaced });
  if (successful(reply))
    return told(body?.['sha256'] === sha256 ? stored(body, offset) : wait('not_our_server'));
  const later = temporary(reply.status, reply.retryAfterMs);
  if (later) return told(later);
  if (!body) return told(wait('not_our_server'));
  const { code } = readProblem(reply.status, body);
  if (code === 'upload_offset' && offset !== null) return told({ kind: 'part', offset }, true);
  // 460: the whole file's hash is wrong, it was dropped there; 400: a chunk was damaged on its way.
  if (reply.status === 460 || reply.status === 400) return told(wait('damaged'));
  return told(NO_PHOTO.includes(code) ? { kind: 'refused', reason: code } : wait('server_error'));
}

function stored(body: Record<string, unknown>, offset: number | null): PhotoOutcome {
  const position = readPosition(body['position']);
  switch (body['state']) {
    case 'partial':
      return offset === null ? wait('not_our_server') : { kind: 'part', offset };
    case 'stored':
    case 'stray':
      return { kind: 'sent', ready: false, position };
    case 'ready':
      return { kind: 'sent', ready: true, position };
    case 'refused':
      return { kind: 'refused', reason: textOr(body['reason'], 'photo_refused') };
    default:
      return wait('not_our_server');
  }
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

/** How much of a photo the server has; a final state counts as an outcome. Null when it was not our server. */
export function readHead(reply: Reply): ChunkAnswer | null {
  if (reply.status !== 200 || !reply.sync || reply.offset === null) return null;
  const { offset, photoState } = reply;
  const final: Record<string, PhotoOutcome> = {
    stored: { kind: 'sent', ready: false, position: null },
    stray: { kind: 'sent', ready: false, position: null },
    ready: { kind: 'sent', ready: true, position: null },
    refused: { kind: 'refused', reason: 'photo_refused' },
  };
  return { outcome: final[photoState ?? ''] ?? { kind: 'part', offset }, offset, misplaced: false };
}

const PHOTO_STATES = ['expected', 'stored', 'ready', 'refused'];

/** What the server says about photos it holds, or null when the answer is not ours. */
export function readPhotoStates(reply: Reply): PhotoReport[] | null {
  const body = reply.status === 200 ? ours(reply) : null;
  if (!body || !Array.isArray(body['items'])) return null;
  const items: unknown[] = body['items'];
  return items.flatMap((item) => {
    if (!isObject(item) || typeof item['sha256'] !== 'string') return [];
    if (!PHOTO_STATES.includes(String(item['state']))) return [];
    const state = item['state'] as PhotoReport['state'];
    const reason = typeof item['reason'] === 'string' ? item['reason'] : null;
    return [{ sha256: item['sha256'], state, reason, position: readPosition(item['position']) }];
  });
}

export type PullAnswer =
  | { kind: 'page'; page: PullPage }
  /** The cursor is of another epoch, another scope, or too old. */
  | { kind: 'gone'; epoch: string | null; scope: string | null }
  | { kind: 'failed'; wait: Wait; code: string };

function texts(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
}

function readPage(body: Record<string, unknown>): PullPage | null {
  const { rows, cursor, epoch, scope } = body;
  const gone = texts(body['gone']);
  const left = texts(body['left']);
  if (!Array.isArray(rows) || !gone || !left || typeof cursor !== 'string') return null;
  if (typeof epoch !== 'string' || typeof scope !== 'string') return null;
  if (typeof body['more'] !== 'boolean' || typeof body['snapshot'] !== 'boolean') return null;
  return { ...(body as unknown as PullPage), gone, left };
}

/** Reads a page of the worklist. */
export function readPull(reply: Reply): PullAnswer {
  const body = ours(reply);
  const page = successful(reply) && body ? readPage(body) : null;
  if (page) return { kind: 'page', page };
  if (successful(reply)) return { kind: 'failed', wait: wait('not_our_server'), code: 'not_our_server' };
  if (reply.status === 410 && body)
    return {
      kind: 'gone',
      epoch: typeof body['epoch'] === 'string' ? body['epoch'] : null,
      scope: typeof body['scope'] === 'string' ? body['scope'] : null,
    };
  const code = reply.sync ? readProblem(reply.status, body).code : 'not_our_server';
  return { kind: 'failed', wait: failure(reply), code };
}
