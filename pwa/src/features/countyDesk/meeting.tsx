/** The list of cases for the county's meeting, as it is printed on A4; names are masked unless asked for. */
import '../../ui/keysHelp.css';
import './meeting.css';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { CaseDetail } from '../../core/api/deskTypes';
import { dayOf, today } from '../../core/clock';
import { severityWord, showDay } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { place } from '../../core/nav';
import { user } from '../../core/session';
import { errorHelp, riskWord, severityShort } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Progress } from '../../ui/progress';
import { Select } from '../../ui/select';
import { EmptyState, ErrorState } from '../../ui/states';
import { Below } from './frame';
import { articleList, articlesOf, litOf, MOST_ROWS, monthsOfMeetings, several } from './meetingModel';
import { type CaseFilter, listHref, maskedName, readFilter } from './model';
import { monthWord, thisMonth } from './months';
import { readPage, readRegions, regions } from './store';

interface Reading {
  rows: readonly CaseDetail[] | null;
  done: number;
  total: number;
  /** There are more than are listed. */
  cut: boolean;
  error: unknown;
}

const BEGIN: Reading = { rows: null, done: 0, total: 0, cut: false, error: null };
const readOne = (visit_id: string): Promise<CaseDetail> =>
  call(api.GET('/county/cases/{visit_id}', { params: { path: { visit_id } } }));

/** Every case of a filter up to what one meeting can take, and whether there are more. */
async function readIds(filter: CaseFilter): Promise<{ ids: string[]; cut: boolean }> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await readPage(filter, cursor, 100);
    ids.push(...page.items.map((row) => row.visit_id));
    cursor = page.next;
  } while (cursor !== null && ids.length < MOST_ROWS);
  return { ids: ids.slice(0, MOST_ROWS), cut: cursor !== null || ids.length > MOST_ROWS };
}

