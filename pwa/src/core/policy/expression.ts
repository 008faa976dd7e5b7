/**
 * The three-valued conditions shared by risk rules, skip rules and constraints (twin of
 * server/policy/expression.py). Nodes become closures: no eval, so the strict CSP holds.
 *
 * A missing operand, or one of the wrong kind, makes a comparison unknown, never false: a question
 * nobody asked proves nothing. Booleans never equal numbers; text has an order only as ISO dates.
 */

import type { Json } from '../canonical';

export type Facts = { readonly [name: string]: Json | undefined };

/** What a condition says; `ask` names the facts whose absence kept it from being decided, sorted. */
export type Verdict =
  | { readonly value: boolean; readonly ask: readonly [] }
  | { readonly value: null; readonly ask: readonly string[] };

export class ExpressionError extends Error {}

interface Scope {
  readonly facts: Facts;
  readonly params: Facts;
  readonly item: Facts | undefined;
}

/** The absence of a value, with the names that would fill it. */
class Missing {
  constructor(readonly names: readonly string[]) {}
}

type Truth = boolean | Missing;
type Test = (scope: Scope) => Truth;
type Node = { readonly [key: string]: Json | undefined };
/** A value and the names it is read from. */
interface Operand {
  readonly read: (scope: Scope) => Json | Missing;
  readonly names: readonly string[];
}

const isNode = (json: Json | undefined): json is Node =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
const isList = (value: Json | Missing | undefined): value is readonly Json[] => Array.isArray(value);
const isAbsent = (value: unknown): value is Missing => value instanceof Missing;
const isNumber = (value: unknown): value is number => typeof value === 'number';
const union = (missing: readonly Missing[]): Missing => new Missing(missing.flatMap((m) => m.names));

/** Decimal money is exact on the server; drop the binary noise of doubles so that both sides agree. */
const tidy = (n: number): number => (Number.isSafeInteger(n) ? n : Number(n.toPrecision(15)));

function fault(message: string): never {
  throw new ExpressionError(message);
}

function named(json: Json | undefined): string {
  return typeof json === 'string' && json !== '' ? json : fault('expected a name');
}

function listed<T>(json: Json | undefined, make: (part: Json) => T): readonly T[] {
  return isList(json) && json.length > 0 ? json.map(make) : fault('expected a list');
}

function look(table: Facts, name: string): Json | Missing {
  const value = Object.hasOwn(table, name) ? table[name] : null;
  return value ?? new Missing([name]);
}

/** A calculation over numbers; missing when a part is, when a part is no number, or when dividing by 0. */
function calculate(parts: readonly Operand[], run: (n: readonly number[]) => number): Operand {
  const read = (s: Scope) => {
    const values = parts.map((part) => part.read(s));
    if (values.every(isNumber)) {
      const result = run(values);
      return Number.isFinite(result) ? tidy(result) : new Missing(parts.at(-1)?.names ?? []);
    }
    const lacking = parts.filter((_, at) => !isNumber(values[at]));
    return new Missing(lacking.flatMap((part) => namesLacking(part.read(s), part)));
  };
  return { read, names: parts.flatMap((part) => part.names) };
}

const namesLacking = (value: Json | Missing, part: Operand): readonly string[] =>
  isAbsent(value) ? value.names : part.names;

const pair = (json: Json | undefined): readonly Operand[] => {
  const parts = listed(json, operand);
  return parts.length === 2 ? parts : fault('expected two parts');
};
const add = (a: number, b: number): number => a + b;

/** The items of a loop, or null when it is missing or holds anything but objects. */
function itemsOf(facts: Facts, loop: string): readonly Node[] | null {
  const items = look(facts, loop);
  return isList(items) && items.every(isNode) ? (items as readonly Node[]) : null;
}

function total(loop: string, field: string): Operand {
  const read = (s: Scope) => {
    const items = itemsOf(s.facts, loop);
    if (items === null) return new Missing([loop]);
    const values = items.map((item) => look(item, field));
    return values.every(isNumber) ? tidy(values.reduce(add, 0)) : new Missing([field]);
  };
  return { read, names: [field] };
}

function size(name: string): Operand {
  const read = (s: Scope) => {
    const list = look(s.facts, name);
    return isList(list) ? list.length : new Missing([name]);
  };
  return { read, names: [name] };
}

