/** One text for one value: the cases where two languages would differ. */
import { describe, expect, it } from 'vitest';
import { canonical, sha256Hex } from './canonical';

describe('canonical JSON', () => {
  const cases: [string, Parameters<typeof canonical>[0], string][] = [
    ['sorts keys', { b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    ['sorts by code point, not by UTF-16', { '\u{1F600}': 1, '\uFF5E': 2 }, '{"\uFF5E":2,"\u{1F600}":1}'],
    ['sorts a prefix first', { ab: 1, a: 2, '': 3 }, '{"":3,"a":2,"ab":1}'],
    ['leaves out what is undefined', { a: undefined, b: 'x' }, '{"b":"x"}'],
    ['escapes only what it must', '"\\\n\u0001é中/', '"\\"\\\\\\n\\u0001é中/"'],
    ['knows no negative zero', -0, '0'],
    ['nests', { a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]}}'],
    ['replaces half a character', 'a\uD800b', '"a\uFFFDb"'],
  ];
  it.each(cases)('%s', (_name, value, text) => {
    expect(canonical(value)).toBe(text);
  });

  it.each([0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the number %s', (number) => {
    expect(() => canonical({ number })).toThrow(TypeError);
  });

  it('hashes as text and as bytes alike', async () => {
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256Hex('abc')).toBe(known);
    expect(await sha256Hex(new TextEncoder().encode('abc').buffer)).toBe(known);
  });
});
