/**
 * The three-valued conditions shared by risk rules, skip rules and constraints (twin of
 * server/policy/expression.py). Nodes become closures: no eval, so the strict CSP holds.
 *
 * A missing operand, or one of the wrong kind, makes a comparison unknown, never false: a question
 * nobody asked proves nothing. Booleans never equal numbers; text has an order only as ISO dates.
 */

import type { Json } from '../canonical';
import { compare, isNumeric } from './decimal';
import {
  constant,
  ExpressionError,
  fault,
  isList,
  isNode,
  itemsOf,
  type Known,
  listed,
  type Names,
  NONE,
  type Node,
  named,
  namesSeen,
  type Operand,
  operand,
  type Scope,
  type Value,
} from './operands';

export { ExpressionError, type Known, type Value };

/** Values by name; null or absent means that nobody asked. */
export type Facts = { readonly [name: string]: Json | undefined };

/** What a condition says; `ask` names the facts whose absence kept it from being decided, sorted. */
export type Verdict =
  | { readonly value: boolean; readonly ask: readonly [] }
  | { readonly value: null; readonly ask: readonly string[] };

/** One fact that decided a condition, the limit it was held against, and the loop item it stands in. */
export interface Observation {
  readonly fact: string;
  readonly value: Value | null;
  readonly threshold: Value | null;
  readonly item: string | null;
}

type Tri = boolean | null;

/** A compiled condition: its truth, what keeps it unknown, and what decided it. */
interface Test {
  readonly truth: (s: Scope) => Tri;
  readonly missing: (s: Scope) => Names;
  readonly observe: (s: Scope, wanted: boolean) => readonly Observation[];
}

const not = (value: Tri): Tri => (value === null ? null : !value);
const isScalar = (value: Value): boolean => typeof value !== 'object' || isNumeric(value);
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Equality without coercion: 1 is 1.00, but true is not 1. */
const same = (a: Value, b: Value): boolean =>
  a === b || (isNumeric(a) && isNumeric(b) && compare(a, b) === 0);
const is = (a: Value, b: Value): Tri => (isScalar(a) && isScalar(b) ? same(a, b) : null);
const among = (a: Value, list: Value): Tri =>
  isScalar(a) && isList(list) ? list.some((entry) => entry !== null && same(entry, a)) : null;

/** The sign of two numbers or two days; null for anything else. */
function order(a: Value, b: Value, test: (sign: number) => boolean): Tri {
  if (isNumeric(a) && isNumeric(b)) return test(compare(a, b));
  const days = typeof a === 'string' && typeof b === 'string' && ISO_DAY.test(a) && ISO_DAY.test(b);
  return days ? test(a === b ? 0 : a < b ? -1 : 1) : null;
}

const OPERATORS: { readonly [word: string]: (left: Value, right: Value) => Tri } = {
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
  has_any: (a, b) => (isList(a) && isList(b) ? b.some((one) => among(one, a) === true) : null),
  empty: (a, b) => (isList(a) ? (a.length === 0) === b : null),
};
const CHOICES: ReadonlySet<string> = new Set(['in', 'not_in', 'has_any']);
const ORDERS: ReadonlySet<string> = new Set(['above', 'at_least', 'below', 'at_most']);

function rightSide(word: string, body: Json): Operand {
  if (CHOICES.has(word)) return constant(listed(body, (v) => (isScalar(v) ? v : fault('expected a value'))));
  const day = typeof body === 'string' && ISO_DAY.test(body);
  if (ORDERS.has(word) && !isNode(body) && !isNumeric(body) && !day) fault('expected a number or a day');
  if (word === 'empty' && typeof body !== 'boolean') fault('expected true or false');
  return operand(body);
}

function leftSide(node: Node, subject: string): Operand {
  if (subject !== 'value') return operand({ [subject]: node[subject] });
  const body = node['value'] ?? null;
  return isNode(body) || isNumeric(body) ? operand(body) : fault('expected a number');
}

function comparison(node: Node, subject: string): Test {
  const left = leftSide(node, subject);
  const [word = '', ...more] = Object.keys(node).filter((key) => key !== subject);
  const body = node[word] ?? null;
  if (more.length > 0) return fault('expected one operator');
  const isKnown = word === 'known' && typeof body === 'boolean';
  const test = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
  if (!test && !isKnown) return fault(`unknown operator ${word}`);
  const right = isKnown ? constant(body) : rightSide(word, body);
  const truth = (s: Scope): Tri => {
    const a = left.read(s);
    if (!test) return (a !== null) === body;
    const b = a === null ? null : right.read(s);
    return a === null || b === null ? null : test(a, b);
  };
  const missing = (s: Scope): Names => {
    if (truth(s) !== null) return NONE;
    const absent = [...left.missing(s), ...right.missing(s)];
    if (absent.length > 0) return absent;
    // Nothing is absent, yet the two sides cannot be compared: the fact of either side is what to look at.
    const names = namesSeen(left, s);
    return names.length > 0 ? names : namesSeen(right, s);
  };
  const observe = (s: Scope) => {
    const threshold = ORDERS.has(word) ? right.read(s) : null;
    return left.seen(s).map(([fact, value]) => ({ fact, value, threshold, item: null }));
  };
  return { truth, missing, observe };
}

