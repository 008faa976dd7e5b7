/** The county's view of flagged visits. Routes `#/county` (filters in the query) and `#/county/<visitId>`. */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/county';
import { texts as zh } from '../../i18n/zh-CN/county';
import { CountyScreen, CountyVisit } from './screen';

registerTexts({ zh, en });

export { resetCounty } from './store';

export function CountyHome() {
  return <CountyScreen />;
}

export function CountyPage({ visitId }: { visitId: string }) {
  return <CountyVisit visitId={visitId} />;
}
