/** A household or member that the register lacks, written down where they live, also without a network. */
import './households.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { householdById, households } from '../../core/assignments';
import { today } from '../../core/clock';
import { loadDraft, saveDraft } from '../../core/drafts';
import { registerTexts, t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { back, go } from '../../core/nav';
import { loadBody } from '../../core/outbox/rows';
import { saveNewcomer } from '../../core/outbox/save';
import { user } from '../../core/session';
import type { NewHouseholdBody } from '../../core/sync/wire';
import { texts as zhEdit } from '../../i18n/zh-CN/edit';
import { texts as zhHousehold } from '../../i18n/zh-CN/household';
import { texts as zh } from '../../i18n/zh-CN/newcomer';
import { AppBar, Page } from '../../ui/appBar';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { Skeleton } from '../../ui/progress';
import { EmptyState } from '../../ui/states';
import { HomePoint } from './homePoint';
import {
  blankForm,
  blankPerson,
  type Fault,
  faultsOf,
  fieldsOf,
  formOf,
  MOST_MEMBERS,
  type Newcomer,
} from './newcomerModel';
import { PersonCard } from './newcomerPerson';

registerTexts({ zh: zhHousehold, en: () => import('../../i18n/en/household') });
registerTexts({ zh: zhEdit, en: () => import('../../i18n/en/edit') });
registerTexts({ zh, en: () => import('../../i18n/en/newcomer') });

/** Time after the last key in which nothing more was typed: then it is written. */
const PAUSE_MS = 300;

interface Kept {
  form: Newcomer;
  corrects: string | null;
}

interface PageProps {
  /** The registered household that gets a member; null for a whole household. */
  householdId: string | null;
  /** A refused operation to correct. */
  from: string | undefined;
}

const draftKey = (householdId: string | null): string => `new/${householdId ?? 'household'}`;

/** What was begun here, else the refused record, else an empty form. */
async function begin(householdId: string | null, from: string | undefined): Promise<Kept> {
  const kept = await loadDraft<Kept>(draftKey(householdId));
  if (kept) return kept;
  const body = from === undefined ? null : await loadBody<NewHouseholdBody>(from);
  if (body && from !== undefined) return { form: formOf(body.set, body.reason, uuidv7()), corrects: from };
  return { form: blankForm(uuidv7(), uuidv7(), householdId === null), corrects: null };
}

export function NewcomerPage({ householdId, from }: PageProps) {
  const [kept, setKept] = useState<Kept | null>(null);
  useEffect(() => {
    let gone = false;
    void begin(householdId, from).then((found) => !gone && setKept(found));
    return () => {
      gone = true;
    };
  }, [householdId, from]);
  const household = householdId === null ? undefined : householdById(householdId);
  const grid = household?.region_code ?? user.value?.region.code;
  const missing = householdId !== null && !household;
  if (kept && grid !== undefined && !missing)
    return <Form start={kept} householdId={householdId} grid={grid} of={household?.head_name} />;
  return (
    <Page bar={<Bar whole={householdId === null} of={undefined} />}>
      {missing && households.value.length > 0 ? (
        <EmptyState icon="home" title={t('household.missing')} text={t('household.missingText')} />
      ) : (
        <Skeleton lines={5} label={t('newcomer.opening')} />
      )}
    </Page>
  );
}

function Bar({ whole, of }: { whole: boolean; of: string | undefined }) {
  return (
    <AppBar
      title={t(whole ? 'newcomer.household.title' : 'newcomer.member.title')}
      subtitle={of}
      back={{ label: t('app.back'), onClick: () => back() }}
    />
  );
}

/** Every change is on the disk a moment later, and when the page is hidden. */
function useKeeping(householdId: string | null, kept: Kept, saved: { readonly current: boolean }): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const write = () => {
      if (!saved.current) void saveDraft(draftKey(householdId), kept).catch(() => undefined);
    };
    const timer = setTimeout(write, PAUSE_MS);
    document.addEventListener('visibilitychange', write);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', write);
    };
  }, [householdId, kept, saved]);
}

/** Brings the first field that is wrong into view. */
function showFirstMistake(): void {
  const wrong = document.querySelector<HTMLElement>('#main [aria-invalid="true"]');
  wrong?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: 'center' });
}

interface FormProps {
  start: Kept;
  householdId: string | null;
  grid: string;
  of: string | undefined;
}

