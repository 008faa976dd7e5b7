/**
 * One text for one value, the same on phone and server, so that a hash can prove what was sent.
 * Keys are sorted by code point, nothing is spaced, text is UTF-8, numbers are whole (others travel as text).
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** JavaScript sorts by UTF-16 unit, Python by code point; they differ above U+FFFF. */
function byCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function canonicalNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`only whole numbers have a canonical form: ${value}`);
  return Object.is(value, -0) ? '0' : String(value);
}

/** A lone surrogate has no UTF-8 form; replaced like TextEncoder would, so both languages hash the same. */
function canonicalString(value: string): string {
  return JSON.stringify(value.replace(/[\uD800-\uDFFF]/gu, '\uFFFD'));
}

/** Canonical JSON text of `value`; members that are undefined are absent. Throws TypeError on fractions. */
export function canonical(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.keys(value)
    .sort(byCodePoint)
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${canonicalString(key)}:${canonical(member)}`];
    });
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

/** SHA-256 in lower-case hex of UTF-8 text or of bytes. */
export async function sha256Hex(data: string | ArrayBuffer): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
