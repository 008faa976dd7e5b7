/**
 * An IndexedDB in memory for many phones in one process: real transactions (isolation, abort, commit by itself once
 * nothing is asked any more), a quota that strikes at commit as Chromium's does, relaxed commits that a power cut
 * undoes, and death at any point. Everything happens in tasks of the phone's tab, so that a simulation decides when.
 */
import { eventOf, Target } from './events.mjs';
import { nameList } from './rows.mjs';
import { ObjectStore } from './stores.mjs';
import { compareKeys } from './values.mjs';

/** What survives the death of a phone's programs: databases by name, and how much they may hold. */
export class Disk {
  databases = new Map();
  connections = new Set();
  /** Undo logs of commits that were never flushed: a power cut takes them back. */
  unflushed = [];
  used = 0;
  quota = Number.POSITIVE_INFINITY;
  aborts = 0;

  /** Every program is gone: what was not committed never happened. */
  kill(power) {
    for (const database of this.databases.values()) {
      for (const transaction of [...database.live].reverse()) transaction.undo();
      database.live.length = 0;
    }
    if (power) while (this.unflushed.length > 0) undoAll(this.unflushed.pop());
    this.connections.clear();
  }

  /** One tab is gone. */
  leave(tab) {
    for (const database of this.databases.values()) {
      for (const transaction of database.live.filter((one) => one.tab === tab).reverse()) transaction.undo();
      database.live = database.live.filter((one) => one.tab !== tab);
      for (const transaction of database.live) transaction.tryStart();
    }
    for (const connection of [...this.connections]) if (connection.tab === tab) connection.close();
  }
}

function undoAll(steps) {
  for (const step of steps.reverse()) step();
}

function newDatabase(name) {
  return { name, version: 0, stores: new Map(), live: [] };
}

export class DbRequest extends Target {
  result = undefined;
  error = null;
  readyState = 'pending';
  source = null;
  transaction = null;

  succeed(result) {
    this.result = result;
    this.readyState = 'done';
    this.dispatchEvent(eventOf('success'));
  }

  /** Tells whether somebody prevented the default, which is to abort. */
  fail(error) {
    this.error = error;
    this.readyState = 'done';
    const event = eventOf('error', { target: this });
    this.dispatchEvent(event);
    this.transaction?.dispatchEvent(event);
    return event.defaultPrevented;
  }
}

export class OpenRequest extends DbRequest {}

export class DbTransaction extends Target {
  error = null;
  #steps = [];
  #pending = [];
  #delta = 0;
  #state = 'waiting';

  constructor(db, names, mode, durability) {
    super();
    this.db = db;
    this.tab = db.tab;
    this.names = names;
    this.mode = mode;
    this.durability = durability;
    this.data = db.data;
    this.data.live.push(this);
    this.tab.afterTask(() => this.settle());
    this.tryStart();
  }

  get objectStoreNames() {
    return nameList(this.names);
  }

