/** On the county's home: what waits for the county, and the ways into the desk. */
import './strip.css';
import { t } from '../../core/i18n';
import { useReading } from '../../core/reading';
import { Icon } from '../../ui/icon';
import { NO_FILTER } from './model';
import { readPage } from './store';

/** Counts come with the first page, however short it is. */
export function DeskStrip() {
  const reading = useReading('desk/strip', () => readPage(NO_FILTER, null, 1));
  const counts = reading.data?.counts;
  const words = counts
    ? t(counts.households === 0 ? 'desk.stripNone' : 'desk.stripN', { n: counts.households })
    : t('desk.strip');
  return (
    <nav class="desk-strip" aria-label={t('desk.strip')}>
      <a class="desk-strip-main" href="#/cases">
        <Icon name="list" size={22} />
        <span>
          <b class="num">{words}</b>
          {counts && counts.unassigned > 0 && (
            <small class="num">{t('desk.stripFree', { n: counts.unassigned })}</small>
          )}
        </span>
        <Icon name="next" size={20} />
      </a>
      <a href="#/cases/find">
        <Icon name="search" size={22} />
        <span>{t('desk.find')}</span>
      </a>
    </nav>
  );
}
