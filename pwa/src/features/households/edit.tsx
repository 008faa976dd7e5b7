/** Correcting the register of one household, also without a network: it is saved and travels like a visit. */
import './households.css';
import { useEffect, useState } from 'preact/hooks';
import type { Household, Member } from '../../core/api/types';
import { householdById } from '../../core/assignments';
import type { Json } from '../../core/canonical';
import { today } from '../../core/clock';
import { registerTexts, t } from '../../core/i18n';
import { back } from '../../core/nav';
import { enqueueEdit } from '../../core/outbox';
import { texts as zh } from '../../i18n/zh-CN/edit';
import { texts as zhHousehold } from '../../i18n/zh-CN/household';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ChoiceOne } from '../../ui/choice';
import { Field } from '../../ui/field';
import { Select } from '../../ui/select';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import {
  type Changes,
  changedTo,
  fieldsOf,
  firstProblem,
  isProtected,
  needsReason,
  problemOf,
  shownOf,
  withField,
} from './editModel';
import { HomePoint } from './homePoint';

registerTexts({ zh: zhHousehold, en: () => import('../../i18n/en/household') });
registerTexts({ zh, en: () => import('../../i18n/en/edit') });

const STAGES = ['preschool', 'primary', 'junior', 'senior', 'college'] as const;
const LABOUR = ['full', 'skilled', 'half', 'none'] as const;
const GRADES = ['1', '2', '3', '4'] as const;

interface PartProps {
  household: Household;
  changes: Changes;
  tried: boolean;
  set: (memberId: string | null, field: string, value: Json) => void;
}

interface LineProps extends PartProps {
  memberId: string | null;
  field: string;
  hint?: string | undefined;
  tel?: boolean;
}

/** An address is long: it gets several lines on screen and stays one line of text. */
const LONG = 'address';

/** One line of text; what is wrong is said once saving was tried. */
function Line({ household, changes, tried, set, memberId, field, hint, tel }: LineProps) {
  const value = shownOf(household, changes, memberId, field);
  const problem = tried ? problemOf(field, changedTo(changes, memberId, field), today()) : null;
  return (
    <Field
      label={t(`edit.${field}`)}
      hint={hint ?? (isProtected(field) ? t('edit.protected') : undefined)}
      error={problem === null ? undefined : t(`edit.wrong.${problem}`)}
      type={tel ? 'tel' : 'text'}
      multiline={field === LONG}
      maxLength={field === LONG ? 120 : 40}
      value={value === null ? '' : String(value)}
      onInput={(text) => set(memberId, field, text.replace(/[\r\n]+/g, ' '))}
    />
  );
}

function About(props: PartProps) {
  const { household, changes, set } = props;
  const masked = household.phone_masked;
  return (
    <Card title={t('household.about')}>
      <div class="stack hh-edit-fields">
        <Line
          {...props}
          tel
          memberId={null}
          field="phone"
          hint={masked ? t('edit.phoneNow', { masked }) : t('household.unknown')}
        />
        <Line {...props} memberId={null} field="address" />
        <HomePoint
          known={household.home !== null}
          chosen={changedTo(changes, null, 'home') !== undefined}
          onChoose={(home) => set(null, 'home', home ?? household.home)}
        />
        <ChoiceOne
          legend={t('edit.household')}
          hint={t('edit.protected')}
          columns={2}
          value={shownOf(household, changes, null, 'removed') === true ? 'yes' : 'no'}
          options={[
            { id: 'no', label: t('edit.household.no') },
            { id: 'yes', label: t('edit.household.yes') },
          ]}
          onChange={(id) => set(null, 'removed', id === 'yes')}
        />
      </div>
    </Card>
  );
}

function Lists({ household, changes, set, member }: PartProps & { member: Member }) {
  const show = (field: string) => String(shownOf(household, changes, member.id, field) ?? '');
  const choose = (field: string) => (id: string) => set(member.id, field, id === '' ? null : id);
  return (
    <div class="hh-edit-lists">
      <Select
        label={t('edit.stage')}
        anyWord={t('edit.noStage')}
        value={show('stage')}
        options={STAGES.map((id) => ({ id, label: t(`stage.${id}`) }))}
        onChange={choose('stage')}
      />
      <Select
        label={t('edit.labour')}
        anyWord="—"
        value={show('labour')}
        options={LABOUR.map((id) => ({ id, label: t(`labour.${id}`) }))}
        onChange={(id) => set(member.id, 'labour', id || member.labour)}
      />
      <Select
        label={t('edit.disability_grade')}
        anyWord={t('edit.noGrade')}
        value={show('disability_grade')}
        options={GRADES.map((id) => ({ id, label: t('edit.grade', { n: id }) }))}
        onChange={(id) => set(member.id, 'disability_grade', id === '' ? null : Number(id))}
      />
    </div>
  );
}

