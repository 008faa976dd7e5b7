/**
 * The policy as the county runs it. Routes `#/policy/<place>`: whatif (the trial in the query), parameters, rules,
 * health, runs, `runs/<id>` and calendar. Reviewers below the county read parameters, rules and the calendar.
 */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/policy';
import { texts as zh } from '../../i18n/zh-CN/policy';
import { resetRules } from './store';
import { resetWhatIf } from './whatif/store';

registerTexts({ zh, en });

export { PolicyPage } from './page';

/** Forgets everything that was read, when the user changes. */
export function resetPolicy(): void {
  resetRules();
  resetWhatIf();
}
