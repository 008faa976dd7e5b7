/** A new account: who, what, where. The server makes the first password. */
import { useState } from 'preact/hooks';
import type { Done } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import type { Role } from '../../core/api/types';
import { t } from '../../core/i18n';
import { go } from '../../core/nav';
import { useReading } from '../../core/reading';
import { user } from '../../core/session';
import { roleWord } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ChoiceOne } from '../../ui/choice';
import { Field } from '../../ui/field';
import * as acts from './acts';
import { Below, Read, Trouble } from './frame';
import { GRAVE, levelOf, resolved, tidyUsername, USERNAME } from './model';
import { OneTimeDialog } from './oneTime';
import { PlaceFields, usePlaces } from './places';
import { useAct } from './useAct';

const NAME_MAX = 40;

interface Draft {
  name: string;
  username: string;
  role: Role | null;
  place: string;
  department: string;
  reason: string;
}

type Wrong = Partial<Record<'name' | 'username' | 'role' | 'place', string>>;

function wrongIn(draft: Draft, place: string): Wrong {
  const wrong: Wrong = {};
  if (!draft.name.trim()) wrong.name = t('accounts.missing.name');
  if (!USERNAME.test(tidyUsername(draft.username))) wrong.username = t('accounts.usernameForm');
  if (draft.role === null) wrong.role = t('accounts.missing.choice');
  if (draft.role !== null && levelOf(draft.role) !== null && place === '')
    wrong.place = t('accounts.missing.place');
  return wrong;
}

interface FieldsProps {
  creatable: readonly Role[];
  draft: Draft;
  wrong: Wrong;
  change: (part: Partial<Draft>) => void;
}

function Person({ draft, wrong, change }: FieldsProps) {
  return (
    <>
      <Field
        label={t('accounts.field.name')}
        value={draft.name}
        maxLength={NAME_MAX}
        error={wrong.name}
        onInput={(name) => change({ name })}
        required
      />
      <Field
        label={t('accounts.field.username')}
        hint={t('accounts.usernameForm')}
        value={draft.username}
        maxLength={NAME_MAX}
        error={wrong.username}
        onInput={(username) => change({ username })}
        required
      />
    </>
  );
}

function Work({ creatable, draft, wrong, change }: FieldsProps) {
  const level = draft.role === null ? null : levelOf(draft.role);
  return (
    <>
      {creatable.length > 1 && (
        <ChoiceOne
          legend={t('accounts.field.role')}
          columns={2}
          error={wrong.role}
          options={creatable.map((role) => ({ id: role, label: roleWord(role) }))}
          value={draft.role}
          onChange={(role) => change({ role: role as Role, place: '' })}
        />
      )}
      {level && (
        <PlaceFields
          level={level}
          value={draft.place}
          error={wrong.place}
          onChange={(place) => change({ place })}
        />
      )}
      {draft.role === 'department' && (
        <Field
          label={t('accounts.field.department')}
          value={draft.department}
          maxLength={NAME_MAX}
          onInput={(department) => change({ department })}
        />
      )}
      {draft.role !== null && GRAVE.includes(draft.role) && (
        <Banner icon="users">{t('accounts.takesTwo')}</Banner>
      )}
    </>
  );
}

function send(draft: Draft, place: string, op_id: string): Promise<Done> {
  if (draft.role === null) throw new Error('no role');
  return acts.create({
    op_id,
    username: tidyUsername(draft.username),
    display_name: draft.name.trim(),
    role: draft.role,
    region_code: levelOf(draft.role) === null ? '-' : place,
    department: draft.role === 'department' ? draft.department.trim() || null : null,
    reason: draft.reason.trim(),
  });
}

function Form({ creatable }: { creatable: readonly Role[] }) {
  const only = creatable.length === 1 ? (creatable[0] ?? null) : null;
  const blank = { name: '', username: '', role: only, place: '', department: '', reason: '' };
  const [draft, setDraft] = useState<Draft>(blank);
  const [wrong, setWrong] = useState<Wrong>({});
  const [outcome, setOutcome] = useState<Done | null>(null);
  const level = draft.role === null ? null : levelOf(draft.role);
  const regions = usePlaces(draft.place.slice(0, 6)).data ?? [];
  const place = level === null ? '' : resolved(regions, level, draft.place);
  const making = useAct((op) => send(draft, place, op), setOutcome);
  const submit = () => {
    const found = wrongIn(draft, place);
    setWrong(found);
    if (Object.keys(found).length === 0) making.run();
  };
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setWrong({});
  };
  const fields = { creatable, draft, wrong, change };
  const made = outcome?.user;
  if (outcome?.request) return <Proposed />;
  return (
    <form
      class="acc-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Card>
        <div class="stack">
          <Person {...fields} />
          <Work {...fields} />
        </div>
      </Card>
      <Trouble error={making.error} />
      <Button type="submit" block busy={making.busy}>
        {t('accounts.create')}
      </Button>
      {made && (
        <OneTimeDialog
          given={{
            name: made.display_name,
            username: made.username,
            password: outcome?.password ?? null,
            until: made.one_time_until,
          }}
          onClose={() => go(`#/accounts/p/${made.id}`, { replace: true })}
        />
      )}
    </form>
  );
}

function Proposed() {
  return (
    <Card>
      <div class="stack">
        <Banner icon="check" tone="green" role="status">
          {t('accounts.proposed')}
        </Banner>
        <Button kind="quiet" href="#/accounts/requests">
          {t('accounts.part.requests')}
        </Button>
      </div>
    </Card>
  );
}

export function NewScreen() {
  const reading = useReading(`accounts/creatable/${user.value?.id}`, async () => {
    const page = await call(api.GET('/users', { params: { query: { limit: 1 } } }));
    return page.creatable;
  });
  return (
    <Below title={t('accounts.new')}>
      <Read reading={reading}>{(creatable) => <Form creatable={creatable} />}</Read>
    </Below>
  );
}