async function store({ form, corrects }: Kept, householdId: string | null, grid: string, name: string) {
  const said = { reason: form.reason.trim(), set: fieldsOf(form) };
  const options = { headName: name, draft: draftKey(householdId), ...(corrects !== null && { corrects }) };
  if (householdId === null) {
    const whole = { kind: 'household.new', entity: form.id, householdId: form.id } as const;
    await saveNewcomer(whole, { grid, ...said }, options);
  } else {
    const entity = form.people[0]?.id ?? '';
    await saveNewcomer(
      { kind: 'member.new', entity, householdId },
      { household_id: householdId, ...said },
      options,
    );
  }
}

function Form({ start, householdId, grid, of }: FormProps) {
  const whole = householdId === null;
  const [form, setForm] = useState(start.form);
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<'open' | 'saving' | 'failed'>('open');
  const saved = useRef(false);
  useKeeping(householdId, { form, corrects: start.corrects }, saved);
  useEffect(() => {
    if (tries > 0) showFirstMistake();
  }, [tries]);
  const faults = tries > 0 ? faultsOf(form, whole, today()) : [];
  const wrong = (field: string) => wordsOf(faults, null, field);
  const put = (part: Partial<Newcomer>) => setForm({ ...form, ...part });
  const submit = async () => {
    setTries(tries + 1);
    if (faultsOf(form, whole, today()).length > 0) return;
    setState('saving');
    saved.current = true;
    try {
      await store(
        { form, corrects: start.corrects },
        householdId,
        grid,
        of ?? form.people[0]?.name.trim() ?? '',
      );
      go('#/outbox', { replace: true });
    } catch {
      saved.current = false;
      setState('failed');
    }
  };
  return (
    <Page
      bar={<Bar whole={whole} of={of} />}
      foot={
        <Button busy={state === 'saving'} onClick={() => void submit()}>
          {t('newcomer.save')}
        </Button>
      }
    >
      <p class="muted">{t(whole ? 'newcomer.household.lead' : 'newcomer.member.lead')}</p>
      {state === 'failed' && (
        <Banner icon="alert" role="alert">
          {t('newcomer.notSaved')}
        </Banner>
      )}
      {form.people.map((person, at) => (
        <PersonCard
          key={person.id}
          person={person}
          at={at}
          isHead={whole && at === 0}
          faults={faults.filter((fault) => fault.person === person.id)}
          onChange={(next) => put({ people: form.people.map((one) => (one === person ? next : one)) })}
          onRemove={at === 0 ? undefined : () => put({ people: form.people.filter((one) => one !== person) })}
        />
      ))}
      {whole && form.people.length < MOST_MEMBERS && (
        <Button
          kind="quiet"
          icon="plus"
          onClick={() => put({ people: [...form.people, blankPerson(uuidv7(), '')] })}
        >
          {t('newcomer.add')}
        </Button>
      )}
      {whole && <Home form={form} wrong={wrong} put={put} />}
      <Card title={t('newcomer.reason')}>
        <Field
          hideLabel
          label={t('newcomer.reason')}
          hint={t('newcomer.reasonHint')}
          multiline
          maxLength={500}
          value={form.reason}
          error={wrong('reason')}
          onInput={(reason) => put({ reason })}
        />
      </Card>
      {faults.length > 0 && (
        <Banner icon="alert" role="alert">
          {t('newcomer.lookAgain', { n: faults.length })}
        </Banner>
      )}
    </Page>
  );
}

/** The words of what is wrong with a field, or undefined. */
export function wordsOf(faults: readonly Fault[], person: string | null, field: string): string | undefined {
  const found = faults.find((fault) => fault.person === person && fault.field === field);
  return found && t(`newcomer.wrong.${found.what}`);
}

interface HomeProps {
  form: Newcomer;
  wrong: (field: string) => string | undefined;
  put: (part: Partial<Newcomer>) => void;
}

function Home({ form, wrong, put }: HomeProps) {
  return (
    <Card title={t('newcomer.place')}>
      <div class="stack hh-edit-fields">
        <Field
          label={t('newcomer.address')}
          maxLength={120}
          value={form.address}
          error={wrong('address')}
          onInput={(address) => put({ address })}
        />
        <Field
          label={t('newcomer.phone')}
          type="tel"
          hint={t('newcomer.phoneHint')}
          maxLength={20}
          value={form.phone}
          error={wrong('phone')}
          onInput={(phone) => put({ phone })}
        />
        <HomePoint known={false} chosen={form.home !== null} onChoose={(home) => put({ home })} />
      </div>
    </Card>
  );
}
