/** A small server of the protocol for the tests of the engine: ledger, photos by offset, worklist, epoch, orders. */
import { sha256Hex } from '../canonical';
import type { Op, Order, Position } from '../sync/wire';
import type { HttpAnswer, HttpRequest } from './deps';

export function json(body: object | string, status = 200, headers: Record<string, string> = {}): HttpAnswer {
  const all: Record<string, string> = { 'x-sync': '1', ...headers };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { get: (name) => all[name.toLowerCase()] ?? null },
    text: async () => text,
  };
}

/** A page of somebody else's, for example a Wi-Fi that wants a sign-in first. */
export function portal(status = 200): HttpAnswer {
  return { status, headers: { get: () => null }, text: async () => '<html>Wi-Fi</html>' };
}

interface Taken {
  op: Op;
  position: Position;
  held: string | null;
}

export interface Row {
  id: string;
  region_code: string;
  number: string;
}

export class FakeServer {
  epoch = 'epoch-1';
  order: Order = 'active';
  durable: Position = [0, 0];
  scope = '45';
  /** By operation id, for each the one that counted. */
  ledger = new Map<string, Taken>();
  parts = new Map<string, Uint8Array>();
  photos = new Map<string, Position>();
  refusedPhotos = new Map<string, string>();
  /** The worklist as changes: a row that is here, or null for one that left. */
  changes: { id: string; row: Row | null }[] = [];
  reports: { outbox_count: number; photos_unsent: number; dead: number }[] = [];
  /** Decides about an operation before the ledger does: a result without echo, or null. */
  judge: (op: Op) => object | null = () => null;
  private seq = 0;

  private next(): Position {
    this.seq += 1;
    return [0, this.seq];
  }

  put(row: Row): void {
    this.changes.push({ id: row.id, row });
  }

  private envelope() {
    const server_time = '2026-11-22T00:00:00.000Z';
    return { epoch: this.epoch, server_time, durable: this.durable, order: this.order };
  }

  async handle(path: string, request: HttpRequest): Promise<HttpAnswer> {
    if (this.order === 'kill') return json({ code: 'device_wiped' }, 403);
    if (path === '/s1/hello') return json(this.envelope());
    if (path === '/s1/push') return this.push(String(request.body), request.headers ?? {});
    if (path.startsWith('/s1/pull')) return this.pull(new URLSearchParams(path.split('?')[1] ?? ''));
    const photo = /^\/s1\/visits\/([^/]+)\/photos\/([^/]+)$/.exec(path);
    if (photo) return this.photo(`${photo[1]}/${photo[2]}`, photo[2] ?? '', request);
    const list = /^\/visits\/([^/]+)\/photos$/.exec(path);
    return list ? this.listPhotos(list[1] ?? '') : json({ code: 'not_found' }, 404);
  }

  private async push(text: string, headers: Record<string, string>): Promise<HttpAnswer> {
    if (headers['X-Content-SHA256'] !== (await sha256Hex(text)))
      return json({ code: 'body_hash_mismatch' }, 400);
    if (text.length > 256 * 1024) return json({ code: 'too_large' }, 413);
    const { ops, report } = JSON.parse(text) as { ops: Op[]; report: FakeServer['reports'][number] };
    const results = ops.map((op) => ({ op_id: op.op_id, sha256: op.sha256, ...this.take(op) }));
    this.reports.push(report);
    if (this.order === 'drain' && report.outbox_count === 0 && report.photos_unsent === 0)
      this.order = 'kill';
    return json({ ...this.envelope(), results });
  }

  private take(op: Op): object {
    const verdict = this.judge(op);
    if (verdict) return verdict;
    const parents = [...op.needs, ...('revises' in op.body && op.body.revises ? [op.body.revises] : [])];
    if (parents.some((id) => !this.ledger.has(id))) return { st: 'wait', code: 'parent_missing' };
    const known = this.ledger.get(op.op_id);
    if (known && known.op.sha256 !== op.sha256)
      return { st: 'held', code: 'conflict', position: this.next() };
    const held = this.order === 'drain' ? 'quarantine' : null;
    const taken = known ?? { op, position: this.next(), held };
    this.ledger.set(op.op_id, taken);
    if (taken.held !== null) return { st: 'held', code: taken.held, position: taken.position };
    return { st: 'accepted', code: null, position: taken.position, result: this.resultOf(op) };
  }

  private resultOf(op: Op): object {
    if (op.kind !== 'visit') return { revision: 2, applied: [], unchanged: [], proposal: null };
    const wanted = 'photos' in op.body ? op.body.photos : [];
    const photos = wanted.map(({ sha256 }) => ({ sha256, state: this.stateOf(`${op.op_id}/${sha256}`) }));
    const receipt = {
      number: `R-${op.op_id}`,
      seq: 1,
      received_at: '2026-11-22T00:00:00Z',
      key: 'k',
      signature: 's',
    };
    return { id: op.op_id, sha256: op.sha256, receipt, photos, severity: 'none' };
  }

