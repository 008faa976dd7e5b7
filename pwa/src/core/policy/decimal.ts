/**
 * Exact decimal arithmetic, the twin of the server's: whole numbers have no end, anything else is rounded to
 * 28 significant digits, half to even, as Python's decimal module does. Doubles would judge a household on
 * the line otherwise than the server.
 */

const DIGITS = 28;
const SHAPE = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** `digits` × 10^-`scale`; `whole` marks an integer that is never rounded. */
export class Decimal {
  constructor(
    readonly digits: bigint,
    readonly scale: number,
    readonly whole: boolean,
  ) {}
}

export type Numeric = number | bigint | Decimal;

export const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' ? Number.isFinite(value) : typeof value === 'bigint' || value instanceof Decimal;

/** A number by its shortest text, so that 8000.01 is exactly 8000.01. */
export function decimal(value: Numeric): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return new Decimal(BigInt(value), 0, true);
  return fromText(String(value));
}

/** Decimal text such as "5000.00"; throws SyntaxError on anything else. */
export function fromText(text: string): Decimal {
  const [, whole, fraction = '', power = '0'] = SHAPE.exec(text) ?? fault(text);
  return new Decimal(BigInt(`${whole}${fraction}`), fraction.length - Number(power), false);
}

function fault(text: string): never {
  throw new SyntaxError(`not a number: ${text}`);
}

const ten = (power: number): bigint => 10n ** BigInt(power);
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** Quotient rounded half to even; `by` is positive. */
function halfEven(n: bigint, by: bigint): bigint {
  const size = abs(n);
  const quotient = size / by;
  const twice = (size % by) * 2n;
  const up = twice > by || (twice === by && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return n < 0n ? -rounded : rounded;
}

function rounded(digits: bigint, scale: number): Decimal {
  const over = abs(digits).toString().length - DIGITS;
  if (over <= 0) return new Decimal(digits, scale, false);
  // Rounding up can give one digit more, which is a zero: the value is right all the same.
  return new Decimal(halfEven(digits, ten(over)), scale - over, false);
}

/** Both digits on the finer of the two scales. */
function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * ten(scale - a.scale), b.digits * ten(scale - b.scale), scale];
}

const result = (digits: bigint, scale: number, a: Decimal, b: Decimal): Decimal =>
  a.whole && b.whole ? new Decimal(digits, scale, true) : rounded(digits, scale);

export function plus(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return result(x + y, scale, a, b);
}

export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, new Decimal(-b.digits, b.scale, b.whole));

export const times = (a: Decimal, b: Decimal): Decimal =>
  result(a.digits * b.digits, a.scale + b.scale, a, b);

/** More digits than any quotient of amounts needs: 28 of its own, and those below only tell a tie from almost one. */
const FINE = 200;

/** The quotient, or null when dividing by 0. */
export function over(a: Decimal, b: Decimal): Decimal | null {
  if (b.digits === 0n) return null;
  const top = a.digits * ten(FINE);
  const exact = top % b.digits === 0n;
  // A last digit that is not 0 stands for everything cut off; towards 0, as BigInt divides.
  const sticky = exact ? 0n : a.digits < 0n !== b.digits < 0n ? -1n : 1n;
  return rounded((top / b.digits) * 10n + sticky, a.scale - b.scale + FINE + 1);
}

/** Below 0, 0 or above 0. */
export function compare(a: Numeric, b: Numeric): number {
  // The order of doubles is that of their shortest texts.
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = aligned(decimal(a), decimal(b));
  return x < y ? -1 : x > y ? 1 : 0;
}

/** "5000.00": money as the wire has it, half to even. */
export function moneyText(value: Numeric): string {
  const { digits, scale } = decimal(value);
  const cents = scale <= 2 ? digits * ten(2 - scale) : halfEven(digits, ten(scale - 2));
  const text = abs(cents).toString().padStart(3, '0');
  // As the server writes it: an amount that rounds to nothing keeps its sign.
  return `${digits < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`;
}
