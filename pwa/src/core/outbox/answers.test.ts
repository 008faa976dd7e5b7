/** Faults between phone and server: which answers move work, and which leave it waiting. */
import { describe, expect, it } from 'vitest';
import { type Reply, readBatch, readPhoto, readPhotoStates, retryAfterMs } from './answers';

const SENT = [
  { id: 'v1', sha256: 'h1' },
  { id: 'v2', sha256: 'h2' },
];
const ONE = SENT.slice(0, 1);

function reply(status: number, body: unknown, over: Partial<Reply> = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, sync: true, retryAfterMs: null, text, ...over };
}

function good(id: string, sha256: string) {
  return { id, sha256, state: 'accepted', receipt: { number: 'R', seq: 1, received_at: '' }, photos: [] };
}

const BOTH = { results: [good('v1', 'h1'), good('v2', 'h2')] };

function kinds(answer: Reply, sent = SENT): string[] {
  return [...readBatch(answer, sent).values()].map((outcome) =>
    outcome.kind === 'wait' ? outcome.reason : outcome.kind,
  );
}

describe('a batch answer', () => {
  it('of our server that echoes id and hash is taken', () => {
    expect(kinds(reply(200, BOTH))).toEqual(['accepted', 'accepted']);
  });

  const faults: [string, Reply, string[]][] = [
    [
      'a captive portal says 200 with a page',
      reply(200, '<html>Wi-Fi</html>', { sync: false }),
      ['not_our_server', 'not_our_server'],
    ],
    [
      'JSON comes without our header',
      reply(200, BOTH, { sync: false }),
      ['not_our_server', 'not_our_server'],
    ],
    ['the JSON is cut', reply(200, JSON.stringify(BOTH).slice(0, 40)), ['not_our_server', 'not_our_server']],
    ['the answer is empty', reply(204, ''), ['not_our_server', 'not_our_server']],
    [
      'a hash is wrong',
      reply(200, { results: [good('v1', 'h1'), good('v2', 'other')] }),
      ['accepted', 'not_our_server'],
    ],
    ['a visit is missing', reply(200, { results: [good('v2', 'h2')] }), ['not_our_server', 'accepted']],
    [
      'an unknown visit is named',
      reply(200, { results: [good('zz', 'h9'), ...BOTH.results] }),
      ['accepted', 'accepted'],
    ],
    [
      'there is no receipt',
      reply(200, { results: [{ ...good('v1', 'h1'), receipt: null }] }),
      ['not_our_server', 'not_our_server'],
    ],
    ['a proxy redirects', reply(302, ''), ['not_our_server', 'not_our_server']],
    ['the token is refused', reply(401, { code: 'x' }), ['login', 'login']],
    ['the role is refused', reply(403, { code: 'forbidden' }), ['forbidden', 'forbidden']],
    ['the address is unknown', reply(404, 'no', { sync: false }), ['not_our_server', 'not_our_server']],
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
    ['a refusal of ours refuses', reply(422, { code: 'invalid_answers' }), 'rejected'],
    ['a refusal of somebody else waits', reply(422, '<html>', { sync: false }), 'not_our_server'],
  ];
  it.each(lone)('for one visit: %s', (_name, answer, expected) => {
    expect(kinds(answer, ONE)).toEqual([expected]);
  });

  it('keeps one bad record from stopping the others', () => {
    const problem = { status: 422, code: 'invalid_answers' };
    const body = { results: [{ id: 'v1', state: 'rejected', problem }, good('v2', 'h2')] };
    expect(kinds(reply(200, body))).toEqual(['rejected', 'accepted']);
  });

  it('tells a conflict, a lost household and a temporary failure of one record apart', () => {
    const of = (status: number, code: string) =>
      kinds(reply(200, { results: [{ id: 'v1', state: 'rejected', problem: { status, code } }] }), ONE);
    expect(of(409, 'visit_conflict')).toEqual(['conflicted']);
    expect(of(404, 'household_not_found')).toEqual(['rejected']);
    expect(of(503, 'busy')).toEqual(['busy']);
  });
});

describe('a photo answer', () => {
  const table: [string, Reply, string][] = [
    ['stored', reply(201, { sha256: 'p', state: 'stored' }), 'sent'],
    ['already there', reply(200, { sha256: 'p', state: 'ready' }), 'sent'],
    ['a page of a portal', reply(200, '<html>', { sync: false }), 'not_our_server'],
    ['another photo', reply(201, { sha256: 'q', state: 'stored' }), 'not_our_server'],
    ['visit unknown', reply(404, { code: 'not_found' }), 'resend'],
    ['not expected', reply(409, { code: 'photo_not_expected' }), 'refused'],
    ['too large', reply(413, { code: 'photo_too_large' }), 'refused'],
    ['wrong type', reply(415, { code: 'photo_type_unsupported' }), 'refused'],
    ['damaged on the way', reply(400, { code: 'photo_hash_mismatch' }), 'server_error'],
    ['no space', reply(507, ''), 'storage_full'],
    ['login', reply(401, ''), 'login'],
    ['a proxy says too large', reply(413, '', { sync: false }), 'not_our_server'],
  ];
  it.each(table)('%s', (_name, answer, expected) => {
    const outcome = readPhoto(answer, 'p');
    expect(outcome.kind === 'wait' ? outcome.reason : outcome.kind).toBe(expected);
  });

  it('carries the reason of a refusal', () => {
    const outcome = readPhoto(reply(415, { code: 'photo_type_unsupported' }), 'p');
    expect(outcome).toEqual({ kind: 'refused', reason: 'photo_type_unsupported' });
  });
});

describe('the list of photos', () => {
  it('is read only from our server, strange rows left out', () => {
    const body = { items: [{ sha256: 'p', state: 'ready', reason: null }, { sha256: 'q', state: 'odd' }, 7] };
    expect(readPhotoStates(reply(200, body))).toEqual([{ sha256: 'p', state: 'ready', reason: null }]);
    expect(readPhotoStates(reply(200, body, { sync: false }))).toBeNull();
    expect(readPhotoStates(reply(200, '{'))).toBeNull();
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
