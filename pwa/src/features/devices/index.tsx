/** The page about phones, for who answers for them. Route `#/devices` (filters in the query). */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/devices';
import { texts as zh } from '../../i18n/zh-CN/devices';
import { DevicesScreen } from './screen';

registerTexts({ zh, en });

export function DevicesPage() {
  return <DevicesScreen />;
}