function useRows(filter: CaseFilter): Reading & { again: () => void } {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Reading>(BEGIN);
  const address = listHref(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address stands for the filter; a round reads again
  useEffect(() => {
    let gone = false;
    const read = async () => {
      setState(BEGIN);
      const { ids, cut } = await readIds(filter);
      const count = (done: number) => !gone && setState({ ...BEGIN, done, total: ids.length, cut });
      const rows = await several(ids, readOne, count, () => gone);
      if (!gone) setState({ rows, done: rows.length, total: rows.length, cut, error: null });
    };
    read().catch((error: unknown) => !gone && setState({ ...BEGIN, error }));
    return () => {
      gone = true;
    };
  }, [address, round]);
  return { ...state, again: () => setRound(round + 1) };
}

/** What the list is narrowed to, in words. */
function scopeWords(filter: CaseFilter): string {
  const region = regions.value.find((one) => one.code === filter.region);
  return [
    t(`desk.state.${filter.state}`),
    region?.name ?? t('desk.wholeCounty'),
    filter.severity !== '' && severityWord(filter.severity),
    filter.cause !== '' && riskWord(filter.cause),
    filter.department || (filter.assigned !== '' && t(`desk.${filter.assigned}`)),
    filter.month !== '' && t('desk.monthIs', { month: monthWord(filter.month) }),
    filter.until !== '' && t('desk.untilIs', { day: showDay(filter.until) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

function Lights({ one }: { one: CaseDetail }) {
  return (
    <ul class="meet-lights">
      {litOf(one).map((light) => (
        <li key={light.rule}>
          {severityShort(light.severity)} {pick(light.label)}
          <span class="meet-articles">
            {articlesOf(light).map((id) => (
              <span key={id}>{id}</span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Row({ one, n, whole }: { one: CaseDetail; n: number; whole: boolean }) {
  const { household } = one;
  return (
    <tr>
      <td class="num">{n}</td>
      <th scope="row">{whole ? household.head_name : maskedName(household.head_name)}</th>
      <td>
        {household.township} {household.village} {household.natural_village}
      </td>
      <td class="num">{one.persons}</td>
      <td>{one.cause === null ? '' : riskWord(one.cause)}</td>
      <td>
        <Lights one={one} />
      </td>
      <td>
        {one.opinion}
        <span class="meet-by">
          {one.officer_name}
          {one.handed_up_at !== null &&
            ` ${t('desk.handedUpOn', { day: showDay(dayOf(Date.parse(one.handed_up_at))) })}`}
        </span>
      </td>
      <td class="meet-blank" />
    </tr>
  );
}

const COLUMNS = ['n', 'head', 'place', 'persons', 'cause', 'lights', 'opinion', 'decision'] as const;

/** The sentences behind the lights, each once. */
function Articles({ rows }: { rows: readonly CaseDetail[] }) {
  return (
    <section class="meet-sentences">
      <h3>{t('desk.meetArticles')}</h3>
      <dl>
        {articleList(rows).map((article) => (
          <div key={article.id}>
            <dt>{article.id}</dt>
            <dd>
              {article.text}
              <span class="meet-by">{article.document}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface SheetProps {
  /** Whether the sentences of the documents follow the table. */
  sentences: boolean;
  rows: readonly CaseDetail[];
  filter: CaseFilter;
  month: string;
  whole: boolean;
}

function Sheet({ rows, filter, month, whole, sentences }: SheetProps) {
  const county = user.value?.region.name ?? '';
  const persons = rows.reduce((sum, one) => sum + one.persons, 0);
  return (
    <article class="meet" aria-label={t('desk.meeting')}>
      <header>
        <h2>{t('desk.meetTitle', { county })}</h2>
        <p>
          {monthWord(month)} · {scopeWords(filter)} · {t('desk.figures', { n: rows.length, persons })} ·{' '}
          {t('desk.madeOn', { day: showDay(today()) })}
        </p>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on narrow screens it scrolls sideways, by keyboard, too */}
      <section class="meet-scroll" aria-label={t('desk.meetTable')} tabIndex={0}>
        <table>
          <caption class="visually-hidden">{t('desk.meeting')}</caption>
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th key={name} scope="col" class={`meet-${name}`}>
                  {t(`desk.meet.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((one, index) => (
              <Row key={one.visit_id} one={one} n={index + 1} whole={whole} />
            ))}
          </tbody>
        </table>
      </section>
      <footer>
        <span>{t('desk.meetChair')}</span>
        <span>{t('desk.meetClerk')}</span>
        <span>{t('desk.meetDate')}</span>
      </footer>
      {sentences && <Articles rows={rows} />}
    </article>
  );
}

/** Paper and running head while the page is open; both cannot be given by a class. */
function usePaper(head: string): void {
  useLayoutEffect(() => {
    const quoted = JSON.stringify(head);
    const sheet = new CSSStyleSheet();
    const edge = 'font-size: 9pt; color: #444;';
    sheet.replaceSync(
      `@page { size: A4 landscape; margin: 14mm 10mm;
        @top-left { content: ${quoted}; ${edge} }
        @bottom-right { content: counter(page) " / " counter(pages); ${edge} } }`,
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  }, [head]);
}

function Check({ on, words, onChange }: { on: boolean; words: string; onChange: (on: boolean) => void }) {
  return (
    <label class="switch-line">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      {words}
    </label>
  );
}

function Controls(props: {
  month: string;
  whole: boolean;
  sentences: boolean;
  onSentences: (sentences: boolean) => void;
  onMonth: (month: string) => void;
  onWhole: (whole: boolean) => void;
}) {
  return (
    <div class="meet-controls">
      <Select
        label={t('desk.month')}
        anyWord={monthWord(thisMonth())}
        value={props.month === thisMonth() ? '' : props.month}
        options={monthsOfMeetings()
          .filter((one) => one !== thisMonth())
          .map((id) => ({ id, label: monthWord(id) }))}
        onChange={(month) => props.onMonth(month || thisMonth())}
      />
      <Check on={props.whole} words={t('desk.wholeNames')} onChange={props.onWhole} />
      <Check on={props.sentences} words={t('desk.withArticles')} onChange={props.onSentences} />
    </div>
  );
}

export function MeetingScreen() {
  const filter = readFilter(place.value.query);
  const reading = useRows(filter);
  const [month, setMonth] = useState(thisMonth);
  const [whole, setWhole] = useState(false);
  const [sentences, setSentences] = useState(false);
  useEffect(() => {
    void readRegions();
  }, []);
  const { rows, error } = reading;
  usePaper(`${user.value?.region.name ?? ''} · ${monthWord(month)}`);
  return (
    <Below
      title={t('desk.meeting')}
      note={rows ? t('desk.householdsN', { n: rows.length }) : undefined}
      home={listHref(filter)}
      actions={
        <Button disabled={!rows || rows.length === 0} onClick={() => print()}>
          {t('desk.print')}
        </Button>
      }
    >
      {error !== null && (
        <ErrorState
          title={t('desk.notRead')}
          text={errorHelp(error)}
          retry={{ label: t('app.retry'), onClick: reading.again }}
        />
      )}
      {rows === null && error === null && (
        <div class="stack">
          <p class="muted" role="status">
            {t('desk.meetReading', { done: reading.done, total: reading.total || '…' })}
          </p>
          <Progress value={reading.done} max={reading.total || 1} label={t('desk.meeting')} />
        </div>
      )}
      {rows?.length === 0 && (
        <EmptyState icon="list" title={t('desk.meetNone')} text={t('desk.noMatchText')} />
      )}
      {rows && rows.length > 0 && (
        <>
          {reading.cut && (
            <Banner icon="info" role="status">
              {t('desk.meetCut', { n: MOST_ROWS })}
            </Banner>
          )}
          <Controls
            month={month}
            whole={whole}
            sentences={sentences}
            onMonth={setMonth}
            onWhole={setWhole}
            onSentences={setSentences}
          />
          <Sheet rows={rows} filter={filter} month={month} whole={whole} sentences={sentences} />
        </>
      )}
    </Below>
  );
}