  objectStore(name) {
    if (this.#state === 'done') throw new DOMException('The transaction has finished.', 'InvalidStateError');
    if (!this.names.includes(name)) throw new DOMException(`No store ${name} here.`, 'NotFoundError');
    return new ObjectStore(this, name);
  }

  /** Runs once no earlier transaction stands in the way. */
  tryStart() {
    if (this.#state !== 'waiting') return;
    for (const earlier of this.data.live) {
      if (earlier === this) break;
      const shared = earlier.names.some((name) => this.names.includes(name));
      if (shared && (earlier.mode !== 'readonly' || this.mode !== 'readonly')) return;
    }
    this.#state = 'active';
    for (const _ of this.#pending) this.tab.task(() => this.#next());
    if (this.#pending.length === 0) this.tab.afterTask(() => this.settle());
  }

  ask(source, work) {
    if (this.#state === 'done' || this.#state === 'committing')
      throw new DOMException('The transaction is not active.', 'TransactionInactiveError');
    const request = new DbRequest();
    request.source = source;
    request.transaction = this;
    this.#pending.push({ request, work });
    if (this.#state === 'active') this.tab.task(() => this.#next());
    return request;
  }

  /** Asks again for the same request: the next place of a cursor. */
  askAgain(request, work) {
    request.readyState = 'pending';
    this.#pending.push({ request, work });
    this.tab.task(() => this.#next());
  }

  #next() {
    const asked = this.#pending.shift();
    if (!asked || this.#state !== 'active') return;
    try {
      const result = asked.work();
      asked.request.succeed(result);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (!asked.request.fail(error)) this.#fall(error);
    }
    this.tab.afterTask(() => this.settle());
  }

  /** Commits in a task of its own when nothing is asked any more. */
  settle() {
    if (this.#state !== 'active' || this.#pending.length > 0) return;
    this.#state = 'committing';
    this.tab.task(() => this.#finish());
  }

  commit() {
    this.settle();
  }

  #finish() {
    if (this.#state !== 'committing') return;
    const disk = this.db.disk;
    if (this.#delta > 0 && disk.used > disk.quota) {
      this.#fall(new DOMException('The phone is full.', 'QuotaExceededError'));
      return;
    }
    if (this.durability === 'strict' && this.mode !== 'readonly') disk.unflushed = [];
    else if (this.#steps.length > 0) disk.unflushed.push(this.#steps);
    this.#steps = [];
    this.#end();
    this.onfinish?.();
    this.dispatchEvent(eventOf('complete'));
  }

  abort() {
    if (this.#state === 'done' || this.#state === 'committing')
      throw new DOMException('The transaction has finished.', 'InvalidStateError');
    this.#fall(null);
  }

  #fall(error) {
    this.db.disk.aborts += 1;
    this.error = error;
    this.undo();
    const pending = this.#pending.splice(0);
    this.#end();
    this.tab.task(() => {
      for (const { request } of pending) request.fail(new DOMException('aborted', 'AbortError'));
      const event = eventOf('abort');
      this.dispatchEvent(event);
      this.onfall?.();
      this.db.dispatchEvent(event);
    });
  }

  undo() {
    undoAll(this.#steps);
    this.#steps = [];
  }

  #end() {
    this.#state = 'done';
    this.data.live = this.data.live.filter((one) => one !== this);
    for (const other of [...this.data.live]) other.tryStart();
    this.db.idle?.();
  }

  /** Remembers how to take a change back. */
  did(step, delta = 0) {
    this.#steps.push(step);
    this.#delta += delta;
  }

  mayWrite() {
    if (this.mode === 'readonly') throw new DOMException('read only', 'ReadOnlyError');
  }
}

export class Connection extends Target {
  #closing = false;

  constructor(disk, data, tab) {
    super();
    this.disk = disk;
    this.data = data;
    this.tab = tab;
    disk.connections.add(this);
  }

  get name() {
    return this.data.name;
  }

  get version() {
    return this.data.version;
  }

  get objectStoreNames() {
    return nameList([...this.data.stores.keys()]);
  }

  transaction(names, mode = 'readonly', options = {}) {
    if (this.#closing) throw new DOMException('The connection is closing.', 'InvalidStateError');
    const wanted = typeof names === 'string' ? [names] : [...names];
    for (const name of wanted)
      if (!this.data.stores.has(name)) throw new DOMException(`No store ${name}.`, 'NotFoundError');
    return new DbTransaction(this, wanted, mode, options.durability ?? 'default');
  }

  createObjectStore(name, options = {}) {
    const { stores } = this.data;
    const { keyPath = null, autoIncrement = false } = options ?? {};
    stores.set(name, { keyPath, autoIncrement, counter: 0, rows: new Map(), sorted: null, indexes: new Map() });
    this.upgrade.names.push(name);
    this.upgrade.did(() => stores.delete(name));
    return this.upgrade.objectStore(name);
  }

  deleteObjectStore(name) {
    const { stores } = this.data;
    const gone = stores.get(name);
    const size = [...gone.rows.values()].reduce((sum, row) => sum + row.size, 0);
    stores.delete(name);
    this.disk.used -= size;
    this.upgrade.did(() => {
      stores.set(name, gone);
      this.disk.used += size;
    });
  }

  close() {
    if (this.#closing) return;
    this.#closing = true;
    this.disk.connections.delete(this);
    for (const waiting of this.disk.waiting?.splice(0) ?? []) waiting();
  }
}

/** `indexedDB` of one tab. */
export class Factory {
  #disk;
  #tab;

  constructor(disk, tab) {
    this.#disk = disk;
    this.#tab = tab;
  }

  open(name, version) {
    const request = new OpenRequest();
    this.#tab.task(() => this.#open(request, name, version));
    return request;
  }

  async databases() {
    return [...this.#disk.databases.values()].map(({ name, version }) => ({ name, version }));
  }

  deleteDatabase() {
    throw new Error('no code of ours may delete a database');
  }

  cmp(a, b) {
    return compareKeys(a, b);
  }

  #open(request, name, wanted) {
    const disk = this.#disk;
    const data = disk.databases.get(name) ?? newDatabase(name);
    const version = wanted ?? Math.max(data.version, 1);
    if (version < data.version) {
      request.fail(new DOMException('A newer version is there.', 'VersionError'));
      return;
    }
    if (version === data.version) {
      request.succeed(new Connection(disk, data, this.#tab));
      return;
    }
    const others = [...disk.connections].filter((one) => one.data === data);
    if (others.length > 0) {
      for (const other of others)
        other.tab.task(() => other.dispatchEvent(eventOf('versionchange', { oldVersion: data.version })));
      disk.waiting ??= [];
      disk.waiting.push(() => this.#tab.task(() => this.#open(request, name, wanted)));
      return;
    }
    this.#upgrade(request, data, version);
  }

  #upgrade(request, data, version) {
    const old = data.version;
    this.#disk.databases.set(data.name, data);
    const connection = new Connection(this.#disk, data, this.#tab);
    const transaction = new DbTransaction(connection, [...data.stores.keys()], 'versionchange', 'strict');
    connection.upgrade = transaction;
    data.version = version;
    transaction.did(() => {
      data.version = old;
    });
    transaction.onfinish = () => this.#tab.task(() => request.succeed(connection));
    transaction.onfall = () => {
      connection.close();
      request.fail(new DOMException('The upgrade was aborted.', 'AbortError'));
    };
    request.result = connection;
    request.transaction = transaction;
    request.readyState = 'done';
    request.dispatchEvent(eventOf('upgradeneeded', { oldVersion: old, newVersion: version }));
    request.transaction = null;
  }
}
