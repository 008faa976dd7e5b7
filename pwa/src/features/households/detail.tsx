/** One household: who lives there, what was found last time, and the button to begin. */
import './households.css';
import type { Household, Member } from '../../core/api/types';
import { cadence, householdById } from '../../core/assignments';
import { today } from '../../core/clock';
import { draftHouseholds } from '../../core/drafts';
import { categoryWord, showDay, showInstant } from '../../core/format';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { outboxItems, savedVisits } from '../../core/outbox';
import { user } from '../../core/session';
import { texts as zh } from '../../i18n/zh-CN/household';
import { texts as zhHouseholds } from '../../i18n/zh-CN/households';
import { AppBar, Page } from '../../ui/appBar';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { History, LastVisit } from './past';
import { dueDay, type GroupId, groupOf, type View, viewOf } from './worklist';

registerTexts({ zh: zhHouseholds, en: () => import('../../i18n/en/households') });
registerTexts({ zh, en: () => import('../../i18n/en/household') });

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

function Members({ household: { id, members } }: { household: Household }) {
  return (
    <Card
      title={t('household.members')}
      aside={
        user.value?.role === 'grid_member' ? (
          <a href={`#/household/${id}/member`}>{t('household.addMember')}</a>
        ) : (
          <span class="muted small">{t('row.members', { n: members.length })}</span>
        )
      }
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

/** What help and monitoring the register knows of; measures of their own are not on record yet. */
function helpOf({ roster }: Household): string {
  const lines = (['dibao', 'tekun', 'orphan', 'released'] as const).flatMap((fact) => {
    if (roster[fact] === true) return [t(`household.help.${fact}`)];
    return roster[fact] === null ? [t('household.help.unknown', { what: t(`household.help.${fact}`) })] : [];
  });
  const months = roster['months_tracked'];
  if (typeof months === 'number' && months > 0) lines.push(t('household.help.tracked', { n: months }));
  return lines.join('、') || t('household.help.none');
}

/** What was written down here of the household and waits for an answer. */
function Pending({ householdId }: { householdId: string }) {
  const waiting = outboxItems.value.filter(
    (item) =>
      item.householdId === householdId && item.kind !== 'visit' && ['queued', 'held'].includes(item.state),
  );
  if (waiting.length === 0) return null;
  return (
    <p>
      <a href="#/outbox">{t('household.pending', { n: waiting.length })}</a>
    </p>
  );
}

function About({ household, view }: { household: Household; view: View }) {
  const place = [household.village, household.natural_village, household.grid].filter(Boolean).join(' · ');
  const day = dueDay(household, view);
  const due = day === null ? t('household.noDate') : showDay(day);
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
          { label: t('household.help'), value: helpOf(household) },
        ]}
      />
      <Pending householdId={household.id} />
    </Card>
  );
}

function viewNow(): View {
  return viewOf({ today: today(), saved: savedVisits.value, cadence: cadence.value, here: null });
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
  const view = viewNow();
  const group = groupOf(household, view);
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
      <LastVisit household={household} />
      <About household={household} view={view} />
      <Members household={household} />
      <History household={household} />
    </Page>
  );
}