  private stateOf(key: string): string {
    return this.refusedPhotos.has(key) ? 'refused' : this.photos.has(key) ? 'ready' : 'expected';
  }

  private async photo(key: string, sha256: string, request: HttpRequest): Promise<HttpAnswer> {
    const part = this.parts.get(key) ?? new Uint8Array(0);
    const state = this.photos.has(key) ? 'ready' : part.length > 0 ? 'partial' : 'absent';
    if (request.method === 'HEAD')
      return json('', 200, { 'upload-offset': String(part.length), 'x-photo-state': state });
    const said = (name: string) => request.headers?.[name] ?? '';
    const told = { sha256, reason: null, position: this.photos.get(key) ?? null };
    if (state === 'ready') return json({ ...told, offset: part.length, state });
    const chunk = request.body as ArrayBuffer;
    if (said('X-Content-SHA256') !== (await sha256Hex(chunk))) return json({ code: 'chunk_damaged' }, 400);
    if (Number(said('Upload-Offset')) !== part.length)
      return json({ code: 'upload_offset', offset: part.length }, 409);
    return this.append(key, sha256, part, new Uint8Array(chunk), Number(said('Upload-Length')));
  }

  private async append(key: string, sha256: string, part: Uint8Array, chunk: Uint8Array, total: number) {
    const whole = new Uint8Array([...part, ...chunk]);
    this.parts.set(key, whole);
    const told = { sha256, offset: whole.length, reason: null, position: null };
    if (whole.length < total) return json({ ...told, state: 'partial' });
    if ((await sha256Hex(whole.buffer)) !== sha256) {
      this.parts.delete(key);
      return json({ code: 'photo_hash_mismatch', offset: 0 }, 460);
    }
    const position = this.next();
    this.photos.set(key, position);
    return json({ ...told, position, state: 'stored' });
  }

  private listPhotos(visitId: string): HttpAnswer {
    const mine = (key: string) => key.startsWith(`${visitId}/`);
    const all = [...new Set([...this.photos.keys(), ...this.refusedPhotos.keys()])].filter(mine);
    const items = all.map((key) => ({
      sha256: key.split('/')[1],
      state: this.stateOf(key),
      reason: this.refusedPhotos.get(key) ?? null,
      position: this.photos.get(key) ?? null,
    }));
    return json({ items });
  }

  /** A cursor is epoch, scope, kind and place; rows of a snapshot travel two a page. */
  private pull(query: URLSearchParams): HttpAnswer {
    const fields = (query.get('cursor') ?? `${this.epoch}|${this.scope}|snap|0|${this.changes.length}`).split(
      '|',
    );
    const [epoch, scope, kind, place, since] = fields;
    if (epoch !== this.epoch || scope !== this.scope)
      return json({ code: 'cursor_gone', epoch: this.epoch, scope: this.scope }, 410);
    const common = { epoch, scope, server_time: '', income_line: '8700' };
    const head = `${epoch}|${scope}`;
    if (kind === 'snap') {
      const rows = this.current();
      const from = Number(place);
      const unfinished = from + 2 < rows.length;
      const cursor = unfinished ? `${head}|snap|${from + 2}|${since}` : `${head}|log|${since}`;
      const more = unfinished || this.changes.length > Number(since);
      return json({
        ...common,
        rows: rows.slice(from, from + 2),
        gone: [],
        left: [],
        cursor,
        more,
        snapshot: true,
      });
    }
    const changed = new Map(this.changes.slice(Number(place)).map((change) => [change.id, change.row]));
    const rows = [...changed.values()].filter((row) => row?.region_code.startsWith(this.scope));
    const left = [...changed].filter(([, row]) => !row?.region_code.startsWith(this.scope)).map(([id]) => id);
    const cursor = `${head}|log|${this.changes.length}`;
    return json({ ...common, rows, gone: [], left, cursor, more: false, snapshot: false });
  }

  private current(): Row[] {
    const newest = new Map(this.changes.map((change) => [change.id, change.row]));
    const here = [...newest.values()].filter((row) => row?.region_code.startsWith(this.scope));
    return here
      .filter((row) => row !== null && row !== undefined)
      .sort((a, b) => (a.number < b.number ? -1 : 1));
  }

  /** The server as it is now, to be restored later. */
  backup() {
    return structuredClone({ ledger: this.ledger, photos: this.photos, parts: this.parts, seq: this.seq });
  }

  restore(kept: ReturnType<FakeServer['backup']>): void {
    const { ledger, photos, parts, seq } = structuredClone(kept);
    Object.assign(this, { ledger, photos, parts, seq, epoch: `${this.epoch}+`, durable: [0, 0] });
  }
}
