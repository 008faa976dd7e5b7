/** Everything that happened to a household, and who looked at what is masked for others; the newest first. */
import { useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { Story, StoryEntry } from '../../core/api/deskTypes';
import type { Severity, VisitState } from '../../core/api/types';
import { timeOf } from '../../core/clock';
import { categoryWord, severityWord, showDay, stateWord } from '../../core/format';
import { hasText, pick, t } from '../../core/i18n';
import { useReading } from '../../core/reading';
import { riskWord, roleWord } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Chips } from '../../ui/chips';
import { Icon, type IconName } from '../../ui/icon';
import { Light } from '../../ui/light';
import { LoadMore } from '../../ui/loadMore';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Below, Read } from './frame';
import { belongs, byDay, DRAWN, type Facet, facetsOf, lightLabels } from './storyModel';
import { Findings, homeLine } from './township';

const ICONS: Readonly<Record<StoryEntry['kind'], IconName>> = {
  visit: 'home',
  light_opened: 'lamp',
  light_closed: 'lamp',
  review: 'check',
  recheck: 'users',
  assignment: 'person',
  decision: 'edit',
  read: 'eye',
};

type Labels = ReturnType<typeof lightLabels>;

/** What happened in a few words. */
function headline(entry: StoryEntry): string {
  const { kind, code } = entry;
  if (kind === 'assignment')
    return t('desk.story.assignment', { to: entry.assignee ?? entry.department ?? '' });
  if (kind === 'visit')
    return t(entry.revision !== null && entry.revision > 1 ? 'desk.story.revised' : 'desk.story.visit', {
      n: entry.revision ?? 1,
    });
  const exact = `desk.story.${kind}.${code}`;
  return hasText(exact) ? t(exact) : t(`desk.story.${kind}`);
}

function Details({ entry, labels }: { entry: StoryEntry; labels: Labels }) {
  const home = homeLine(entry);
  const nameOf = (rule: string) => {
    const label = labels.get(rule);
    return label ? pick(label) : rule;
  };
  return (
    <>
      {entry.label && entry.severity !== null && (
        <p class="inline">
          <Light
            compact
            severity={entry.severity as Severity}
            word={severityWord(entry.severity as Severity)}
          />
          <span>{pick(entry.label)}</span>
        </p>
      )}
      {entry.kind === 'visit' && entry.severity !== null && (
        <p class="inline">
          <Light
            compact
            severity={entry.severity as Severity}
            word={severityWord(entry.severity as Severity)}
          />
          {entry.code !== null && <Tag>{stateWord(entry.code as VisitState)}</Tag>}
        </p>
      )}
      {entry.cause !== null && <p class="muted">{t('desk.causeIs', { cause: riskWord(entry.cause) })}</p>}
      {entry.text !== '' && <p class="desk-words">{entry.text}</p>}
      {home && <p class="muted">{home}</p>}
      <Findings items={entry.findings} nameOf={nameOf} />
    </>
  );
}

function hrefFor(entry: StoryEntry): string | null {
  if (entry.visit_id === null) return null;
  const ofCase = ['recheck', 'assignment', 'decision'].includes(entry.kind);
  return ofCase ? `#/cases/v/${entry.visit_id}` : `#/county/${entry.visit_id}`;
}

function Entry({ entry, labels }: { entry: StoryEntry; labels: Labels }) {
  const href = hrefFor(entry);
  const who = [entry.who, entry.role && roleWord(entry.role)].filter(Boolean).join(' · ');
  return (
    <li class={`desk-entry desk-entry-${entry.kind}`}>
      <span class="desk-entry-icon">
        <Icon name={ICONS[entry.kind]} size={18} />
      </span>
      <div class="desk-entry-body">
        <p class="desk-entry-head">
          {href ? <a href={href}>{headline(entry)}</a> : <b>{headline(entry)}</b>}
          <span class="muted small num">
            {timeOf(Date.parse(entry.at))}
            {who && ` · ${who}`}
          </span>
        </p>
        <Details entry={entry} labels={labels} />
      </div>
    </li>
  );
}

function Entries({ story }: { story: Story }) {
  const [facet, setFacet] = useState<Facet>('all');
  const [drawn, setDrawn] = useState(DRAWN);
  const labels = lightLabels(story.entries);
  const wanted = story.entries.filter((entry) => belongs(entry, facet));
  const left = wanted.length - drawn;
  return (
    <>
      <Chips
        label={t('desk.facets')}
        items={facetsOf(story.entries).map(({ id, n }) => ({ id, label: t(`desk.facet.${id}`), count: n }))}
        value={facet}
        onChange={(id) => {
          setFacet(id as Facet);
          setDrawn(DRAWN);
        }}
      />
      {byDay(wanted.slice(0, drawn)).map(({ day, entries }) => (
        <section key={day} class="card desk-dayblock">
          <h2>{showDay(day)}</h2>
          <ol class="desk-story">
            {entries.map((entry, index) => (
              <Entry key={`${entry.at}/${entry.kind}/${index}`} entry={entry} labels={labels} />
            ))}
          </ol>
        </section>
      ))}
      <LoadMore
        label={t('desk.earlier', { n: left })}
        more={left > 0}
        onMore={() => setDrawn(drawn + DRAWN)}
      />
    </>
  );
}

export function StoryScreen({ householdId }: { householdId: string }) {
  const params = { path: { household_id: householdId } };
  const reading = useReading(`story/${householdId}`, () =>
    call(api.GET('/households/{household_id}/timeline', { params })),
  );
  const household = reading.data?.household;
  const place = household && [household.township, household.village, household.natural_village];
  return (
    <Below
      title={household?.head_name ?? t('desk.story')}
      note={household && categoryWord(household.category)}
      subtitle={place && [...place.filter(Boolean), household.number].join(' · ')}
      home="#/cases/find"
      actions={
        <Button
          kind="plain"
          icon="refresh"
          label={t('desk.refresh')}
          busy={reading.busy}
          onClick={reading.reload}
        />
      }
    >
      <Read reading={reading}>
        {(story) => (
          <div class="stack desk-column">
            {story.removed_at !== null && <Banner icon="info">{t('desk.removed')}</Banner>}
            {story.entries.length === 0 ? (
              <EmptyState icon="clock" title={t('desk.storyEmpty')} text={t('desk.storyEmptyText')} />
            ) : (
              <Entries story={story} />
            )}
          </div>
        )}
      </Read>
    </Below>
  );
}
