/** Corrections of the register and held records, for those who decide on them. Route `#/incoming`. */
import { registerTexts } from '../../core/i18n';
import { texts as enHouseholds } from '../../i18n/en/households';
import { texts as en } from '../../i18n/en/incoming';
import { texts as zhHouseholds } from '../../i18n/zh-CN/households';
import { texts as zh } from '../../i18n/zh-CN/incoming';
import { IncomingScreen } from './screen';

registerTexts({ zh, en });
registerTexts({ zh: zhHouseholds, en: enHouseholds });

export { resetIncoming } from './store';

export function IncomingPage() {
  return <IncomingScreen />;
}
