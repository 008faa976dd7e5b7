/**
 * Re-checks by the township. Routes `#/rechecks`, `#/rechecks/<visitId>` (list, month and village in the query) and
 * `#/ledger` (months, cause, village and state in the query).
 */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/rechecks';
import { texts as zh } from '../../i18n/zh-CN/rechecks';
import { resetConcluding } from './concluding';
import { resetDeciding } from './deciding';
import { resetLedger } from './ledgerStore';
import { resetRows } from './store';

registerTexts({ zh, en });

export { LedgerScreen as LedgerPage } from './ledger';
export { RechecksScreen as RechecksPage } from './screen';

/** Forgets everything that was read or written, when the user changes. What is on the disk stays there. */
export function resetRechecks(): void {
  resetConcluding();
  resetDeciding();
  resetLedger();
  resetRows();
}
