/** Numbers of a policy: text on the wire, words on screen, and what somebody typed. */
import type { Parameter, Setting } from '../../core/api/policyTypes';
import { t } from '../../core/i18n';

const SIGNS = /[,，\s元¥￥倍]/g;

/** "5000.00" as "5,000", "1.10" as "1.1"; big numbers grouped by thousands. */
export function plainNumber(text: string): string {
  const [whole = '0', rest = ''] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const part = rest.replace(/0+$/, '');
  return part === '' ? grouped : `${grouped}.${part}`;
}

/** Counts of households and persons. */
export const count = (value: number): string => value.toLocaleString('en-US');

/** "+12", "−3", "0": a change with a sign that is read as one. */
export function signed(value: number): string {
  if (value === 0) return '0';
  return value > 0 ? `+${count(value)}` : `−${count(-value)}`;
}

export const unitWord = (unit: string): string => t(`policy.unit.${unit}`);

/** "5,000 元/人·年"; a number nobody has set yet in words. */
export function valueWord(value: string | null, unit: string | null): string {
  if (value === null) return t('policy.notSet');
  return unit === null ? plainNumber(value) : `${plainNumber(value)} ${unitWord(unit)}`;
}

/**
 * What was typed as the server takes it, or undefined when it is no such number: yuan with up to two decimals, a ratio
 * with up to four, whole months. Full-width digits and thousands signs are taken as meant.
 */
export function parseValue(text: string, unit: string): string | undefined {
  const typed = text
    .replace(/[０-９．]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(SIGNS, '');
  const decimals = unit === 'months' ? 0 : unit === 'ratio' ? 4 : 2;
  const match = /^(\d{1,9})(?:\.(\d*))?$/.exec(typed);
  if (!match) return undefined;
  const rest = (match[2] ?? '').replace(/0+$/, '');
  if (rest.length > decimals) return undefined;
  const whole = String(Number(match[1]));
  return rest === '' ? whole : `${whole}.${rest}`;
}

/** Whether two values are the same number, however they are written. */
export function sameValue(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return plainNumber(a) === plainNumber(b);
}

/** Whether the number stands in a document or the county had to choose it. */
export const isCountys = (parameter: Pick<Parameter, 'origin'>): boolean =>
  parameter.origin === 'county_must_set';

/** The setting that decides today, if any. */
export function inForce(settings: readonly Setting[]): Setting | undefined {
  return settings.find((setting) => setting.state === 'in_force');
}

/** Settings that can still be ended: those in force and those to come, also sooner than was signed before. */
export const isOpen = (setting: Setting): boolean =>
  setting.state === 'in_force' || setting.state === 'coming';