function orZero(json: Json): Operand {
  const inner = operand(json);
  const read = (s: Scope) => {
    const value = inner.read(s);
    return isNumber(value) ? value : 0;
  };
  return { read, names: inner.names };
}

const VALUES: { readonly [word: string]: (body: Json, node: Node) => Operand } = {
  fact: (name) => ({ read: (s) => look(s.facts, named(name)), names: [named(name)] }),
  item: (name) => ({ read: (s) => look(s.item ?? fault('no item here'), named(name)), names: [named(name)] }),
  param: (name) => ({ read: (s) => look(s.params, named(name)), names: [] }),
  sum: (body) => calculate(listed(body, operand), (n) => n.reduce(add, 0)),
  product: (body) => calculate(listed(body, operand), (n) => n.reduce((a, b) => a * b, 1)),
  minus: (body) => calculate(pair(body), ([a = 0, b = 0]) => a - b),
  divide: (body) => calculate(pair(body), ([a = 0, b = 0]) => a / b),
  total: (loop, node) => total(named(loop), named(node['of'])),
  count: (loop) => size(named(loop)),
  size: (list) => size(named(list)),
  or_zero: orZero,
};

function operand(json: Json): Operand {
  if (json === null || isList(json)) return fault('expected a value');
  if (!isNode(json)) return { read: () => json, names: [] };
  const word = Object.keys(json)[0] ?? '';
  const make = Object.hasOwn(VALUES, word) ? VALUES[word] : undefined;
  if (!make || Object.keys(json).length !== (word === 'total' ? 2 : 1))
    return fault(`unknown expression ${word}`);
  return make(json[word] ?? null, json);
}

type Tri = boolean | null;
const not = (value: Tri): Tri => (value === null ? null : !value);
const isScalar = (value: Json): boolean => typeof value !== 'object';
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

const is = (a: Json, b: Json): Tri => (isScalar(a) && isScalar(b) ? a === b : null);
const among = (a: Json, list: Json): Tri => (isScalar(a) && isList(list) ? list.includes(a) : null);

/** Below 0, 0 or above 0 for two numbers or two days; null for anything else. */
function order(a: Json, b: Json, test: (sign: number) => boolean): Tri {
  const days = typeof a === 'string' && typeof b === 'string' && ISO_DAY.test(a) && ISO_DAY.test(b);
  if (!days && !(isNumber(a) && isNumber(b))) return null;
  return test(a === b ? 0 : a < b ? -1 : 1);
}

const OPERATORS: { readonly [word: string]: (left: Json, right: Json) => Tri } = {
  is,
  is_not: (a, b) => not(is(a, b)),
  in: among,
  not_in: (a, b) => not(among(a, b)),
  in_list: among,
  not_in_list: (a, b) => not(among(a, b)),
  above: (a, b) => order(a, b, (sign) => sign > 0),
  at_least: (a, b) => order(a, b, (sign) => sign >= 0),
  below: (a, b) => order(a, b, (sign) => sign < 0),
  at_most: (a, b) => order(a, b, (sign) => sign <= 0),
  has: (a, b) => among(b, a),
  lacks: (a, b) => not(among(b, a)),
  has_any: (a, b) => (isList(a) && isList(b) ? a.some((v) => b.includes(v)) : null),
  empty: (a, b) => (isList(a) ? (a.length === 0) === b : null),
};
const CHOICES: ReadonlySet<string> = new Set(['in', 'not_in', 'has_any']);
const ORDERS: ReadonlySet<string> = new Set(['above', 'at_least', 'below', 'at_most']);

function rightSide(word: string, body: Json): Operand {
  if (CHOICES.has(word)) {
    const choices = listed(body, (v) => (v !== null && isScalar(v) ? v : fault('expected a value')));
    return { read: () => choices, names: [] };
  }
  const day = typeof body === 'string' && ISO_DAY.test(body);
  if (ORDERS.has(word) && !isNode(body) && !isNumber(body) && !day) fault('expected a number or a day');
  if (word === 'empty' && typeof body !== 'boolean') fault('expected true or false');
  return operand(body);
}

function leftSide(node: Node, subject: string): Operand {
  if (subject !== 'value') return operand({ [subject]: node[subject] });
  const body = node['value'] ?? null;
  return isNode(body) || isNumber(body) ? operand(body) : fault('expected a number');
}

