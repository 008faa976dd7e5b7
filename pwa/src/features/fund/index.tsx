/** The fund's calculator. Route `#/fund`. */
import { registerTexts } from '../../core/i18n';
import { texts as zh } from '../../i18n/zh-CN/fund';
import { FundScreen } from './screen';

registerTexts({ zh, en: () => import('../../i18n/en/fund') });

export { resetFund } from './store';

export function FundPage() {
  return <FundScreen />;
}