/** Kleene's tables: one `decisive` truth decides, else one unknown leaves it unknown. */
function group(body: Json | undefined, decisive: boolean): Test {
  const parts = listed(body, condition);
  const truth = (s: Scope): Tri => {
    let result: Tri = !decisive;
    for (const part of parts) {
      const answer = part.truth(s);
      if (answer === decisive) return decisive;
      if (answer === null) result = null;
    }
    return result;
  };
  return {
    truth,
    missing: (s) => (truth(s) === null ? parts.flatMap((part) => part.missing(s)) : NONE),
    observe: (s, wanted) =>
      parts.filter((part) => part.truth(s) === wanted).flatMap((part) => part.observe(s, wanted)),
  };
}

/** `some` is decided by one true item, `every` by one false item; an empty loop by none. */
function overLoop(loop: string, where: Json | undefined, decisive: boolean): Test {
  const part = condition(where ?? null);
  const truth = (s: Scope): Tri => {
    let result: Tri = !decisive;
    const items = itemsOf(s.facts, loop);
    if (items === null) return null;
    for (const item of items) {
      const answer = part.truth({ ...s, item });
      if (answer === decisive) return decisive;
      if (answer === null) result = null;
    }
    return result;
  };
  const missing = (s: Scope): Names => {
    if (truth(s) !== null) return NONE;
    const items = itemsOf(s.facts, loop);
    return items === null ? [loop] : items.flatMap((item) => part.missing({ ...s, item }));
  };
  const observe = (s: Scope, wanted: boolean) =>
    (itemsOf(s.facts, loop) ?? []).flatMap((item) => {
      const inside = { ...s, item };
      if (part.truth(inside) !== wanted) return [];
      const who = typeof item['who'] === 'string' ? item['who'] : null;
      return part.observe(inside, wanted).map((seen) => ({ ...seen, item: seen.item ?? who }));
    });
  return { truth, missing, observe };
}

function negated(body: Json | undefined): Test {
  const { truth, missing, observe } = condition(body ?? null);
  return { truth: (s) => not(truth(s)), missing, observe: (s, wanted) => observe(s, !wanted) };
}

export const SEVERITIES = ['red', 'yellow', 'attention'] as const;
/** The name under which the engine passes whether any other rule of that severity is met. */
export const anyRuleFact = (severity: string): string => `rules_any_${severity}`;

function anyRule(severity: string): Test {
  if (!SEVERITIES.some((known) => known === severity)) return fault('unknown severity');
  return comparison({ fact: anyRuleFact(severity), is: true }, 'fact');
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

/** A compiled condition of a rule. */
export interface Condition {
  readonly truth: (facts: Known, params: Known) => boolean | null;
  /** Names whose absence keeps it unknown; empty when it is true or false. */
  readonly missing: (facts: Known, params: Known) => readonly string[];
  /** What made it true, each observation once. */
  readonly causes: (facts: Known, params: Known) => readonly Observation[];
}

/** A compiled amount of a derived fact. */
export interface Amount {
  readonly read: (facts: Known, params: Known) => Value | null;
  readonly missing: (facts: Known, params: Known) => readonly string[];
}

const sameSeen = (a: Observation, b: Observation): boolean =>
  a.fact === b.fact &&
  a.item === b.item &&
  sameValue(a.value, b.value) &&
  sameValue(a.threshold, b.threshold);

const sameValue = (a: Value | null, b: Value | null): boolean =>
  a === null || b === null || isScalar(a) || isScalar(b)
    ? a === b || (a !== null && b !== null && same(a, b))
    : JSON.stringify(a) === JSON.stringify(b);

/** Compiles a condition. Throws ExpressionError on a malformed node. */
export function compileCondition(node: Json): Condition {
  const test = condition(node);
  return {
    truth: (facts, params) => test.truth({ facts, params, item: undefined }),
    missing: (facts, params) => test.missing({ facts, params, item: undefined }),
    causes: (facts, params) => {
      const seen = test.observe({ facts, params, item: undefined }, true);
      return seen.filter((one, at) => seen.findIndex((other) => sameSeen(one, other)) === at);
    },
  };
}

/** Compiles a number expression. Throws ExpressionError on a malformed node. */
export function compileAmount(node: Json): Amount {
  const { read, missing } = operand(node);
  return {
    read: (facts, params) => read({ facts, params, item: undefined }),
    missing: (facts, params) => missing({ facts, params, item: undefined }),
  };
}

const compiled = new WeakMap<object, Test>();

/** A node is compiled once and remembered by identity, so pass the definition's own object, not a copy. */
function remembered(node: Json): Test {
  if (!isNode(node)) return fault('expected a condition');
  const test = compiled.get(node) ?? condition(node);
  compiled.set(node, test);
  return test;
}

interface Context {
  readonly params?: Known;
  readonly item?: Known;
}

/** Judge one condition. Throws ExpressionError on a malformed node. */
export function evaluate(node: Json, facts: Known, { params = {}, item }: Context = {}): Verdict {
  const test = remembered(node);
  const scope = { facts, params, item };
  const value = test.truth(scope);
  if (value !== null) return { value, ask: [] };
  return { value, ask: [...new Set(test.missing(scope))].sort() };
}

const judge = (node: Json, facts: Known, item?: Known): Tri =>
  remembered(node).truth({ facts, params: {}, item });

/** True only when the condition is certainly true: a skip rule shows its question. */
export const holds = (node: Json, facts: Known, item?: Known): boolean => judge(node, facts, item) === true;

/** True only when the condition is certainly false: a constraint is violated. */
export const fails = (node: Json, facts: Known, item?: Known): boolean => judge(node, facts, item) === false;
