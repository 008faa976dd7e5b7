/** The county's view of flagged visits. Routes `#/county` (filters in the query) and `#/county/<visitId>`. */
import { registerTexts } from '../../core/i18n';
import { texts as en } from '../../i18n/en/county';
import { texts as zh } from '../../i18n/zh-CN/county';
import { CountyScreen, type CountyScreenProps, CountyVisit } from './screen';

registerTexts({ zh, en });

export { readQuery } from './model';
export { resetCounty } from './store';

export function CountyHome(props: CountyScreenProps) {
  return <CountyScreen {...props} />;
}

export function CountyPage({ visitId }: { visitId: string }) {
  return <CountyVisit visitId={visitId} />;
}
