/** The facts rules read of an open form (twin of server/checklists/facts.py). */
import type { Facts } from '../../core/policy/expression';
import type { Form } from './model';

/** The five amounts that make the income of 12 months (policy digest B1.5). */
const INCOME_PARTS = ['inc_wage', 'inc_biz', 'inc_prop', 'inc_trans', 'exp_biz'] as const;

/** Answers and register by the names rules use; `located` when the home is on record. */
export function policyFacts(form: Form, located: boolean): Facts {
  const { roster_edit: _edits, ...facts } = form.facts;
  const skipped = INCOME_PARTS.every((part) => form.skipped.has(part));
  return { ...facts, ...(skipped && { income_skipped: true }), home_located: located };
}
