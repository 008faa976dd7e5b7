/** Operands and number expressions of the conditions (twin of server/policy/arithmetic.py). */

import type { Json } from '../canonical';
import { Decimal, decimal, isNumeric, minus, over, plus, times } from './decimal';

export type Value = Json | bigint | Decimal;
/** Values by name, derived amounts among them; null or absent means that nobody asked. */
export type Known = { readonly [name: string]: Value | undefined };

export class ExpressionError extends Error {}

export interface Scope {
  readonly facts: Known;
  readonly params: Known;
  readonly item: Known | undefined;
}

export type Names = readonly string[];
type Seen = readonly [name: string, value: Value | null];
export type Node = { readonly [key: string]: Json | undefined };

/** A compiled value: what it is, the names that would fill it, and what it looked at. */
export interface Operand {
  readonly read: (s: Scope) => Value | null;
  readonly missing: (s: Scope) => Names;
  readonly seen: (s: Scope) => readonly Seen[];
}

export const NONE: Names = [];
const none = (): Names => NONE;
export const isNode = (json: Value | null | undefined): json is Node =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Decimal);
export const isList = (value: Value | null | undefined): value is readonly Json[] => Array.isArray(value);

export function fault(message: string): never {
  throw new ExpressionError(message);
}

export function named(json: Json | undefined): string {
  return typeof json === 'string' && json !== '' ? json : fault('expected a name');
}

export function listed<T>(json: Json | undefined, make: (part: Json) => T): readonly T[] {
  return isList(json) && json.length > 0 ? json.map(make) : fault('expected a list');
}

const look = (table: Known, name: string): Value | null =>
  Object.hasOwn(table, name) ? (table[name] ?? null) : null;

function lookedUp(json: Json | undefined, table: (s: Scope) => Known, shown = true): Operand {
  const name = named(json);
  const read = (s: Scope) => look(table(s), name);
  return {
    read,
    missing: (s) => (read(s) === null ? [name] : NONE),
    seen: (s) => (shown ? [[name, read(s)]] : []),
  };
}

export const namesSeen = (part: Operand, s: Scope): Names => part.seen(s).map(([name]) => name);

/** What keeps a part from being a number: absent names, or those that hold another kind. */
function lacking(part: Operand, s: Scope): Names {
  if (isNumeric(part.read(s))) return NONE;
  const names = part.missing(s);
  return names.length > 0 ? names : namesSeen(part, s);
}

/** A calculation over numbers; missing when a part is, when a part is no number, or when dividing by 0. */
function calculate(parts: readonly Operand[], run: (n: readonly Decimal[]) => Decimal | null): Operand {
  const read = (s: Scope) => {
    const numbers: Decimal[] = [];
    for (const part of parts) {
      const value = part.read(s);
      if (!isNumeric(value)) return null;
      numbers.push(decimal(value));
    }
    return run(numbers);
  };
  const missing = (s: Scope) => {
    if (read(s) !== null) return NONE;
    const names = parts.flatMap((part) => lacking(part, s));
    const last = parts.at(-1);
    return names.length > 0 || !last ? names : namesSeen(last, s);
  };
  return { read, missing, seen: (s) => parts.flatMap((part) => part.seen(s)) };
}

const pair = (json: Json | undefined): readonly Operand[] => {
  const parts = listed(json, operand);
  return parts.length === 2 ? parts : fault('expected two parts');
};
const ZERO = decimal(0);
const summed = (numbers: readonly Decimal[]): Decimal => numbers.reduce(plus, ZERO);

/** The items of a loop, or null when it is missing or holds anything but objects. */
export function itemsOf(facts: Known, loop: string): readonly Node[] | null {
  const items = look(facts, loop);
  return isList(items) && items.every(isNode) ? (items as readonly Node[]) : null;
}

function total(loop: string, field: string): Operand {
  const read = (s: Scope) => {
    const values = itemsOf(s.facts, loop)?.map((item) => look(item, field));
    return values?.every(isNumeric) ? summed(values.map(decimal)) : null;
  };
  return {
    read,
    missing: (s) => (read(s) !== null ? NONE : [itemsOf(s.facts, loop) === null ? loop : field]),
    seen: (s) => (itemsOf(s.facts, loop) ?? []).map((item) => [field, look(item, field)]),
  };
}

function size(name: string): Operand {
  const read = (s: Scope) => {
    const list = look(s.facts, name);
    return isList(list) ? list.length : null;
  };
  return {
    read,
    missing: (s) => (read(s) === null ? [name] : NONE),
    seen: (s) => [[name, look(s.facts, name)]],
  };
}

function orZero(json: Json): Operand {
  const inner = operand(json);
  const read = (s: Scope) => {
    const value = inner.read(s);
    return isNumeric(value) ? value : 0;
  };
  return { read, missing: none, seen: inner.seen };
}

export const constant = (value: Value): Operand => ({ read: () => value, missing: none, seen: () => [] });

const VALUES: { readonly [word: string]: (body: Json, node: Node) => Operand } = {
  fact: (name) => lookedUp(name, (s) => s.facts),
  item: (name) => lookedUp(name, (s) => s.item ?? fault('no item here')),
  param: (name) => lookedUp(name, (s) => s.params, false),
  sum: (body) => calculate(listed(body, operand), summed),
  product: (body) => calculate(listed(body, operand), (n) => n.reduce(times, decimal(1))),
  minus: (body) => calculate(pair(body), ([a = ZERO, b = ZERO]) => minus(a, b)),
  divide: (body) => calculate(pair(body), ([a = ZERO, b = ZERO]) => over(a, b)),
  total: (loop, node) => total(named(loop), named(node['of'])),
  count: (loop) => size(named(loop)),
  size: (list) => size(named(list)),
  or_zero: orZero,
};

export function operand(json: Json): Operand {
  if (json === null || isList(json)) return fault('expected a value');
  if (!isNode(json)) return constant(json);
  const word = Object.keys(json)[0] ?? '';
  const make = Object.hasOwn(VALUES, word) ? VALUES[word] : undefined;
  if (!make || Object.keys(json).length !== (word === 'total' ? 2 : 1))
    return fault(`unknown expression ${word}`);
  return make(json[word] ?? null, json);
}
