/** One person of the form for somebody new. */
import { today } from '../../core/clock';
import { t } from '../../core/i18n';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { Select } from '../../ui/select';
import {
  type Fault,
  GRADES,
  LABOUR,
  type Person,
  type PersonField,
  RELATIONS,
  SEXES,
  STAGES,
  typed,
} from './newcomerModel';

interface Props {
  person: Person;
  at: number;
  isHead: boolean;
  faults: readonly Fault[];
  onChange: (person: Person) => void;
  onRemove: (() => void) | undefined;
}

const words = (prefix: string, ids: readonly string[]) =>
  ids.map((id) => ({ id, label: t(`${prefix}.${id}`) }));

export function PersonCard({ person, at, isHead, faults, onChange, onRemove }: Props) {
  const set = (field: PersonField) => (text: string) => onChange(typed(person, field, text, today()));
  const wrong = (field: PersonField) => {
    const found = faults.find((fault) => fault.field === field);
    return found && t(`newcomer.wrong.${found.what}`);
  };
  const choice = (
    field: PersonField,
    label: string,
    anyWord: string,
    prefix: string,
    ids: readonly string[],
  ) => (
    <div>
      <Select
        label={label}
        anyWord={anyWord}
        value={person[field]}
        options={words(prefix, ids)}
        onChange={set(field)}
      />
      {wrong(field) && (
        <p class="field-error" role="alert">
          <Icon name="alert" size={18} />
          {wrong(field)}
        </p>
      )}
    </div>
  );
  const choose = t('newcomer.choose');
  return (
    <Card
      title={isHead ? t('newcomer.head') : t('newcomer.person', { n: at + 1 })}
      aside={
        onRemove && (
          <Button kind="plain" onClick={onRemove}>
            {t('newcomer.remove')}
          </Button>
        )
      }
    >
      <div class="stack hh-edit-fields">
        <Field
          label={t('newcomer.name')}
          maxLength={40}
          value={person.name}
          error={wrong('name')}
          onInput={set('name')}
        />
        <Field
          label={t('newcomer.id_number')}
          hint={t('newcomer.idHint')}
          maxLength={18}
          value={person.id_number}
          error={wrong('id_number')}
          onInput={set('id_number')}
        />
        <Field
          label={t('newcomer.birth_on')}
          type="date"
          max={today()}
          value={person.birth_on}
          error={wrong('birth_on')}
          onInput={set('birth_on')}
        />
        <div class="hh-edit-lists">
          {!isHead && choice('relation', t('newcomer.relation'), choose, 'relation', RELATIONS)}
          {choice('sex', t('newcomer.sex'), choose, 'sex', SEXES)}
          {choice('labour', t('newcomer.labour'), choose, 'labour', LABOUR)}
          {choice('stage', t('newcomer.stage'), t('newcomer.noStage'), 'stage', STAGES)}
          {choice('disability_grade', t('newcomer.grade'), t('newcomer.noGrade'), 'newcomer.gradeOf', GRADES)}
        </div>
      </div>
    </Card>
  );
}