function comparison(node: Node, subject: string): Test {
  const left = leftSide(node, subject);
  const [word = '', ...more] = Object.keys(node).filter((key) => key !== subject);
  const body = node[word] ?? null;
  if (more.length > 0) return fault('expected one operator');
  if (word === 'known' && typeof body === 'boolean') return (s) => !isAbsent(left.read(s)) === body;
  const compare = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
  if (!compare) return fault(`unknown operator ${word}`);
  const right = rightSide(word, body);
  const lookedAt = left.names.length > 0 ? left.names : right.names;
  return (s) => {
    const a = left.read(s);
    const b = right.read(s);
    if (isAbsent(a) || isAbsent(b)) return union([a, b].filter(isAbsent));
    return compare(a, b) ?? new Missing(lookedAt);
  };
}

/** Kleene's tables: one `decisive` truth decides, else one unknown leaves it unknown. */
function combine(truths: readonly Truth[], decisive: boolean): Truth {
  if (truths.includes(decisive)) return decisive;
  const unknown = truths.filter(isAbsent);
  return unknown.length > 0 ? union(unknown) : !decisive;
}

function group(body: Json | undefined, decisive: boolean): Test {
  const tests = listed(body, condition);
  return (s) => {
    const truths = tests.map((test) => test(s));
    return combine(truths, decisive);
  };
}

function overLoop(loop: string, where: Json | undefined, decisive: boolean): Test {
  const test = condition(where ?? null);
  return (s) => {
    const items = itemsOf(s.facts, loop);
    if (items === null) return new Missing([loop]);
    const truths = items.map((item) => test({ ...s, item }));
    return combine(truths, decisive);
  };
}

function negated(body: Json | undefined): Test {
  const test = condition(body ?? null);
  return (s) => {
    const truth = test(s);
    return isAbsent(truth) ? truth : !truth;
  };
}

function anyRule(severity: string): Test {
  if (!['red', 'yellow', 'attention'].includes(severity)) return fault('unknown severity');
  return comparison({ fact: `rules_any_${severity}`, is: true }, 'fact');
}

/** Forms that stand alone or with one companion; comparisons check their own shape. */
const WIDTH: { readonly [word: string]: number } = { all: 1, any: 1, not: 1, some: 2, every: 2, any_rule: 1 };

const FORMS: { readonly [word: string]: (node: Node) => Test } = {
  all: (node) => group(node['all'], false),
  any: (node) => group(node['any'], true),
  not: (node) => negated(node['not']),
  some: (node) => overLoop(named(node['some']), node['where'], true),
  every: (node) => overLoop(named(node['every']), node['where'], false),
  any_rule: (node) => anyRule(named(node['any_rule'])),
  fact: (node) => comparison(node, 'fact'),
  item: (node) => comparison(node, 'item'),
  value: (node) => comparison(node, 'value'),
};

function condition(json: Json): Test {
  if (!isNode(json)) return fault('expected a condition');
  const words = Object.keys(json);
  const word = Object.keys(FORMS).find((key) => key in json) ?? '';
  const make = Object.hasOwn(FORMS, word) ? FORMS[word] : undefined;
  if (!make || words.length !== (WIDTH[word] ?? words.length))
    return fault(`unknown condition ${words.join(', ')}`);
  return make(json);
}

const compiled = new WeakMap<object, Test>();

/**
 * Judge one condition. A node is compiled once and remembered by identity, so pass the definition's own
 * object rather than a copy. Throws ExpressionError on a malformed node.
 */
export function evaluate(node: Json, facts: Facts, context: { params?: Facts; item?: Facts } = {}): Verdict {
  if (!isNode(node)) return fault('expected a condition');
  const test = compiled.get(node) ?? condition(node);
  compiled.set(node, test);
  const truth = test({ facts, params: context.params ?? {}, item: context.item });
  if (!isAbsent(truth)) return { value: truth, ask: [] };
  return { value: null, ask: [...new Set(truth.names)].sort() };
}

const judge = (node: Json, facts: Facts, item?: Facts): boolean | null =>
  evaluate(node, facts, item ? { item } : {}).value;

/** True only when the condition is certainly true: a skip rule shows its question. */
export const holds = (node: Json, facts: Facts, item?: Facts): boolean => judge(node, facts, item) === true;

/** True only when the condition is certainly false: a constraint is violated. */
export const fails = (node: Json, facts: Facts, item?: Facts): boolean => judge(node, facts, item) === false;
