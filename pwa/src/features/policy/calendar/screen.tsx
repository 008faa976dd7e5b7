/** The county's calendar: which days are worked, where that is written, and a way to enter a notice. */
import './calendar.css';
import { useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { CalendarDay, CalendarYear } from '../../../core/api/policyTypes';
import { today } from '../../../core/clock';
import { showDay, showInstant } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { useReading } from '../../../core/reading';
import { user } from '../../../core/session';
import { Banner } from '../../../ui/banner';
import { Button } from '../../../ui/button';
import { Card } from '../../../ui/card';
import { useWide } from '../../../ui/media';
import { Tag } from '../../../ui/tag';
import { Frame, Read } from '../frame';
import { DaySheet } from './day';
import { type Cell, isCountys, type Month, monthsOf, type Stretch, stretchesOf, weekdayOf } from './model';

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** "休" or "班" beside a day that is not what its weekday says. */
function markOf(cell: Cell): string {
  if (cell.said === null) return '';
  return t(cell.working ? 'policy.calendar.workMark' : 'policy.calendar.offMark');
}

function dayWords(cell: Cell): string {
  const what = t(cell.working ? 'policy.calendar.working' : 'policy.calendar.off');
  const name = cell.said?.name ? ` ${pick(cell.said.name)}` : '';
  return `${showDay(cell.date)} ${what}${name}`;
}

interface MonthProps {
  month: Month;
  now: string;
  onPick: ((date: string) => void) | null;
}

function Day({ cell, now, onPick }: { cell: Cell } & Omit<MonthProps, 'month'>) {
  const kind = cell.said === null ? (cell.working ? 'plain' : 'weekend') : cell.working ? 'work' : 'off';
  const looks = `cal-day cal-${kind}${isCountys(cell.said) ? ' cal-own' : ''}`;
  const inside = (
    <>
      <span aria-hidden="true">{cell.number}</span>
      <small aria-hidden="true">{markOf(cell)}</small>
      <span class="visually-hidden">{dayWords(cell)}</span>
    </>
  );
  const current = cell.date === now ? 'date' : undefined;
  if (!onPick)
    return (
      <span class={looks} aria-current={current}>
        {inside}
      </span>
    );
  return (
    <button type="button" class={looks} aria-current={current} onClick={() => onPick(cell.date)}>
      {inside}
    </button>
  );
}

function MonthGrid({ month, now, onPick }: MonthProps) {
  return (
    <section class="cal-month" aria-label={t(`policy.calendar.month.${month.month}`)}>
      <h3>{t(`policy.calendar.month.${month.month}`)}</h3>
      <div class="cal-grid">
        {WEEKDAYS.map((day) => (
          <i key={day} aria-hidden="true">
            {t(`policy.calendar.weekday.${day}`)}
          </i>
        ))}
        {month.days.map((cell, index) => (
          <div key={cell.date} style={index === 0 ? { gridColumnStart: month.blank + 1 } : undefined}>
            <Day cell={cell} now={now} onPick={onPick} />
          </div>
        ))}
      </div>
    </section>
  );
}

function originWord(day: CalendarDay): string {
  if (day.origin === 'county')
    return t('policy.calendar.byCounty', {
      name: day.changed_by ?? '',
      at: day.changed_at === null ? '' : showInstant(day.changed_at),
      source: day.source ?? '',
    });
  return t(`policy.calendar.origin.${day.origin}`);
}

function dates({ from, to }: Stretch): string {
  const weekday = (date: string) => t(`policy.calendar.weekdayLong.${weekdayOf(date)}`);
  if (from === to) return `${showDay(from)} ${weekday(from)}`;
  return t('policy.calendar.fromTo', { from: showDay(from), to: showDay(to) });
}

function Line({ stretch, onPick }: { stretch: Stretch; onPick: ((date: string) => void) | null }) {
  const day = stretch.days[0];
  if (!day) return null;
  const name = day.name ? pick(day.name) : '';
  return (
    <li class="row cal-line">
      <span class={`cal-badge cal-${day.working ? 'work' : 'off'}`}>
        {t(day.working ? 'policy.calendar.workMark' : 'policy.calendar.offMark')}
      </span>
      <span class="row-who">
        <b>
          {dates(stretch)}
          {stretch.days.length > 1 && (
            <span class="muted"> {t('policy.calendar.days', { n: stretch.days.length })}</span>
          )}
        </b>
        <small>
          {name && `${name} · `}
          {originWord(day)}
        </small>
      </span>
      {onPick && isCountys(day) && (
        <Button
          kind="plain"
          icon="edit"
          label={t('policy.calendar.edit', { day: showDay(day.date) })}
          onClick={() => onPick(day.date)}
        />
      )}
    </li>
  );
}

function Legend() {
  return (
    <p class="cal-legend">
      <span>
        <i class="cal-badge cal-off">{t('policy.calendar.offMark')}</i>
        {t('policy.calendar.legendOff')}
      </span>
      <span>
        <i class="cal-badge cal-work">{t('policy.calendar.workMark')}</i>
        {t('policy.calendar.legendWork')}
      </span>
      <span>
        <i class="cal-badge cal-own" />
        {t('policy.calendar.legendOwn')}
      </span>
    </p>
  );
}

function Year({ year, onPick }: { year: CalendarYear; onPick: ((date: string) => void) | null }) {
  const now = today();
  const list = stretchesOf(year.days);
  return (
    <>
      {year.estimated && (
        <Banner icon="info" role="status">
          <b>{t('policy.calendar.estimated')}</b>{' '}
          {t('policy.calendar.estimatedText', { until: year.known_until, year: year.year })}
        </Banner>
      )}
      <div class="cal-year">
        <Card
          title={t('policy.calendar.list')}
          aside={<Tag>{t('policy.calendar.workingDays', { n: year.working_days })}</Tag>}
        >
          {list.length === 0 && <p class="muted">{t('policy.calendar.empty')}</p>}
          <ul class="cal-lines">
            {list.map((stretch) => (
              <Line key={stretch.from} stretch={stretch} onPick={onPick} />
            ))}
          </ul>
        </Card>
        <section class="card cal-months" aria-label={t('policy.calendar.months')}>
          <Legend />
          {monthsOf(year).map((month) => (
            <MonthGrid key={month.month} month={month} now={now} onPick={onPick} />
          ))}
        </section>
      </div>
    </>
  );
}

function YearSwitch({ year, onYear }: { year: number; onYear: (year: number) => void }) {
  return (
    <div class="cal-switch">
      <Button
        kind="quiet"
        icon="previous"
        label={t('policy.calendar.before', { year: year - 1 })}
        onClick={() => onYear(year - 1)}
      />
      <h2 class="num" aria-live="polite">
        {t('policy.calendar.year', { year })}
      </h2>
      <Button
        kind="quiet"
        icon="next"
        label={t('policy.calendar.after', { year: year + 1 })}
        onClick={() => onYear(year + 1)}
      />
    </div>
  );
}

export function CalendarScreen() {
  const wide = useWide();
  const [year, setYear] = useState(() => Number(today().slice(0, 4)));
  const [picked, setPicked] = useState<string | null>(null);
  const reading = useReading(String(year), () => call(api.GET('/calendar', { params: { query: { year } } })));
  const mayEdit = user.value?.role === 'county';
  // What was entered has to be seen: for a day of another year, that year is opened.
  const saved = (date: string) => {
    const of = Number(date.slice(0, 4));
    if (of === year) reading.reload();
    else setYear(of);
  };
  const found = reading.data?.days.find((day) => day.date === picked) ?? null;
  return (
    <Frame at="calendar">
      <div class="cal-head">
        <YearSwitch year={year} onYear={setYear} />
        {mayEdit && (
          <Button kind={wide ? 'quiet' : 'primary'} icon="plus" onClick={() => setPicked('')}>
            {t('policy.calendar.add')}
          </Button>
        )}
      </div>
      <Read {...reading} label={t('policy.loading')}>
        {(data) => <Year year={data} onPick={mayEdit ? setPicked : null} />}
      </Read>
      {picked !== null && (
        <DaySheet key={picked} date={picked} known={found} onClose={() => setPicked(null)} onSaved={saved} />
      )}
    </Frame>
  );
}
