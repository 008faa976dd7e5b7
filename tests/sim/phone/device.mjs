/** One phone: what lies on its disk, and the tabs of the app that are open, each with its own memory. */
import { eventOf, Target } from './events.mjs';
import { Connection, DbRequest, DbTransaction, Disk, Factory, OpenRequest } from './indexeddb.mjs';
import { Cursor, Index, ObjectStore } from './stores.mjs';
import { KeyRange } from './values.mjs';
import { abortingOf, channelsOf, cryptoOf, dateOf, Locks, ORIGIN, PhoneRequest, PhoneResponse, storageOf, textOf } from './web.mjs';

/** Numbers 0..1 that follow from a seed (mulberry32). */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An open page: its timers, its requests on the way, its queue of tasks. */
class Tab {
  alive = true;
  visible = true;
  channels = [];
  timers = new Map();
  fetches = new Map();
  tasks = [];
  afters = [];

  constructor(phone, name) {
    this.phone = phone;
    this.name = name;
    this.world = phone.world;
    this.window = new Target();
    this.document = new Target();
  }

  task(work) {
    if (this.alive) this.tasks.push(work);
  }

  /** Runs `work` when the present task and all that follows from it without waiting is done. */
  afterTask(work) {
    this.afters.push(work);
  }

  setTimer(work, ms = 0, every = false) {
    const id = this.world.nextId();
    const wait = Math.max(0, Number(ms) || 0);
    this.timers.set(id, { at: this.world.now + wait, work, every: every ? Math.max(wait, 1) : null });
    return id;
  }

  runTimers() {
    for (const [id, timer] of [...this.timers].sort((a, b) => a[1].at - b[1].at)) {
      if (timer.at > this.world.now) continue;
      if (timer.every === null) this.timers.delete(id);
      else timer.at = this.world.now + timer.every;
      this.task(() => timer.work());
    }
  }

  fetch(input, init) {
    const request = new PhoneRequest(input, init);
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted) return reject(request.signal.reason);
      if (!this.phone.online) return this.task(() => reject(new TypeError('Failed to fetch')));
      const id = this.world.send(this, request);
      this.fetches.set(id, { resolve, reject, signal: request.signal });
      request.signal?.addEventListener('abort', () => {
        if (this.fetches.delete(id)) reject(request.signal.reason);
      });
      return undefined;
    });
  }

  answer(id, reply) {
    const waiting = this.fetches.get(id);
    if (!waiting) return;
    this.fetches.delete(id);
    // Nobody is interested in a time that has not run out: it would only wake the simulation.
    this.timers.delete(waiting.signal?.timer);
    this.task(() => {
      if (reply === null) waiting.reject(new TypeError('Failed to fetch'));
      else waiting.resolve(new PhoneResponse(reply.text, reply));
    });
  }

  die() {
    this.alive = false;
    for (const list of [this.tasks, this.afters, this.channels]) list.length = 0;
    for (const map of [this.timers, this.fetches]) map.clear();
  }
}

/** A phone and its disk. */
export class Phone {
  disk = new Disk();
  kept = new Map();
  locks = new Locks();
  tabs = new Map();
  online = true;
  wifi = true;
  clockOffset = 0;
  /** Tasks left before the phone dies; null when it does not. */
  steps = null;

  constructor(world, name, seed) {
    this.world = world;
    this.name = name;
    this.random = dice(seed);
  }

  now = () => Math.floor(this.world.now + this.clockOffset);

  open(name, app) {
    const tab = new Tab(this, name);
    this.tabs.set(name, tab);
    tab.app = app(...Object.values(globalsOf(this, tab)));
    return tab;
  }

  close(name) {
    const tab = this.tabs.get(name);
    if (!tab) return;
    tab.die();
    this.tabs.delete(name);
    this.locks.leave(tab);
    this.disk.leave(tab);
  }

  /** Everything that runs ends at once; `power` takes also what was never flushed to the disk. */
  kill(power) {
    this.steps = null;
    for (const tab of this.tabs.values()) tab.die();
    this.tabs.clear();
    this.locks = new Locks();
    this.disk.kill(power);
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    for (const tab of this.tabs.values())
      tab.task(() => tab.window.dispatchEvent(eventOf(online ? 'online' : 'offline')));
  }
}

function navigatorOf(phone, tab) {
  return {
    get onLine() {
      return phone.online;
    },
    get connection() {
      return { type: phone.wifi ? 'wifi' : 'cellular', addEventListener() {}, removeEventListener() {} };
    },
    userAgent: 'phone',
    language: 'zh-CN',
    locks: phone.locks.of(tab),
    storage: {
      persist: async () => true,
      persisted: async () => true,
      estimate: async () => ({ usage: phone.disk.used, quota: 10 * 2 ** 30 }),
    },
  };
}

/** An element that nobody looks at. */
function drawing() {
  return { append() {}, replaceChildren() {}, remove() {}, setAttribute() {}, className: '', textContent: '' };
}

/** Names and values of everything a page may use of its browser. */
function globalsOf(phone, tab) {
  const { window, document } = tab;
  const random = phone.random;
  Object.defineProperty(document, 'visibilityState', { get: () => (tab.visible ? 'visible' : 'hidden') });
  // A wiped app draws its last page by hand.
  Object.assign(document, { title: '', body: drawing(), createElement: drawing });
  const math = Object.create(Math);
  Object.defineProperties(math, Object.getOwnPropertyDescriptors(Math));
  math.random = random;
  const globals = {
    indexedDB: new Factory(phone.disk, tab),
    IDBFactory: Factory,
    IDBDatabase: Connection,
    IDBTransaction: DbTransaction,
    IDBObjectStore: ObjectStore,
    IDBIndex: Index,
    IDBCursor: Cursor,
    IDBRequest: DbRequest,
    IDBOpenDBRequest: OpenRequest,
    IDBKeyRange: KeyRange,
    fetch: (input, init) => tab.fetch(input, init),
    Request: PhoneRequest,
    Response: PhoneResponse,
    ...abortingOf(tab),
    crypto: cryptoOf(tab, random),
    setTimeout: (work, ms) => tab.setTimer(work, ms),
    clearTimeout: (id) => tab.timers.delete(id),
    setInterval: (work, ms) => tab.setTimer(work, ms, true),
    clearInterval: (id) => tab.timers.delete(id),
    Date: dateOf(phone.now),
    Math: math,
    performance: { now: () => phone.world.now % 1e9 },
    navigator: navigatorOf(phone, tab),
    location: { origin: ORIGIN, href: `${ORIGIN}/`, hash: '', reload: () => phone.world.reload(tab) },
    history: { replaceState() {} },
    document,
    BroadcastChannel: channelsOf(phone, tab),
    localStorage: storageOf(phone.kept),
    sessionStorage: storageOf(new Map()),
    caches: { keys: async () => [], delete: async () => true },
    addEventListener: (type, listener) => window.addEventListener(type, listener),
    removeEventListener: (type, listener) => window.removeEventListener(type, listener),
    dispatchEvent: (event) => window.dispatchEvent(event),
  };
  return { ...globals, window: globals, self: globals, globalThis: { ...globals, navigator: globals.navigator } };
}

/** The names under which `globalsOf` hands over its values, in its order. */
export const GLOBALS = Object.keys(
  globalsOf({ disk: new Disk(), kept: new Map(), locks: new Locks(), random: dice(0), world: { now: 0 }, now: () => 0 }, { window: new Target(), document: new Target(), channels: [] }),
);

export { textOf };
