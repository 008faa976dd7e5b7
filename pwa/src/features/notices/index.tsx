/** Notices of those who review. Route `#/notices`. */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/notices';
import { texts as zh } from '../../i18n/zh-CN/notices';
import { NoticesScreen } from './screen';

registerTexts({ zh, en });

export { resetNotices, watchNotices } from './store';

export function NoticesPage() {
  return <NoticesScreen />;
}
