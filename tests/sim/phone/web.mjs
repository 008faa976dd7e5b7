/** What a page of a phone finds in its browser, as far as the app's core uses it; time and network are the simulation's. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { eventOf, Target } from './events.mjs';

const ORIGIN = 'https://phone.example';

function textOf(body) {
  if (body === null || body === undefined) return '';
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

function bytesOf(body) {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
}

/** `Request` as far as it is used: no streams, the body is at hand. */
export class PhoneRequest {
  constructor(input, init = {}) {
    const from = typeof input === 'object' && !(input instanceof URL) ? input : null;
    this.url = from ? from.url : String(input).startsWith('http') ? String(input) : `${ORIGIN}${input}`;
    this.method = (init.method ?? from?.method ?? 'GET').toUpperCase();
    this.headers = new Headers(init.headers ?? from?.headers);
    this.body = init.body ?? from?.body ?? null;
    this.signal = init.signal ?? from?.signal ?? null;
  }

  clone() {
    return new PhoneRequest(this);
  }

  async text() {
    return textOf(this.body);
  }
}

/** `Response` as far as it is used. */
export class PhoneResponse {
  constructor(text, { status = 200, headers = {}, url = '' } = {}) {
    this.status = status;
    this.ok = status >= 200 && status < 300;
    this.headers = new Headers(headers);
    this.url = url;
    this.redirected = false;
    this.body = text === '' ? null : text;
    this.told = text;
  }

  async text() {
    return this.told;
  }

  async json() {
    return JSON.parse(this.told);
  }

  async arrayBuffer() {
    return new TextEncoder().encode(this.told).buffer;
  }

  clone() {
    return new PhoneResponse(this.told, this);
  }
}

/** What sealed bytes said when they were opened: the app opens the same rows again and again. */
const opened = new WeakMap();

/** Keys by their bytes: the same bytes are the same key, so that what was opened is known again after a restart. */
const imported = new Map();

function keyOf(bytes) {
  const name = Buffer.from(bytes).toString('hex');
  if (!imported.has(name)) imported.set(name, { isCryptoKey: true, raw: Buffer.from(bytes) });
  return imported.get(name);
}

function derived(how, key, bits) {
  const { salt } = how;
  const length = bits / 8;
  const made =
    how.name === 'PBKDF2'
      ? pbkdf2Sync(key.raw, bytesOf(salt), how.iterations, length, 'sha256')
      : Buffer.from(hkdfSync('sha256', key.raw, bytesOf(salt), bytesOf(how.info), length));
  return new Uint8Array(made).buffer;
}

