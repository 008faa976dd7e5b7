/** Faults between phone and server: which answers move work, and which leave it waiting. */
import { describe, expect, it } from 'vitest';
import {
  failure,
  orderIn,
  type Reply,
  readChunk,
  readHead,
  readHello,
  readPhotoStates,
  readPull,
  readPush,
  retryAfterMs,
} from './answers';

const SENT = [
  { op_id: 'v1', sha256: 'h1' },
  { op_id: 'v2', sha256: 'h2' },
];
const ONE = SENT.slice(0, 1);
const HEAD = { epoch: 'e', server_time: '2026-11-22T00:00:00.000Z', durable: [0, 0], order: 'active' };

function reply(status: number, body: unknown, over: Partial<Reply> = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, sync: true, retryAfterMs: null, text, offset: null, photoState: null, ...over };
}

function good(op_id: string, sha256: string) {
  const result = { id: op_id, sha256, receipt: { number: 'R', seq: 1, received_at: '' }, photos: [] };
  return { op_id, sha256, st: 'accepted', code: null, position: [0, 7], problem: null, result };
}

const BOTH = { ...HEAD, results: [good('v1', 'h1'), good('v2', 'h2')] };

function kinds(answer: Reply, sent = SENT): string[] {
  return [...readPush(answer, sent).outcomes.values()].map((outcome) =>
    outcome.kind === 'wait' ? outcome.reason : outcome.kind,
  );
}

describe('the answer to a push', () => {
  it('of our server that echoes id and hash is taken, with its place in the change log', () => {
    const { envelope, outcomes } = readPush(reply(200, BOTH), SENT);
    expect(envelope).toMatchObject({ epoch: 'e', durable: [0, 0], order: 'active' });
    expect(outcomes.get('v1')).toMatchObject({ kind: 'accepted', position: [0, 7] });
  });

  const portal = ['not_our_server', 'not_our_server'];
  const faults: [string, Reply, string[]][] = [
    ['a captive portal says 200 with a page', reply(200, '<html>Wi-Fi</html>', { sync: false }), portal],
    ['JSON comes without our header', reply(200, BOTH, { sync: false }), portal],
    ['the JSON is cut', reply(200, JSON.stringify(BOTH).slice(0, 90)), portal],
    ['the answer is empty', reply(204, ''), portal],
    ['there is no epoch', reply(200, { ...BOTH, epoch: undefined }), portal],
    ['durable is no place', reply(200, { ...BOTH, durable: 'x' }), portal],
    ['the order is unknown', reply(200, { ...BOTH, order: 'dance' }), portal],
    [
      'a hash is wrong',
      reply(200, { ...HEAD, results: [good('v1', 'h1'), good('v2', 'other')] }),
      ['accepted', 'not_our_server'],
    ],
    ['one is missing', reply(200, { ...HEAD, results: [good('v2', 'h2')] }), ['not_our_server', 'accepted']],
    [
      'an unknown one is named',
      reply(200, { ...HEAD, results: [good('zz', 'h9'), ...BOTH.results] }),
      ['accepted', 'accepted'],
    ],
    [
      'a result carries neither receipt nor revision',
      reply(200, { ...HEAD, results: [{ ...good('v1', 'h1'), result: {} }, good('v2', 'h2')] }),
      ['not_our_server', 'accepted'],
    ],
    ['a proxy redirects', reply(302, ''), portal],
    ['the token is refused', reply(401, { code: 'x' }), ['login', 'login']],
    ['the role is refused', reply(403, { code: 'forbidden' }), ['forbidden', 'forbidden']],
    ['the address is unknown', reply(404, 'no', { sync: false }), portal],
    ['a proxy finds it too large', reply(413, '', { sync: false }), ['split', 'split']],
    ['the batch is malformed', reply(400, { code: 'malformed_json' }), ['split', 'split']],
    ['the server is busy', reply(429, '', { sync: false }), ['busy', 'busy']],
    ['the server crashes', reply(500, ''), ['split', 'split']],
    ['the disk is full', reply(507, { code: 'storage_full' }), ['storage_full', 'storage_full']],
  ];
  it.each(faults)('when %s', (_name, answer, expected) => {
    expect(kinds(answer)).toEqual(expected);
  });

  const lone: [string, Reply, string][] = [
    ['a crash waits', reply(500, ''), 'server_error'],
    ['a proxy that finds it too large waits', reply(413, '', { sync: false }), 'not_our_server'],
    ['a server that finds it too large refuses', reply(413, { code: 'too_large' }), 'rejected'],
    ['a damaged body waits', reply(400, { code: 'body_hash_mismatch' }), 'server_error'],
    ['a refusal of the envelope waits', reply(422, { code: 'invalid' }), 'server_error'],
    ['a refusal of somebody else waits', reply(422, '<html>', { sync: false }), 'not_our_server'],
  ];
  it.each(lone)('for one operation: %s', (_name, answer, expected) => {
    expect(kinds(answer, ONE)).toEqual([expected]);
  });

  const each: [string, object, string][] = [
    ['rejected', { st: 'rejected', problem: { status: 422, code: 'invalid_answers' } }, 'rejected'],
    ['rejected for now', { st: 'rejected', problem: { status: 503, code: 'busy' } }, 'busy'],
    ['rejected without a reason', { st: 'rejected', problem: null }, 'not_our_server'],
    ['held', { st: 'held', code: 'version', result: null }, 'held'],
    ['waiting for its parent', { st: 'wait', code: 'parent_missing' }, 'parent_missing'],
    ['waiting for a fault', { st: 'wait', code: 'internal' }, 'server_error'],
    ['something new', { st: 'postponed' }, 'not_our_server'],
  ];
  it.each(each)('one by one: %s', (_name, result, expected) => {
    const one = { op_id: 'v1', sha256: 'h1', position: null, ...result };
    expect(kinds(reply(200, { ...HEAD, results: [one, good('v2', 'h2')] }))).toEqual([expected, 'accepted']);
  });

  it('carries the result of an edit that became a proposal', () => {
    const result = { revision: 4, applied: [], unchanged: [], proposal: 'p' };
    const one = { op_id: 'v1', sha256: 'h1', st: 'held', code: 'conflict', position: [0, 9], result };
    const outcome = readPush(reply(200, { ...HEAD, results: [one] }), ONE).outcomes.get('v1');
    expect(outcome).toEqual({ kind: 'held', code: 'conflict', position: [0, 9], result });
  });
});

