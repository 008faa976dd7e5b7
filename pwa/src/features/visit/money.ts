/** Amounts as people type them: digits, commas, full-width digits or "1.2万"; stored as "12000.00". */

const WAN = 10_000;

/** Digits typed with a Chinese keyboard become ASCII; separators and spaces go. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s,，元¥]/g, '')
    .replace('。', '.');
}

/** Canonical yuan with two decimals, or null when the text is not an amount (also when it has a third decimal). */
export function parseMoney(text: string): string | null {
  const match = /^(\d{1,9})(?:\.(\d*))?(万)?$/.exec(plain(text));
  if (!match) return null;
  const [, whole = '0', decimals = '', wan] = match;
  const places = wan ? 6 : 2;
  if (decimals.replace(/0+$/, '').length > places) return null;
  const fen = BigInt(whole + decimals.slice(0, places).padEnd(places, '0'));
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}

/** True for text already in the stored form. */
export const isMoney = (value: unknown): value is string =>
  typeof value === 'string' && /^(0|[1-9]\d*)\.\d{2}$/.test(value);

/** "12000.50" as "12,000.5": what a reader wants to see. */
export function showMoney(stored: string): string {
  const [whole = '0', decimals = ''] = stored.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = decimals.replace(/0+$/, '');
  return rest ? `${grouped}.${rest}` : grouped;
}

/** The amount in 万 ("1.2"), or null below a thousand yuan where the echo only distracts. */
export function inWan(stored: string): string | null {
  const yuan = Number(stored);
  if (!(yuan >= 1000)) return null;
  return String(Number((yuan / WAN).toFixed(yuan >= 100 * WAN ? 2 : 4)));
}
