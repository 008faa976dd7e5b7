/** Which PINs are too easy. Pure. */

export const PIN_LENGTH = 6;

export type PinFault = 'length' | 'same' | 'run' | 'repeat' | 'date' | 'common';

/** Patterns on the keys of a phone, and numbers that people in China like. */
const COMMON = new Set(
  `147258 258369 147852 159357 357159 147963 369258 741852 963852 789456
   456123 123789 159753 753951 951753 852456 520520 521521 131452 520131
   201314 168168 666888 888666 112358 110120 110119 100200 102030 123321
   112233 332211 223344 445566 778899 998877 123654 135790 246810 135246`.split(/\s+/),
);

function steps(pin: string): number[] {
  return [...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at]));
}

const isMonth = (two: string) => Number(two) >= 1 && Number(two) <= 12;
const isDay = (two: string) => Number(two) >= 1 && Number(two) <= 31;

/** Dates as people write them in six digits: 630801, 010863, 080163, 196308. */
function looksLikeDate(pin: string): boolean {
  const [a, b, c] = [pin.slice(0, 2), pin.slice(2, 4), pin.slice(4)];
  if ((isMonth(b) && (isDay(c) || isDay(a))) || (isMonth(a) && isDay(b))) return true;
  const year = Number(pin.slice(0, 4));
  return year >= 1930 && year <= 2035 && isMonth(c);
}

/** Why a PIN is not taken, or null. */
export function pinFault(pin: string): PinFault | null {
  if (!/^[0-9]{6}$/.test(pin)) return 'length';
  if (new Set(pin).size === 1) return 'same';
  const by = new Set(steps(pin));
  if (by.size === 1 && (by.has(1) || by.has(-1))) return 'run';
  if (pin.slice(0, 3) === pin.slice(3) || new Set(pin.match(/../g)).size === 1) return 'repeat';
  if (looksLikeDate(pin)) return 'date';
  return COMMON.has(pin) ? 'common' : null;
}
