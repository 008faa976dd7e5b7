/** One household: who lives there, what was found last time, and the button to begin. */
import './households.css';
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { Household, Member, VisitSummary } from '../../core/api/types';
import { householdById } from '../../core/assignments';
import { today } from '../../core/clock';
import { draftHouseholds } from '../../core/drafts';
import { categoryWord, severityWord, showDay, showInstant, stateWord } from '../../core/format';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { online } from '../../core/network';
import { answeredReturns, savedVisits } from '../../core/outbox';
import { user } from '../../core/session';
import { texts as zh } from '../../i18n/zh-CN/households';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { Light } from '../../ui/light';
import { Skeleton } from '../../ui/progress';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { type GroupId, groupOf, savedThisMonth } from './worklist';

registerTexts({ zh, en: () => import('../../i18n/en/households') });

function memberFacts(member: Member): string {
  const parts = [
    member.relation,
    member.sex === null ? '' : t(`sex.${member.sex}`),
    member.age === null ? '' : t('household.age', { n: member.age }),
    member.stage === null ? '' : t(`stage.${member.stage}`),
    t(`labour.${member.labour}`),
    member.disability_grade === null ? '' : t('household.disability', { n: member.disability_grade }),
  ];
  return parts.filter(Boolean).join(' · ');
}

function Members({ members }: { members: readonly Member[] }) {
  return (
    <Card
      title={t('household.members')}
      aside={<span class="muted small">{t('row.members', { n: members.length })}</span>}
    >
      <ul>
        {members.map((member) => (
          <li key={member.id} class="hh-member">
            <p class="inline">
              <b>{member.name}</b>
              {member.main_labour && <Tag>{t('household.main')}</Tag>}
            </p>
            <p class="muted">{memberFacts(member)}</p>
            <p class="muted num">{member.id_masked}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ReturnedCard({ household }: { household: Household }) {
  const returned = household.returned;
  if (!returned) return null;
  return (
    <Card title={t('household.comments')} aside={<Tag tone="solid">{t('row.returned')}</Tag>}>
      {returned.comment && <p>{returned.comment}</p>}
      {returned.comments.length > 0 && (
        <ul class="hh-comments">
          {returned.comments.map((comment) => (
            <li key={comment.question}>{comment.text}</li>
          ))}
        </ul>
      )}
      <p class="muted small">
        {t('household.returnedBy', { name: returned.reviewer_name, when: showInstant(returned.reviewed_at) })}
      </p>
    </Card>
  );
}

function About({ household }: { household: Household }) {
  const place = [household.village, household.natural_village, household.grid].filter(Boolean).join(' · ');
  const due = household.due_on === null ? t('household.noDate') : showDay(household.due_on);
  return (
    <Card
      title={t('household.about')}
      aside={
        user.value?.role === 'grid_member' && (
          <a href={`#/household/${household.id}/edit`}>{t('household.correct')}</a>
        )
      }
    >
      <Facts
        rows={[
          { label: t('household.category'), value: categoryWord(household.category) },
          { label: t('household.address'), value: household.address || place },
          { label: t('household.phone'), value: household.phone_masked || t('household.unknown') },
          { label: t('household.due'), value: due },
        ]}
      />
    </Card>
  );
}

function LastVisit({ household }: { household: Household }) {
  const visit = household.last_visit;
  return (
    <Card title={t('household.lastVisit')}>
      {visit ? (
        <div class="inline">
          <span>{showInstant(visit.visited_at)}</span>
          <Light compact severity={visit.severity} word={severityWord(visit.severity)} />
          <Tag tone={visit.state === 'approved' ? 'green' : 'plain'}>{stateWord(visit.state)}</Tag>
        </div>
      ) : (
        <p class="muted">{t('household.neverVisited')}</p>
      )}
    </Card>
  );
}

type Loaded = readonly VisitSummary[] | 'loading' | 'failed';

function useHistory(householdId: string): Loaded {
  const [history, setHistory] = useState<Loaded>('loading');
  const connected = online.value;
  useEffect(() => {
    let wanted = true;
    if (!connected) setHistory('failed');
    else
      call(api.GET('/households/{household_id}', { params: { path: { household_id: householdId } } })).then(
        (detail) => wanted && setHistory(detail.history),
        () => wanted && setHistory('failed'),
      );
    return () => {
      wanted = false;
    };
  }, [householdId, connected]);
  return history;
}

function HistoryRow({ visit }: { visit: VisitSummary }) {
  const revision = visit.revision > 1 ? ` · ${t('household.revision', { n: visit.revision - 1 })}` : '';
  return (
    <li class="hh-member">
      <p class="inline">
        <span>{showInstant(visit.visited_at)}</span>
        <Light compact severity={visit.severity} word={severityWord(visit.severity)} />
      </p>
      <p class="muted">
        {visit.author_name} · {stateWord(visit.state)}
        {revision}
      </p>
    </li>
  );
}

function History({ householdId }: { householdId: string }) {
  const history = useHistory(householdId);
  return (
    <Card title={t('household.history')}>
      {history === 'loading' && <Skeleton lines={2} label={t('app.loading')} />}
      {history === 'failed' && <p class="muted">{t('household.historyOffline')}</p>}
      {Array.isArray(history) && history.length === 0 && <p class="muted">{t('household.noHistory')}</p>}
      {Array.isArray(history) && history.length > 0 && (
        <ul>
          {history.map((visit: VisitSummary) => (
            <HistoryRow key={visit.id} visit={visit} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function groupNow(household: Household): GroupId {
  const day = today();
  const saved = savedThisMonth({ today: day, saved: savedVisits.value }).get(household.id);
  return groupOf(household, saved, answeredReturns(savedVisits.value), day);
}

/** The words of the main button: what beginning means for this household now. */
function actionKey(household: Household, group: GroupId): string {
  if (draftHouseholds.value.has(household.id)) return 'household.continue';
  if (group === 'returned') return 'household.fix';
  return group === 'done' ? 'household.again' : 'household.start';
}

export function HouseholdPage({ householdId }: { householdId: string }) {
  const household = householdById(householdId);
  const toList = { label: t('app.back'), onClick: () => back() };
  if (!household)
    return (
      <Page bar={<AppBar title={t('household.missing')} back={toList} />}>
        <EmptyState icon="home" title={t('household.missing')} text={t('household.missingText')} />
      </Page>
    );
  const group = groupNow(household);
  const action = actionKey(household, group);
  return (
    <Page
      bar={
        <AppBar
          title={household.head_name}
          subtitle={
            <span class="num">
              {t('household.number', { n: household.number })} ·{' '}
              {household.natural_village || household.village}
            </span>
          }
          back={toList}
        />
      }
      foot={
        <Button kind={action === 'household.again' ? 'quiet' : 'primary'} href={`#/visit/${household.id}`}>
          {t(action)}
        </Button>
      }
    >
      {group === 'returned' && <ReturnedCard household={household} />}
      <About household={household} />
      <Members members={household.members} />
      <LastVisit household={household} />
      <History householdId={household.id} />
    </Page>
  );
}
