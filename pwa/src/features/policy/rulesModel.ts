/** Which rules a list shows. */
import type { Rule } from '../../core/api/policyTypes';

export const RULE_FILTERS = ['all', 'red', 'yellow', 'attention', 'off'] as const;
export type RuleFilter = (typeof RULE_FILTERS)[number];

export function fits(rule: Rule, filter: RuleFilter): boolean {
  if (filter === 'all') return true;
  return filter === 'off' ? !rule.on : rule.severity === filter;
}

/** Rules of a filter whose id, name, words or articles hold the text. */
export function foundRules(rules: readonly Rule[], filter: RuleFilter, search: string): Rule[] {
  const wanted = search.trim().toLowerCase();
  return rules.filter((rule) => {
    const cited = rule.articles.map((one) => `${one.id} ${one.text}`).join(' ');
    const text = `${rule.rule} ${rule.label.zh} ${rule.label.en} ${rule.words.zh} ${cited}`;
    return fits(rule, filter) && text.toLowerCase().includes(wanted);
  });
}

/** What the county can sign about a rule: a choosable one is switched on, any other off. */
export function nextAct(rule: Rule): 'rule_off' | 'rule_on' | null {
  if (!rule.in_force) return null;
  if (rule.on) return rule.choosable ? null : 'rule_off';
  return rule.choosable ? 'rule_on' : null;
}
