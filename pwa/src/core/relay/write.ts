/** Writes unsent work into a file for somebody to carry. Nothing leaves the phone's own store by it. */

import { toOp } from '../outbox/records';
import type { OpRecord, SyncStorage } from '../outbox/storage';
import type { Op } from '../sync/wire';
import {
  Binding,
  beginning,
  framed,
  headerBytes,
  PIECE_BYTES,
  recordOf,
  relayKey,
  type WorkHeader,
} from './format';

export interface ExportDeps {
  storage: SyncStorage;
  device: string;
  /** As the server handed it over, 64 hex digits. */
  key: string;
  now(): number;
}

export interface Progress {
  done: number;
  all: number;
}

export interface Exported {
  blob: Blob;
  name: string;
  /** Operations whose text or photos are in the file. */
  ids: string[];
  photos: number;
  /** Records and photos that cannot be read here, and are therefore not in it. */
  unreadable: number;
}

/** One record of the file that is to be written. */
type Planned =
  | { kind: 'op'; record: OpRecord }
  | { kind: 'photo'; record: OpRecord; sha256: string; length: number; offset: number };

/** The text still is to go, or is to be judged anew. */
const TEXT: readonly string[] = ['queued', 'rejected', 'held'];

function hasText({ entry }: OpRecord, chosen: boolean): boolean {
  return entry.state === 'queued' || (chosen && TEXT.includes(entry.state));
}

/** What a person would call unsent: not what was refused, unless it was chosen by itself, nor what replaced it. */
export function exportable(record: OpRecord, chosen: boolean): boolean {
  const { entry } = record;
  if (record.corrected_by !== null || (entry.state === 'rejected' && !chosen)) return false;
  return hasText(record, chosen) || entry.photos.some((photo) => photo.state === 'waiting');
}

function pieces(record: OpRecord, without: ReadonlySet<string>): Planned[] {
  return record.entry.photos
    .filter((photo) => photo.state === 'waiting' && !without.has(`${record.op_id}/${photo.sha256}`))
    .flatMap(({ sha256, length }) =>
      Array.from({ length: Math.ceil(length / PIECE_BYTES) }, (_, i) => {
        return { kind: 'photo' as const, record, sha256, length, offset: i * PIECE_BYTES };
      }),
    );
}

/** Texts first, as on a line; `without` names what turned out to be unreadable. */
function plan(records: readonly OpRecord[], chosen: boolean, without: ReadonlySet<string>): Planned[] {
  const texts = records.filter((record) => hasText(record, chosen) && !without.has(record.op_id));
  const ops = texts.map((record) => ({ kind: 'op' as const, record }));
  return [...ops, ...records.flatMap((record) => pieces(record, without))];
}

class Unreadable extends Error {
  readonly what: string;

  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

/** What goes into one record; the photo last read is kept, its pieces follow each other. */
class Contents {
  private readonly storage: SyncStorage;
  private photo: { name: string; bytes: ArrayBuffer } | null = null;

  constructor(storage: SyncStorage) {
    this.storage = storage;
  }

  async of(one: Planned): Promise<{ head: object; payload: Uint8Array }> {
    return one.kind === 'op' ? this.op(one.record) : this.piece(one);
  }

  private async op(record: OpRecord) {
    const { op_id } = record;
    const body = await this.storage.body(op_id).catch(() => null);
    if (!body) throw new Unreadable(op_id);
    const op: Op = toOp(record, body);
    const head = { kind: 'op', op_id, sha256: op.sha256 };
    return { head, payload: new TextEncoder().encode(JSON.stringify(op)) };
  }

  private async piece({ record, sha256, length, offset }: Planned & { kind: 'photo' }) {
    const bytes = await this.bytes(record.op_id, sha256, length);
    const head = { kind: 'photo', visit_id: record.op_id, sha256, length, offset };
    return { head, payload: new Uint8Array(bytes.slice(offset, offset + PIECE_BYTES)) };
  }

  private async bytes(opId: string, sha256: string, length: number): Promise<ArrayBuffer> {
    const name = `${opId}/${sha256}`;
    if (this.photo?.name === name) return this.photo.bytes;
    const bytes = await this.storage.photo(opId, sha256).catch(() => null);
    if (bytes?.byteLength !== length) throw new Unreadable(name);
    this.photo = { name, bytes };
    return bytes;
  }
}

/** `liangdeng-20261130-0931.ldx`: when, and nothing of whom. */
export function fileName(at: number, kind: 'work' | 'answers'): string {
  const digits = new Date(at + 8 * 3_600_000).toISOString().replace(/\D/g, '');
  return `liangdeng-${kind === 'work' ? '' : 'receipts-'}${digits.slice(0, 8)}-${digits.slice(8, 12)}.ldx`;
}

async function write(
  deps: ExportDeps,
  planned: readonly Planned[],
  signal: AbortSignal,
  progress: (so: Progress) => void,
): Promise<Blob> {
  const key = await relayKey(deps.key);
  const header: WorkHeader = {
    v: 1,
    what: 'work',
    id: crypto.randomUUID(),
    device: deps.device,
    key: key.id,
    made_at: new Date(deps.now()).toISOString(),
    count: planned.length,
  };
  const raw = headerBytes(header);
  const binding = await Binding.of(key.key, raw);
  const contents = new Contents(deps.storage);
  const parts = [beginning(raw)];
  for (const [place, one] of planned.entries()) {
    signal.throwIfAborted();
    const { head, payload } = await contents.of(one);
    // A blob is the browser's to keep, on disk if memory is short.
    parts.push(framed(await binding.seal(place, recordOf(head, payload), 'work')));
    progress({ done: place + 1, all: planned.length });
  }
  return new Blob(parts, { type: 'application/octet-stream' });
}

/**
 * Writes what is unsent, or the operations chosen by `ids` (a refused or held one too); null when there is nothing to
 * write. Rejects with an AbortError when it was cancelled. What cannot be read is left out and counted.
 */
export async function exportWork(
  deps: ExportDeps,
  ids: readonly string[] | null,
  signal: AbortSignal,
  progress: (so: Progress) => void = () => undefined,
): Promise<Exported | null> {
  const chosen = ids !== null;
  const records = (await deps.storage.load()).filter(
    (record) => exportable(record, chosen) && (!ids || ids.includes(record.op_id)),
  );
  const without = new Set<string>();
  for (;;) {
    const planned = plan(records, chosen, without);
    if (planned.length === 0) return null;
    try {
      const blob = await write(deps, planned, signal, progress);
      const photos = new Set(
        planned.flatMap((one) => (one.kind === 'photo' ? [one.record.op_id + one.sha256] : [])),
      );
      return {
        blob,
        name: fileName(deps.now(), 'work'),
        ids: [...new Set(planned.map(({ record }) => record.op_id))],
        photos: photos.size,
        unreadable: without.size,
      };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      without.add(error.what);
    }
  }
}

/** Notes on the records that they are in a file now. */
export function noteExported(storage: SyncStorage, ids: readonly string[], at: number): Promise<void> {
  return storage.update(ids, (entry) => ({ ...entry, exportedAt: at }));
}