function Person(props: PartProps & { member: Member }) {
  const { household, changes, set, member } = props;
  const mine = Object.keys(changes).filter((key) => key.startsWith(`${member.id}/`)).length;
  const yesNo = (field: string) => ({
    value: shownOf(household, changes, member.id, field) === true ? 'yes' : 'no',
    onChange: (id: string) => set(member.id, field, id === 'yes'),
    columns: 2 as const,
    options: [
      { id: 'no', label: t(`edit.${field}.no`) },
      { id: 'yes', label: t(`edit.${field}.yes`) },
    ],
  });
  return (
    <details class="card hh-edit-person">
      <summary>
        <b>{member.name}</b>
        <span class="muted">{member.relation}</span>
        {mine > 0 && <Tag tone="accent">{t('edit.changed', { n: mine })}</Tag>}
      </summary>
      <div class="stack hh-edit-fields">
        <Lists {...props} />
        <ChoiceOne legend={t('edit.main_labour')} {...yesNo('main_labour')} />
        <Line {...props} memberId={member.id} field="name" />
        <Line
          {...props}
          memberId={member.id}
          field="id_number"
          hint={t('edit.idNow', { masked: member.id_masked || t('household.unknown') })}
        />
        <ChoiceOne legend={t('edit.removed')} hint={t('edit.protected')} {...yesNo('removed')} />
      </div>
    </details>
  );
}

function useSaving(household: Household, changes: Changes, reason: string) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const save = async () => {
    setBusy(true);
    setFailed(false);
    try {
      await enqueueEdit(
        { household_id: household.id, reason: reason.trim(), set: fieldsOf(changes) },
        { headName: household.head_name, baseRev: household.revision },
      );
      back();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  };
  return { busy, failed, save };
}

/** Brings the first field that is wrong into view, also out of a folded part. */
function showFirstMistake(): void {
  const wrong = document.querySelector<HTMLElement>('#main [aria-invalid="true"]');
  const part = wrong?.closest('details');
  if (part) part.open = true;
  wrong?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: 'center' }); // the words under it too, clear of the button at the lower edge
}

function Form({ household }: { household: Household }) {
  const [changes, setChanges] = useState<Changes>({});
  const [reason, setReason] = useState('');
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) showFirstMistake();
  }, [tries]);
  const tried = tries > 0;
  const { busy, failed, save } = useSaving(household, changes, reason);
  const count = Object.keys(changes).length;
  const asked = needsReason(changes);
  const missing = asked && reason.trim() === '';
  const submit = () => {
    setTries(tries + 1);
    if (count > 0 && !missing && firstProblem(changes, today()) === null) void save();
  };
  const part: PartProps = {
    household,
    changes,
    tried,
    set: (memberId, field, value) => setChanges(withField(household, changes, memberId, field, value)),
  };
  return (
    <Page
      bar={
        <AppBar
          title={t('edit.title')}
          subtitle={household.head_name}
          back={{ label: t('app.back'), onClick: () => back() }}
        />
      }
      foot={
        <Button busy={busy} disabled={count === 0} onClick={submit}>
          {count === 0 ? t('edit.nothing') : t('edit.save', { n: count })}
        </Button>
      }
    >
      <p class="muted">{t('edit.lead')}</p>
      {failed && (
        <Banner icon="alert" role="alert">
          {t('edit.notSaved')}
        </Banner>
      )}
      <About {...part} />
      {household.members.map((member) => (
        <Person key={member.id} {...part} member={member} />
      ))}
      {asked && (
        <Card title={t('edit.reasonTitle')}>
          <Field
            label={t('edit.reason')}
            multiline
            maxLength={500}
            value={reason}
            error={tried && missing ? t('edit.reasonMissing') : undefined}
            onInput={setReason}
          />
        </Card>
      )}
      {tried && firstProblem(changes, today()) !== null && (
        <Banner icon="alert" role="alert">
          {t('edit.lookAgain')}
        </Banner>
      )}
    </Page>
  );
}

export function EditPage({ householdId }: { householdId: string }) {
  const household = householdById(householdId);
  if (household) return <Form household={household} />;
  return (
    <Page
      bar={<AppBar title={t('household.missing')} back={{ label: t('app.back'), onClick: () => back() }} />}
    >
      <EmptyState icon="home" title={t('household.missing')} text={t('household.missingText')} />
    </Page>
  );
}