describe('hello', () => {
  it('is only believed from our server', () => {
    expect(readHello(reply(200, HEAD))).toMatchObject({ epoch: 'e', schemaMin: null });
    expect(readHello(reply(200, { ...HEAD, schema: { min: 2, max: 3 } }))?.schemaMin).toBe(2);
    expect(readHello(reply(200, HEAD, { sync: false }))).toBeNull();
    expect(readHello(reply(500, HEAD))).toBeNull();
    expect(failure(reply(401, '')).reason).toBe('login');
  });

  it('is not needed to hear an order, but our server is', () => {
    expect(orderIn(reply(403, { code: 'device_wiped' }))).toBe('kill');
    expect(orderIn(reply(403, { code: 'device_draining' }))).toBe('drain');
    expect(orderIn(reply(403, { code: 'device_wiped' }, { sync: false }))).toBeNull();
    expect(orderIn(reply(403, { code: 'forbidden' }))).toBeNull();
    expect(orderIn(reply(200, { code: 'device_wiped' }))).toBeNull();
  });
});

describe('the answer to a chunk', () => {
  const state = (name: string, over: object = {}) => ({
    sha256: 'p',
    offset: 3,
    state: name,
    reason: null,
    position: [0, 4],
    ...over,
  });
  const table: [string, Reply, object][] = [
    ['a part', reply(200, state('partial')), { kind: 'part', offset: 3 }],
    ['all of it', reply(200, state('stored')), { kind: 'sent', ready: false, position: [0, 4] }],
    [
      'before its visit',
      reply(200, state('stray', { position: null })),
      { kind: 'sent', ready: false, position: null },
    ],
    ['ready already', reply(200, state('ready')), { kind: 'sent', ready: true, position: [0, 4] }],
    [
      'refused with a reason',
      reply(200, state('refused', { reason: 'photo_bomb' })),
      { kind: 'refused', reason: 'photo_bomb' },
    ],
    ['a page of a portal', reply(200, '<html>', { sync: false }), { kind: 'wait', reason: 'not_our_server' }],
    [
      'another photo',
      reply(200, state('stored', { sha256: 'q' })),
      { kind: 'wait', reason: 'not_our_server' },
    ],
    ['an unknown state', reply(200, state('odd')), { kind: 'wait', reason: 'not_our_server' }],
    [
      'no photo',
      reply(415, { code: 'photo_type_unsupported' }),
      { kind: 'refused', reason: 'photo_type_unsupported' },
    ],
    [
      'not listed',
      reply(409, { code: 'photo_not_expected' }),
      { kind: 'refused', reason: 'photo_not_expected' },
    ],
    ['too large', reply(413, { code: 'photo_too_large' }), { kind: 'refused', reason: 'photo_too_large' }],
    ['a chunk too large', reply(413, { code: 'too_large' }), { kind: 'wait', reason: 'server_error' }],
    ['damaged on the way', reply(400, { code: 'chunk_damaged' }), { kind: 'wait', reason: 'damaged' }],
    [
      'the whole is wrong',
      reply(460, { code: 'photo_hash_mismatch', offset: 0 }),
      { kind: 'wait', reason: 'damaged' },
    ],
    ['no space', reply(507, ''), { kind: 'wait', reason: 'storage_full' }],
    ['login', reply(401, ''), { kind: 'wait', reason: 'login' }],
    ['a proxy says too large', reply(413, '', { sync: false }), { kind: 'wait', reason: 'not_our_server' }],
  ];
  it.each(table)('%s', (_name, answer, expected) => {
    expect(readChunk(answer, 'p').outcome).toMatchObject(expected);
  });

  it('at the wrong place says where to go on', () => {
    const answer = readChunk(reply(409, { code: 'upload_offset', offset: 7 }), 'p');
    expect(answer).toEqual({ outcome: { kind: 'part', offset: 7 }, offset: 7, misplaced: true });
  });

  it('is found again by a question', () => {
    const head = (photoState: string | null, offset: number | null) =>
      readHead(reply(200, '', { photoState, offset }))?.outcome;
    expect(head('partial', 7)).toEqual({ kind: 'part', offset: 7 });
    expect(head('absent', 0)).toEqual({ kind: 'part', offset: 0 });
    expect(head('stored', 9)).toMatchObject({ kind: 'sent', ready: false });
    expect(head('ready', 9)).toMatchObject({ kind: 'sent', ready: true });
    expect(head('refused', 9)).toMatchObject({ kind: 'refused' });
    expect(head('partial', null)).toBeUndefined();
    expect(readHead(reply(200, '', { sync: false, offset: 3 }))).toBeNull();
  });
});

