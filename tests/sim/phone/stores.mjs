/** Object stores, indexes and cursors of the IndexedDB in memory. */
import { first, keyFrom, nameList, rowsIn, sortedRows, store } from './rows.mjs';
import { compareKeys, copy, encodeKey, rangeOf, sizeOf } from './values.mjs';

export class ObjectStore {
  constructor(transaction, name) {
    this.transaction = transaction;
    this.name = name;
  }

  get #data() {
    const data = this.transaction.data.stores.get(this.name);
    if (!data) throw new DOMException('The store is gone.', 'InvalidStateError');
    return data;
  }

  get keyPath() {
    return this.#data.keyPath;
  }

  get indexNames() {
    return nameList([...this.#data.indexes.keys()]);
  }

  get(query) {
    return this.#ask((data) => copy(first(data, query)?.value, true));
  }

  getKey(query) {
    return this.#ask((data) => first(data, query)?.key);
  }

  getAll(query, count) {
    return this.#ask((data) => rowsIn(data, query, count).map((row) => copy(row.value, true)));
  }

  getAllKeys(query, count) {
    return this.#ask((data) => rowsIn(data, query, count).map((row) => row.key));
  }

  count(query) {
    return this.#ask((data) => rowsIn(data, query).length);
  }

  put(value, key) {
    return this.#write(value, key, false);
  }

  add(value, key) {
    return this.#write(value, key, true);
  }

  delete(query) {
    this.transaction.mayWrite();
    return this.#ask((data) => {
      for (const row of rowsIn(data, query)) this.#set(data, row.key, undefined);
    });
  }

  clear() {
    this.transaction.mayWrite();
    return this.#ask((data) => {
      for (const row of [...data.rows.values()]) this.#set(data, row.key, undefined);
    });
  }

  openCursor(query, direction = 'next') {
    return cursorOver(this.transaction, this, () => rowsIn(this.#data, query), direction, (store, row) => row.key);
  }

  openKeyCursor(query, direction = 'next') {
    return this.openCursor(query, direction);
  }

  index(name) {
    const index = this.#data.indexes.get(name);
    if (!index) throw new DOMException(`No index ${name}.`, 'NotFoundError');
    return new Index(this, name, index, () => this.#data);
  }

  createIndex(name, keyPath, options = {}) {
    const data = this.#data;
    data.indexes.set(name, { keyPath, unique: options.unique === true, multiEntry: options.multiEntry === true });
    this.transaction.did(() => data.indexes.delete(name));
    return this.index(name);
  }

  deleteIndex(name) {
    const data = this.#data;
    const index = data.indexes.get(name);
    data.indexes.delete(name);
    this.transaction.did(() => data.indexes.set(name, index));
  }

  #ask(work) {
    return this.transaction.ask(this, () => work(this.#data));
  }

  #write(value, given, onlyNew) {
    this.transaction.mayWrite();
    const kept = copy(value);
    return this.#ask((data) => {
      const key = given ?? keyFrom(kept, data.keyPath) ?? this.#nextKey(data, kept);
      if (onlyNew && data.rows.has(encodeKey(key))) throw new DOMException('taken', 'ConstraintError');
      this.#set(data, key, kept);
      return key;
    });
  }

  #nextKey(data, value) {
    if (!data.autoIncrement) throw new DOMException('no key', 'DataError');
    data.counter += 1;
    if (typeof data.keyPath === 'string') value[data.keyPath] = data.counter;
    return data.counter;
  }

  /** Writes or, with undefined, deletes. */
  #set(data, key, value) {
    const disk = this.transaction.db.disk;
    const place = encodeKey(key);
    const old = data.rows.get(place);
    const row = value === undefined ? undefined : { key, value, size: sizeOf(value) + 64 };
    const delta = (row?.size ?? 0) - (old?.size ?? 0);
    store(data, place, row);
    disk.used += delta;
    this.transaction.did(() => {
      store(data, place, old);
      disk.used -= delta;
    }, delta);
  }
}

export class Index {
  #data;

  constructor(objectStore, name, index, data) {
    this.objectStore = objectStore;
    this.name = name;
    this.keyPath = index.keyPath;
    this.multiEntry = index.multiEntry;
    this.unique = index.unique;
    this.#data = data;
  }

  #rows(query, count) {
    const range = rangeOf(query);
    const found = [];
    for (const row of sortedRows(this.#data())) {
      const value = keyFrom(row.value, this.keyPath);
      const keys = this.multiEntry && Array.isArray(value) ? value : [value];
      for (const indexKey of keys) {
        if (indexKey === undefined || indexKey === null) continue;
        if (!range || range.includes(indexKey)) found.push({ ...row, indexKey });
      }
    }
    found.sort((a, b) => compareKeys(a.indexKey, b.indexKey));
    return count === undefined ? found : found.slice(0, count);
  }

  get(query) {
    return this.#ask(() => copy(this.#rows(query, 1)[0]?.value, true));
  }

  getKey(query) {
    return this.#ask(() => this.#rows(query, 1)[0]?.key);
  }

  getAll(query, count) {
    return this.#ask(() => this.#rows(query, count).map((row) => copy(row.value, true)));
  }

  getAllKeys(query, count) {
    return this.#ask(() => this.#rows(query, count).map((row) => row.key));
  }

  count(query) {
    return this.#ask(() => this.#rows(query).length);
  }

  openCursor(query, direction = 'next') {
    const { transaction } = this.objectStore;
    return cursorOver(transaction, this, () => this.#rows(query), direction, (_, row) => row.indexKey);
  }

  #ask(work) {
    return this.objectStore.transaction.ask(this, work);
  }
}

export class Cursor {
  #rows;
  #at = 0;
  #keyOf;

  constructor(request, source, rows, keyOf) {
    this.request = request;
    this.source = source;
    this.#rows = rows;
    this.#keyOf = keyOf;
  }

  get #row() {
    return this.#rows[this.#at];
  }

  get key() {
    return this.#keyOf(this.source, this.#row);
  }

  get primaryKey() {
    return this.#row.key;
  }

  get value() {
    return copy(this.#row.value, true);
  }

  continue(key) {
    this.#move(1, key);
  }

  advance(count) {
    this.#move(count);
  }

  update(value) {
    return this.#store.put(value, this.#store.keyPath === null ? this.primaryKey : undefined);
  }

  delete() {
    return this.#store.delete(this.primaryKey);
  }

  get #store() {
    return this.source instanceof Index ? this.source.objectStore : this.source;
  }

  #move(count, key) {
    this.#store.transaction.askAgain(this.request, () => {
      this.#at += count;
      if (key !== undefined) while (this.#row && compareKeys(this.key, key) < 0) this.#at += 1;
      return this.#row ? this : null;
    });
  }
}

function cursorOver(transaction, source, find, direction, keyOf) {
  let cursor = null;
  const request = transaction.ask(source, () => {
    const rows = find();
    if (direction.startsWith('prev')) rows.reverse();
    cursor = new Cursor(request, source, rows, keyOf);
    return rows.length > 0 ? cursor : null;
  });
  return request;
}
