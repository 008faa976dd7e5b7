/** Corrections of the register and held records, for those who decide on them. Route `#/incoming`. */
import { registerTexts } from '../../core/i18n';
import { texts as enHousehold } from '../../i18n/en/household';
import { texts as en } from '../../i18n/en/incoming';
import { texts as zhHousehold } from '../../i18n/zh-CN/household';
import { texts as zh } from '../../i18n/zh-CN/incoming';
import { IncomingScreen } from './screen';

registerTexts({ zh, en });
registerTexts({ zh: zhHousehold, en: enHousehold });

export { resetIncoming } from './store';

export function IncomingPage() {
  return <IncomingScreen />;
}