describe('the list of photos', () => {
  it('is read only from our server, strange rows left out', () => {
    const items = [
      { sha256: 'p', state: 'ready', reason: null, position: [0, 2] },
      { sha256: 'q', state: 'odd' },
      7,
    ];
    const read = [{ sha256: 'p', state: 'ready', reason: null, position: [0, 2] }];
    expect(readPhotoStates(reply(200, { items }))).toEqual(read);
    expect(readPhotoStates(reply(200, { items }, { sync: false }))).toBeNull();
    expect(readPhotoStates(reply(200, '{'))).toBeNull();
  });
});

describe('a page of the worklist', () => {
  const page = {
    rows: [],
    gone: [],
    left: [],
    cursor: 'c',
    more: false,
    snapshot: true,
    epoch: 'e',
    scope: '45',
    income_line: null,
  };
  it('is taken when it is whole and ours', () => {
    expect(readPull(reply(200, page)).kind).toBe('page');
    expect(readPull(reply(200, page, { sync: false }))).toMatchObject({
      kind: 'failed',
      code: 'not_our_server',
    });
    for (const member of ['rows', 'gone', 'left', 'cursor', 'more', 'snapshot', 'epoch', 'scope'])
      expect(readPull(reply(200, { ...page, [member]: undefined })).kind).toBe('failed');
  });

  it('that is gone says which epoch and scope count now', () => {
    const gone = { code: 'cursor_gone', epoch: 'f', scope: '46' };
    expect(readPull(reply(410, gone))).toEqual({ kind: 'gone', epoch: 'f', scope: '46' });
    expect(readPull(reply(410, gone, { sync: false })).kind).toBe('failed');
  });

  it('that fails says why', () => {
    expect(readPull(reply(401, { code: 'login_needed' }))).toMatchObject({
      kind: 'failed',
      code: 'login_needed',
      wait: { reason: 'login' },
    });
  });
});

describe('Retry-After', () => {
  it('is seconds or a date, else nothing', () => {
    const now = Date.parse('2026-11-22T00:00:00Z');
    expect(retryAfterMs('30', now)).toBe(30_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('soon', now)).toBeNull();
    expect(retryAfterMs(null, now)).toBeNull();
  });
});
