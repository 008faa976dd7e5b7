/** PINs that everybody tries first. */
import { expect, it } from 'vitest';
import { pinFault } from './pinRules';

it.each([
  ['12345', 'length'],
  ['12345a', 'length'],
  ['000000', 'same'],
  ['123456', 'run'],
  ['654321', 'run'],
  ['987654', 'run'],
  ['121212', 'repeat'],
  ['374374', 'repeat'],
  ['630801', 'date'],
  ['010863', 'date'],
  ['123199', 'date'],
  ['196308', 'date'],
  ['147258', 'common'],
  ['159357', 'common'],
  ['204173', null],
  ['806294', null],
])('%s: %s', (pin, fault) => {
  expect(pinFault(pin)).toBe(fault);
});

it('leaves enough to choose from', () => {
  const all = Array.from({ length: 10_000 }, (_, at) => String(at * 97 + 13).padStart(6, '0'));
  expect(all.filter((pin) => pinFault(pin) === null).length / all.length).toBeGreaterThan(0.85);
});
