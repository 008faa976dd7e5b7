/** The same cases as the server's evaluator, so that phone and server judge alike. */
import { describe, expect, it } from 'vitest';
import shared from '../../../../tests/policy/expression_cases.json';
import type { Json } from '../canonical';
import { ExpressionError, evaluate, type Facts, fails, holds } from './expression';

interface Case {
  name: string;
  node: Json;
  facts: Facts;
  params?: Facts;
  item?: Facts;
  expected: boolean | null;
  missing: string[];
}

const file = shared as unknown as { cases: Case[]; refused: Json[] };

describe('shared with the server', () => {
  it.each(file.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const verdict = evaluate(one.node, one.facts, {
      ...(one.params && { params: one.params }),
      ...(one.item && { item: one.item }),
    });
    expect(verdict).toEqual({ value: one.expected, ask: one.missing });
  });

  it.each(file.refused.map((node) => [JSON.stringify(node), node] as const))('refuses %s', (_name, node) => {
    expect(() => evaluate(node, {})).toThrow(ExpressionError);
  });
});

describe('skip rules and constraints', () => {
  const rule = { fact: 'house_state', is_not: 'safe' };

  it('shows nothing and violates nothing while the answer is missing', () => {
    expect([holds(rule, {}), fails(rule, {})]).toEqual([false, false]);
  });

  it('compiles a node once and gives fresh answers for other facts', () => {
    expect([holds(rule, { house_state: 'D' }), holds(rule, { house_state: 'safe' })]).toEqual([true, false]);
  });

  it('adds money without the noise of doubles', () => {
    const node = { value: { sum: [{ fact: 'a' }, { fact: 'b' }] }, at_most: 0.3 };
    expect(holds(node, { a: 0.1, b: 0.2 })).toBe(true);
  });

  it('does not find names of the object prototype', () => {
    expect(evaluate({ fact: 'constructor', known: true }, {}).value).toBe(false);
  });
});
