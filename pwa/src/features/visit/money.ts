/** True for an amount in the stored form: yuan as digits with two decimals. */
export const isMoney = (value: unknown): value is string =>
  typeof value === 'string' && /^(0|[1-9]\d*)\.\d{2}$/.test(value);
