/** An act on one account, in a dialog that says what exactly it does. */
import { useState } from 'preact/hooks';
import type { Act, Done, Person } from '../../core/api/accountTypes';
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { ChoiceOne } from '../../ui/choice';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import * as acts from './acts';
import { Trouble } from './frame';
import { GRAVE, levelOf, resolved } from './model';
import { PlaceFields, usePlaces } from './places';
import { useAct } from './useAct';

const REASON_MAX = 200;
const NAME_MAX = 40;
/** A first secretary says why; the township decides by it. */
const WANTS_REASON: readonly Act[] = ['ask_reset', 'ask_revoke', 'disable'];
const TAKES_TWO: readonly Act[] = ['reset', 'enable'];

export interface ActDialogProps {
  act: Act;
  person: Person;
  onClose: () => void;
  /** Null: something was asked for, and nothing changed yet. */
  onDone: (outcome: Done | null) => void;
}

interface Draft {
  reason: string;
  name: string;
  department: string;
  place: string;
  device: string | null;
  order: 'drain' | 'kill' | null;
}

type Wrong = Partial<Record<'reason' | 'name' | 'place' | 'device' | 'order', string>>;

function wrongIn(act: Act, draft: Draft, person: Person, place: string): Wrong {
  const wrong: Wrong = {};
  if (WANTS_REASON.includes(act) && !draft.reason.trim()) wrong.reason = t('accounts.missing.reason');
  if (act === 'edit' && !draft.name.trim()) wrong.name = t('accounts.missing.name');
  if (act === 'transfer' && place === '') wrong.place = t('accounts.missing.place');
  if (act === 'transfer' && place === person.region_code) wrong.place = t('accounts.samePlace');
  if (act === 'ask_revoke' && draft.device === null) wrong.device = t('accounts.missing.choice');
  if (act === 'ask_revoke' && draft.order === null) wrong.order = t('accounts.missing.choice');
  return wrong;
}

async function carryOut(
  act: Act,
  op_id: string,
  person: Person,
  draft: Draft,
  place: string,
): Promise<Done | null> {
  const reason = draft.reason.trim();
  const told = { id: person.id, op_id, version: person.version, reason };
  if (act === 'edit') {
    const department = person.role === 'department' ? { department: draft.department.trim() } : {};
    return acts.edit(told, { display_name: draft.name.trim(), ...department });
  }
  if (act === 'transfer') return acts.transfer(told, place);
  if (act === 'reset') return acts.reset(told);
  if (act === 'sign_out') return acts.signOut(told);
  if (act === 'disable' || act === 'enable') return acts.setActive(told, act === 'enable');
  const wish = act === 'ask_reset' ? { kind: 'reset' as const } : { kind: 'revoke' as const };
  const device_id = act === 'ask_revoke' ? draft.device : null;
  await acts.ask(person.id, { id: op_id, ...wish, device_id, order: draft.order ?? 'drain', reason });
  return null;
}

interface FieldsProps {
  act: Act;
  person: Person;
  draft: Draft;
  wrong: Wrong;
  change: (part: Partial<Draft>) => void;
}

function Revoking({ person, draft, wrong, change }: FieldsProps) {
  const there = person.devices.filter((device) => device.wiped_at === null);
  return (
    <>
      <ChoiceOne
        legend={t('accounts.whichDevice')}
        error={wrong.device}
        options={there.map((device) => ({ id: device.id, label: device.name.slice(0, 60) }))}
        value={draft.device}
        onChange={(device) => change({ device })}
      />
      <ChoiceOne
        legend={t('accounts.whichOrder')}
        error={wrong.order}
        options={(['drain', 'kill'] as const).map((id) => ({
          id,
          label: t(`accounts.want.${id}`),
          hint: t(`accounts.wantText.${id}`),
        }))}
        value={draft.order}
        onChange={(order) => change({ order: order as Draft['order'] })}
      />
    </>
  );
}

function Fields(props: FieldsProps) {
  const { act, person, draft, wrong, change } = props;
  const level = levelOf(person.role);
  return (
    <>
      {act === 'edit' && (
        <Field
          label={t('accounts.field.name')}
          value={draft.name}
          maxLength={NAME_MAX}
          error={wrong.name}
          onInput={(name) => change({ name })}
        />
      )}
      {act === 'edit' && person.role === 'department' && (
        <Field
          label={t('accounts.field.department')}
          value={draft.department}
          maxLength={NAME_MAX}
          onInput={(department) => change({ department })}
        />
      )}
      {act === 'transfer' && level && (
        <PlaceFields
          level={level}
          value={draft.place}
          error={wrong.place}
          onChange={(place) => change({ place })}
        />
      )}
      {act === 'ask_revoke' && <Revoking {...props} />}
      {act !== 'edit' && (
        <Field
          label={t(WANTS_REASON.includes(act) ? 'accounts.field.why' : 'accounts.field.whyOptional')}
          value={draft.reason}
          maxLength={REASON_MAX}
          error={wrong.reason}
          onInput={(reason) => change({ reason })}
        />
      )}
    </>
  );
}

function explained(act: Act, person: Person): string {
  if (TAKES_TWO.includes(act) && GRAVE.includes(person.role)) return t('accounts.takesTwo');
  return t(`accounts.actText.${act}`);
}

export function ActDialog({ act, person, onClose, onDone }: ActDialogProps) {
  const [draft, setDraft] = useState<Draft>({
    reason: '',
    name: person.display_name,
    department: person.department ?? '',
    place: person.region_code.slice(0, -2),
    device: null,
    order: null,
  });
  const [wrong, setWrong] = useState<Wrong>({});
  const level = levelOf(person.role);
  const regions = usePlaces(draft.place.slice(0, 6)).data ?? [];
  const place = level === null ? '' : resolved(regions, level, draft.place);
  const doing = useAct((op) => carryOut(act, op, person, draft, place), onDone);
  const go = () => {
    const found = wrongIn(act, draft, person, place);
    setWrong(found);
    if (Object.keys(found).length === 0) doing.run();
  };
  return (
    <Sheet
      open
      title={t(`accounts.actTitle.${act}`, { name: person.display_name })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('accounts.cancel')}
          </Button>
          <Button kind={act === 'disable' ? 'danger' : 'primary'} busy={doing.busy} onClick={go}>
            {t(`accounts.act.${act}`)}
          </Button>
        </>
      }
    >
      <p>{explained(act, person)}</p>
      <Fields
        act={act}
        person={person}
        draft={draft}
        wrong={wrong}
        change={(part) => {
          setDraft({ ...draft, ...part });
          setWrong({});
        }}
      />
      <Trouble error={doing.error} />
    </Sheet>
  );
}
