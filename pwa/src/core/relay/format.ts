/**
 * The file in which somebody carries another's work, and the one in which the answers come back. A clear header, then
 * records; each is sealed (AES-256-GCM) by a key that only its phone and the server know, and bound to the header, to
 * its place and to its direction: one that was changed or moved opens nowhere, and the others are none the worse.
 *
 *   "LDX1" · u32 length · header (JSON) · records: u32 length · (answers only: u32 place) · nonce 12 · sealed
 *
 * A file is read record by record out of the blob, so that 40 MB of photos never are in memory together.
 */
import { type Bytes, hex, unhex } from '../vault/keys';

const MAGIC = 'LDX1';
const FORMAT = 1;
const HEADER_BYTES = 2048;
export const PIECE_BYTES = 256 * 1024;
const RECORD_BYTES = PIECE_BYTES + 4096;
const NONCE = 12;

export type Direction = 'work' | 'answer';

export interface WorkHeader {
  v: number;
  what: 'work';
  id: string;
  /** The phone, by the identifier it gave itself. */
  device: string;
  /** What the key is called; tells neither the key nor the person. */
  key: string;
  made_at: string;
  /** Records in the file. */
  count: number;
}

export interface AnswerHeader {
  v: number;
  what: 'answers';
  /** The header of the file that is answered, base64url: the answers are bound to its very bytes. */
  of: string;
  count: number;
}

/** Why a file cannot be read here. */
export class NoRelayFile extends Error {
  readonly code: 'relay_unreadable' | 'relay_version';

  constructor(code: 'relay_unreadable' | 'relay_version') {
    super(code);
    this.code = code;
  }
}

const encoder = new TextEncoder();
const utf8 = (text: string): Bytes => encoder.encode(text) as Bytes;

function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Bytes as base64url without padding being cut, and back. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

export function fromBase64(text: string): Bytes {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The key of a phone for use, and what files call it. */
export interface RelayKey {
  id: string;
  key: CryptoKey;
}

/** Takes in the key as the server hands it over, 64 hex digits. */
export async function relayKey(digits: string): Promise<RelayKey> {
  const raw = unhex(digits);
  const named = await crypto.subtle.digest('SHA-256', joined(utf8('liangdeng/relay/id\n'), raw));
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { id: hex(named).slice(0, 16), key };
}

function joined(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a record of work holds: a line that says what it is, and the bytes it is about. */
export function recordOf(head: object, payload: Uint8Array): Bytes {
  return joined(utf8(`${JSON.stringify(head)}\n`), payload);
}

/** What the records of one file are bound to. */
export class Binding {
  readonly key: CryptoKey;
  private readonly digest: string;

  private constructor(key: CryptoKey, digest: string) {
    this.key = key;
    this.digest = digest;
  }

  static async of(key: CryptoKey, header: Bytes): Promise<Binding> {
    return new Binding(key, hex(await crypto.subtle.digest('SHA-256', header)));
  }

  private how(iv: Bytes, direction: Direction, place: number) {
    const additionalData = utf8(`liangdeng/relay/${FORMAT}\n${direction}\n${this.digest}\n${place}`);
    return { name: 'AES-GCM', iv, additionalData };
  }

  /** Seals bytes for a place. */
  async seal(place: number, plain: Bytes, direction: Direction): Promise<Bytes> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.subtle.encrypt(this.how(iv, direction, place), this.key, plain);
    return joined(iv, new Uint8Array(sealed));
  }

  /** Opens bytes sealed for a place; null when they were changed, or are of another place, file or phone. */
  async open(place: number, sealed: Bytes, direction: Direction): Promise<Bytes | null> {
    const how = this.how(sealed.slice(0, NONCE), direction, place);
    return crypto.subtle.decrypt(how, this.key, sealed.slice(NONCE)).then(
      (plain) => new Uint8Array(plain),
      () => null,
    );
  }
}

/** The bytes of a header, to which all else is bound. */
export function headerBytes(header: WorkHeader | AnswerHeader): Bytes {
  return utf8(JSON.stringify(header));
}

/** The beginning of a file. */
export function beginning(header: Bytes): Blob {
  return new Blob([utf8(MAGIC), u32(header.length), header]);
}

/** One record as it stands in a file; of an answer with its place. */
export function framed(sealed: Uint8Array, place: number | null = null): Blob {
  const bytes = place === null ? [] : [u32(place)];
  return new Blob([u32(sealed.length), ...bytes, sealed as Bytes]);
}

export interface FileRecord {
  place: number;
  bytes: Bytes;
}

/** A file that was read as far as its header. */
export interface RelayFile<H = WorkHeader | AnswerHeader> {
  header: H;
  /** The very bytes of the header. */
  raw: Bytes;
  blob: Blob;
  /** Where the records begin. */
  start: number;
}

async function slice(blob: Blob, from: number, length: number): Promise<Bytes> {
  return new Uint8Array(await blob.slice(from, from + length).arrayBuffer());
}

async function number(blob: Blob, at: number): Promise<number | null> {
  const bytes = await slice(blob, at, 4);
  return bytes.length === 4 ? new DataView(bytes.buffer).getUint32(0) : null;
}

function parsed(raw: Bytes): Record<string, unknown> {
  try {
    const told: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
    if (typeof told === 'object' && told !== null) return told as Record<string, unknown>;
  } catch {
    // Not our text.
  }
  throw new NoRelayFile('relay_unreadable');
}

const TEXTS: Record<string, readonly string[]> = {
  work: ['id', 'device', 'key', 'made_at'],
  answers: ['of'],
};

function readHeader(raw: Bytes): WorkHeader | AnswerHeader {
  const told = parsed(raw);
  const texts = TEXTS[String(told['what'])];
  if (typeof told['v'] !== 'number' || texts === undefined) throw new NoRelayFile('relay_unreadable');
  if (told['v'] !== FORMAT) throw new NoRelayFile('relay_version');
  if (!Number.isInteger(told['count']) || texts.some((name) => typeof told[name] !== 'string'))
    throw new NoRelayFile('relay_unreadable');
  return told as unknown as WorkHeader | AnswerHeader;
}

/** Reads a file as far as its header. Rejects with NoRelayFile. */
export async function openFile(blob: Blob): Promise<RelayFile> {
  const magic = new TextDecoder().decode(await slice(blob, 0, 4));
  const length = await number(blob, 4);
  if (magic !== MAGIC || length === null || length > HEADER_BYTES) throw new NoRelayFile('relay_unreadable');
  const raw = await slice(blob, 8, length);
  if (raw.length !== length) throw new NoRelayFile('relay_unreadable');
  return { header: readHeader(raw), raw, blob, start: 8 + length };
}

export const isWork = (file: RelayFile): file is RelayFile<WorkHeader> => file.header.what === 'work';
export const isAnswers = (file: RelayFile): file is RelayFile<AnswerHeader> => file.header.what === 'answers';

/** The records one after the other, as far as they are whole: a file that was cut ends early. */
export async function* recordsOf(file: RelayFile): AsyncGenerator<FileRecord> {
  const named = file.header.what === 'answers' ? 4 : 0;
  let at = file.start;
  for (let n = 0; n < file.header.count; n += 1) {
    const length = await number(file.blob, at);
    if (length === null || length > RECORD_BYTES) return;
    const place = named ? await number(file.blob, at + 4) : n;
    const bytes = await slice(file.blob, at + 4 + named, length);
    if (place === null || bytes.length !== length) return;
    yield { place, bytes };
    at += 4 + named + length;
  }
}
