/** The rows of one object store in memory, and how keys and ranges find them. */
import { compareKeys, encodeKey, KeyRange, rangeOf } from './values.mjs';

export function store(data, place, row) {
  if (row === undefined ? data.rows.delete(place) : !data.rows.has(place)) data.sorted = null;
  if (row === undefined) return;
  data.rows.set(place, row);
  if (data.sorted) data.sorted = null;
}

export function keyFrom(value, keyPath) {
  if (keyPath === null) return undefined;
  if (Array.isArray(keyPath)) return keyPath.map((part) => keyFrom(value, part));
  return keyPath.split('.').reduce((inner, part) => inner?.[part], value);
}

export function sortedRows(data) {
  data.sorted ??= [...data.rows.values()].sort((a, b) => compareKeys(a.key, b.key));
  return data.sorted;
}

export function first(data, query) {
  if (query instanceof KeyRange) return rowsIn(data, query, 1)[0];
  return data.rows.get(encodeKey(query));
}

export function rowsIn(data, query, count) {
  const range = rangeOf(query);
  if (range?.only !== undefined) {
    const row = data.rows.get(encodeKey(range.only));
    return row ? [row] : [];
  }
  const rows = range ? sortedRows(data).filter((row) => range.includes(row.key)) : sortedRows(data);
  return count === undefined ? [...rows] : rows.slice(0, count);
}

export function nameList(names) {
  const list = [...names].sort();
  list.contains = (name) => list.includes(name);
  list.item = (place) => list[place] ?? null;
  return list;
}