/** WebCrypto for AES-GCM, SHA-256 and deriving keys by Node's quick synchronous functions, answered in a task as a browser does. */
export function cryptoOf(tab, random) {
  // What is asked for together is answered together: a task each would cost more than the work itself.
  const asked = [];
  const answerAll = () => {
    for (const { work, resolve, reject } of asked.splice(0)) {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    }
  };
  const soon = (work) =>
    new Promise((resolve, reject) => {
      if (asked.length === 0) tab.task(answerAll);
      asked.push({ work, resolve, reject });
    });
  const seal = ({ iv, additionalData }, key, data) => {
    const cipher = createCipheriv('aes-256-gcm', key.raw, iv);
    if (additionalData) cipher.setAAD(bytesOf(additionalData));
    const sealed = Buffer.concat([cipher.update(bytesOf(data)), cipher.final(), cipher.getAuthTag()]);
    return new Uint8Array(sealed).buffer;
  };
  const open = ({ iv, additionalData }, key, data) => {
    const place = textOf(additionalData);
    const before = opened.get(data);
    // Whoever opens a wrapped key wipes its bytes after use: each gets bytes of its own.
    if (before?.key === key && before.place === place) return before.bytes.slice(0);
    const bytes = bytesOf(data);
    const cipher = createDecipheriv('aes-256-gcm', key.raw, iv);
    if (additionalData) cipher.setAAD(bytesOf(additionalData));
    cipher.setAuthTag(bytes.subarray(bytes.length - 16));
    const parts = [cipher.update(bytes.subarray(0, bytes.length - 16))];
    try {
      parts.push(cipher.final());
    } catch {
      throw new DOMException('not sealed by this key', 'OperationError');
    }
    const plain = new Uint8Array(Buffer.concat(parts)).buffer;
    opened.set(data, { key, place, bytes: plain.slice(0) });
    return plain;
  };
  const fill = (bytes) => {
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = random() * 256;
    return bytes;
  };
  return {
    getRandomValues: fill,
    randomUUID() {
      const hex = Buffer.from(fill(new Uint8Array(16))).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    subtle: {
      digest: (_name, data) => {
        const bytes = bytesOf(data);
        return soon(() => new Uint8Array(createHash('sha256').update(bytes).digest()).buffer);
      },
      generateKey: () => soon(() => ({ isCryptoKey: true, raw: fill(new Uint8Array(32)) })),
      importKey: (_form, raw) => {
        const bytes = new Uint8Array(bytesOf(raw));
        return soon(() => keyOf(bytes));
      },
      deriveBits: (how, key, bits) => soon(() => derived(how, key, bits)),
      sign: (_name, key, data) =>
        soon(() => new Uint8Array(createHmac('sha256', key.raw).update(bytesOf(data)).digest()).buffer),
      encrypt: (how, key, data) => soon(() => seal(how, key, data)),
      decrypt: (how, key, data) => soon(() => open(how, key, data)),
    },
  };
}

/** `AbortController` and `AbortSignal` by the simulation's clock. */
export function abortingOf(tab) {
  class PhoneSignal extends Target {
    aborted = false;
    reason = undefined;

    static timeout(ms) {
      const signal = new PhoneSignal();
      signal.timer = tab.setTimer(() => signal.fire(new DOMException('It took too long.', 'TimeoutError')), ms);
      return signal;
    }

    static abort(reason) {
      const signal = new PhoneSignal();
      signal.fire(reason ?? new DOMException('aborted', 'AbortError'));
      return signal;
    }

    static any(signals) {
      const one = new PhoneSignal();
      for (const signal of signals) {
        if (signal.aborted) one.fire(signal.reason);
        else signal.addEventListener('abort', () => one.fire(signal.reason));
      }
      return one;
    }

    fire(reason) {
      if (this.aborted) return;
      this.aborted = true;
      this.reason = reason;
      this.dispatchEvent(eventOf('abort'));
    }

    throwIfAborted() {
      if (this.aborted) throw this.reason;
    }
  }
  class PhoneController {
    signal = new PhoneSignal();

    abort(reason) {
      this.signal.fire(reason ?? new DOMException('aborted', 'AbortError'));
    }
  }
  return { AbortSignal: PhoneSignal, AbortController: PhoneController };
}

/** `navigator.locks` of one phone: exclusive locks by name, in the order they were asked for. */
export class Locks {
  #held = new Map();
  #waiting = [];

  of(tab) {
    const request = (name, options, work) => {
      const act = work ?? options;
      const { ifAvailable = false } = work ? options : {};
      return new Promise((resolve, reject) => {
        tab.task(() => this.#ask({ name, ifAvailable, act, tab, resolve, reject }));
      });
    };
    return { request, query: async () => ({ held: [], pending: [] }) };
  }

  /** A tab is gone: what it held is free, what it wanted is forgotten. */
  leave(tab) {
    this.#waiting = this.#waiting.filter((one) => one.tab !== tab);
    for (const [name, holder] of [...this.#held]) if (holder === tab) this.#free(name);
  }

  #ask(asked) {
    if (!this.#held.has(asked.name)) this.#grant(asked);
    else if (asked.ifAvailable) this.#run(asked, null, () => undefined);
    else this.#waiting.push(asked);
  }

  #grant(asked) {
    this.#held.set(asked.name, asked.tab);
    this.#run(asked, { name: asked.name, mode: 'exclusive' }, () => this.#free(asked.name));
  }

  #run({ act, tab, resolve, reject }, lock, after) {
    let done;
    try {
      done = Promise.resolve(act(lock));
    } catch (error) {
      done = Promise.reject(error);
    }
    done.finally(() => tab.alive && after()).then(resolve, reject);
  }

  #free(name) {
    this.#held.delete(name);
    const place = this.#waiting.findIndex((one) => one.name === name);
    if (place < 0) return;
    const [next] = this.#waiting.splice(place, 1);
    next.tab.task(() => (this.#held.has(name) ? this.#waiting.unshift(next) : this.#grant(next)));
    
  }
}

/** `BroadcastChannel` between the tabs of one phone. */
export function channelsOf(phone, tab) {
  return class PhoneChannel extends Target {
    constructor(name) {
      super();
      this.name = name;
      tab.channels.push(this);
    }

    postMessage(data) {
      for (const other of phone.tabs.values())
        for (const channel of other.channels)
          if (channel !== this && channel.name === this.name)
            other.task(() => channel.dispatchEvent(eventOf('message', { data })));
    }

    close() {
      tab.channels = tab.channels.filter((one) => one !== this);
    }
  };
}

/** `Date` of a phone whose clock may be wrong. */
export function dateOf(now) {
  return class PhoneDate extends Date {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }

    static now() {
      return now();
    }
  };
}

/** `localStorage` of one phone. */
export function storageOf(kept) {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, String(value)),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
    key: (place) => [...kept.keys()][place] ?? null,
    get length() {
      return kept.size;
    },
  };
}

export { ORIGIN, textOf };
