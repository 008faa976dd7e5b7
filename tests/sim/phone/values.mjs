/** Keys and values as IndexedDB knows them: order, ranges, copies, sizes. */

function rank(key) {
  if (typeof key === 'number') return 1;
  if (key instanceof Date) return 2;
  if (typeof key === 'string') return 3;
  if (Array.isArray(key)) return 5;
  throw new DOMException('not a key', 'DataError');
}

export function compareKeys(a, b) {
  const ranks = rank(a) - rank(b);
  if (ranks !== 0) return Math.sign(ranks);
  if (!Array.isArray(a)) return a < b ? -1 : a > b ? 1 : 0;
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareKeys(a[i], b[i]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

export function encodeKey(key) {
  if (typeof key === 'string') return `"${key}`;
  rank(key);
  return JSON.stringify(key);
}

export class KeyRange {
  constructor(lower, upper, lowerOpen, upperOpen) {
    Object.assign(this, { lower, upper, lowerOpen, upperOpen });
  }

  static bound(lower, upper, lowerOpen = false, upperOpen = false) {
    return new KeyRange(lower, upper, lowerOpen, upperOpen);
  }

  static only(key) {
    return new KeyRange(key, key, false, false);
  }

  static lowerBound(key, open = false) {
    return new KeyRange(key, undefined, open, true);
  }

  static upperBound(key, open = false) {
    return new KeyRange(undefined, key, true, open);
  }

  includes(key) {
    if (this.lower !== undefined) {
      const order = compareKeys(key, this.lower);
      if (order < 0 || (order === 0 && this.lowerOpen)) return false;
    }
    if (this.upper === undefined) return true;
    const order = compareKeys(key, this.upper);
    return order < 0 || (order === 0 && !this.upperOpen);
  }
}

/** A range for a query that may be a key, a range, or everything (null). */
export function rangeOf(query) {
  if (query === undefined || query === null) return null;
  if (query instanceof KeyRange) return query;
  return { only: query, includes: (key) => compareKeys(key, query) === 0 };
}

/**
 * A structured clone of what our rows hold; keys of `crypto` are handed on as they are. Bytes are cloned on their way
 * in only (`shareBytes` leaves them): nobody changes what he read, and sealed rows are nothing but bytes.
 */
export function copy(value, shareBytes = false) {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new DOMException('cannot be cloned', 'DataCloneError');
    return value;
  }
  if (Array.isArray(value)) return value.map((one) => copy(one, shareBytes));
  if (value instanceof ArrayBuffer) return shareBytes ? value : value.slice(0);
  if (ArrayBuffer.isView(value)) return shareBytes ? value : value.slice();
  if (value instanceof Date) return new Date(value.getTime());
  if (value.isCryptoKey === true) return value;
  const made = {};
  for (const name of Object.keys(value)) made[name] = copy(value[name], shareBytes);
  return made;
}

/** Bytes a value takes, roughly. */
export function sizeOf(value) {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  let size = 16;
  for (const name of Object.keys(value)) size += name.length + sizeOf(value[name]);
  return size;
}
