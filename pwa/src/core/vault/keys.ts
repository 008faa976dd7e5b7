/**
 * The data key of a user and how it is wrapped. A wrap opens only with something that a person knows (the PIN) or that
 * the server knows (the recovery secret), and only on this phone: each is mixed with the phone's own key, which the
 * browser never hands out.
 */

/** PBKDF2-SHA256 rounds of a new wrap. A build for people has 600,000; it cannot be set from outside. */
export const PIN_ROUNDS: number = __PIN_ROUNDS__;

export type Bytes = Uint8Array<ArrayBuffer>;
export type Secret = { pin: string; stretching?: Stretching | null } | { recovery: string };

export interface Wrap {
  salt: Bytes;
  /** Rounds of PBKDF2 that this wrap was made with; 0 for the server's secret, which is no guess. */
  rounds: number;
  iv: Bytes;
  data: ArrayBuffer;
}

const { subtle } = crypto;
const text = (words: string): Bytes => new TextEncoder().encode(words);

/** Random bytes. */
export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Bytes as hex digits. */
export function hex(bytes: BufferSource): string {
  const all = new Uint8Array(ArrayBuffer.isView(bytes) ? bytes.buffer : bytes);
  return Array.from(all, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Hex digits as bytes. */
export function unhex(digits: string): Bytes {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function stretched(pin: string, { salt, rounds }: Cost): Promise<ArrayBuffer> {
  const base = await subtle.importKey('raw', text(pin), 'PBKDF2', false, ['deriveBits']);
  return subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, base, 256);
}

type Cost = Pick<Wrap, 'salt' | 'rounds'>;

/** A PIN on its way to a key, half a second on a cheap phone. Whether it is the right one does not show by it. */
export interface Stretching {
  cost: Cost;
  bits: Promise<ArrayBuffer>;
}

/** Begins to stretch a PIN for a wrap, on another thread. */
export function stretch(pin: string, cost: Cost): Stretching {
  return { cost, bits: stretched(pin, cost) };
}

/** The bits of a PIN; those on their way were for another wrap if the PIN was changed in another tab meanwhile. */
function bitsOf({ pin, stretching }: Extract<Secret, { pin: string }>, cost: Cost): Promise<ArrayBuffer> {
  const fits = stretching?.cost.rounds === cost.rounds && hex(stretching.cost.salt) === hex(cost.salt);
  return fits ? stretching.bits : stretched(pin, cost);
}

async function wrappingKey(
  device: CryptoKey,
  secret: Secret,
  wrap: Omit<Wrap, 'iv' | 'data'>,
  place: string,
) {
  const known = 'pin' in secret ? await bitsOf(secret, wrap) : unhex(secret.recovery);
  const mixed = await subtle.sign('HMAC', device, known);
  const base = await subtle.importKey('raw', mixed, 'HKDF', false, ['deriveBits']);
  const info = text(`liangdeng/${place}`);
  const bits = await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: wrap.salt, info }, base, 256);
  return subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** Where a wrap belongs: the user's database, what opens it, and its rounds. */
function placeOf(account: string, secret: Secret, rounds: number): string {
  return `accounts\n${account}\n${'pin' in secret ? 'pin' : 'recovery'}\n${rounds}`;
}

/** Wraps a data key (32 bytes) for one account. */
export async function wrapKey(device: CryptoKey, secret: Secret, account: string, raw: Bytes): Promise<Wrap> {
  const head = { salt: random(16), rounds: 'pin' in secret ? PIN_ROUNDS : 0 };
  const place = placeOf(account, secret, head.rounds);
  const key = await wrappingKey(device, secret, head, place);
  const iv = random(12);
  return {
    ...head,
    iv,
    data: await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: text(place) }, key, raw),
  };
}

/** The data key in a wrap, or null when the secret, the phone or the account is another. */
export async function unwrapKey(
  device: CryptoKey,
  secret: Secret,
  account: string,
  wrap: Wrap,
): Promise<Bytes | null> {
  const place = placeOf(account, secret, wrap.rounds);
  const key = await wrappingKey(device, secret, wrap, place);
  const how = { name: 'AES-GCM', iv: wrap.iv, additionalData: text(place) };
  return subtle.decrypt(how, key, wrap.data).then(
    (raw) => new Uint8Array(raw),
    () => null,
  );
}

/** The data key for use: nobody gets its bytes back out. The bytes given are wiped. */
export async function dataKey(raw: Bytes): Promise<CryptoKey> {
  const key = await subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return key;
}

/** A phone's own key. */
export function newDeviceKey(): Promise<CryptoKey> {
  return subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, [
    'sign',
  ]) as Promise<CryptoKey>;
}

/** A name that tells nothing: digest by the phone's key. */
export async function keyedDigest(device: CryptoKey, words: string): Promise<string> {
  return hex(await subtle.sign('HMAC', device, text(words)));
}

/** A digest that is the same on every phone; 32 hex digits. */
export async function digest(words: string): Promise<string> {
  return hex(await subtle.digest('SHA-256', text(words))).slice(0, 32);
}
