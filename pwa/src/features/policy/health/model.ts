/** The order and the shares of the rules' page. */
import type { RuleHealth } from '../../../core/api/policyTypes';

export const ORDERS = ['differences', 'met', 'unknown', 'rule'] as const;
export type Order = (typeof ORDERS)[number];

/** Visits in which phone and server say something else about a rule, at most. */
export function differing({ differences }: RuleHealth): number {
  const { met_phone, met_server, open_phone, open_server } = differences;
  return Math.max(met_phone + met_server, open_phone + open_server);
}

const SIZE: Record<Exclude<Order, 'rule'>, (row: RuleHealth) => number> = {
  differences: differing,
  met: (row) => row.met,
  unknown: (row) => row.unknown,
};

/** What needs a look first: differences, then what is met most; or by the chosen order. */
export function sorted(rows: readonly RuleHealth[], order: Order): RuleHealth[] {
  const byName = (a: RuleHealth, b: RuleHealth) => a.rule.localeCompare(b.rule);
  if (order === 'rule') return [...rows].sort(byName);
  const size = SIZE[order];
  return [...rows].sort((a, b) => size(b) - size(a) || b.met - a.met || byName(a, b));
}

/** "3.2%"; small shares never read as nothing, an unknown one as a dash. */
export function percent(share: number | null): string {
  if (share === null) return '—';
  const value = share * 100;
  if (value === 0 || value === 100) return `${value}%`;
  if (value < 0.1) return '<0.1%';
  return `${value.toFixed(value < 10 ? 1 : 0)}%`;
}
