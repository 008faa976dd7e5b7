/** The member form: who came, who left, what changed. Every keystroke goes into the draft. */

import { useId } from 'preact/hooks';
import type { Json } from '../../core/canonical';
import { today } from '../../core/clock';
import { pick, t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import type { Controller } from './controller';
import type { Issue } from './issues';
import { answerAt, type Step } from './model';
import { typeInto } from './roster';
import type { FormField, RosterChange } from './types';
import { issueText, personName } from './words';

interface RosterProps {
  readonly controller: Controller;
  readonly step: Step;
  readonly issues: readonly Issue[];
}

export function RosterStep({ controller, step, issues }: RosterProps) {
  const stored = answerAt(controller.answers.value, step);
  const changes = (Array.isArray(stored) ? stored : []) as unknown as RosterChange[];
  const put = (next: readonly RosterChange[]) =>
    controller.typed(step, next.length === 0 ? undefined : (next as unknown as Json));
  const begin = (change: RosterChange) => put([...changes, change]);
  return (
    <fieldset class="choice stack">
      <legend class="choice-legend">{pick(step.question.label)}</legend>
      {step.question.hint && <p class="field-hint">{pick(step.question.hint)}</p>}
      <Untouched controller={controller} changes={changes} onBegin={begin} />
      {changes.map((change, at) => (
        <Entry
          key={change.member_id ?? at}
          change={change}
          title={titleOf(change, controller)}
          fields={step.question.fields ?? []}
          errors={issues.filter((issue) => issue.roster?.entry === at).map(issueText)}
          onChange={(next) => put(changes.map((c, i) => (i === at ? next : c)))}
          onUndo={() => put(changes.filter((_, i) => i !== at))}
        />
      ))}
      <Button kind="quiet" icon="plus" onClick={() => begin({ op: 'add', member_id: uuidv7() })}>
        {t('visit.roster.add')}
      </Button>
      <div class="stack" aria-live="polite">
        {issues
          .filter((issue) => issue.roster?.entry === undefined)
          .map((issue) => (
            <p key={issue.roster?.what ?? issue.code} class="field-error">
              <Icon name="alert" size={18} />
              {issueText(issue)}
            </p>
          ))}
      </div>
    </fieldset>
  );
}

interface UntouchedProps {
  readonly controller: Controller;
  readonly changes: readonly RosterChange[];
  readonly onBegin: (change: RosterChange) => void;
}

/** Members nothing was said about yet. */
function Untouched({ controller, changes, onBegin }: UntouchedProps) {
  const { checklist, household } = controller.opened;
  const rest = household.members.filter((m) => !changes.some((c) => c.member_id === m.id));
  if (rest.length === 0) return null;
  return (
    <ul class="visit-members">
      {rest.map((m) => (
        <li key={m.id} class="inline">
          <span>{pick(personName(m, checklist))}</span>
          <span class="inline">
            <RowAct
              words={t('visit.roster.change')}
              who={m.name}
              onClick={() => onBegin({ op: 'change', member_id: m.id })}
            />
            <RowAct
              words={t('visit.roster.remove')}
              who={m.name}
              onClick={() => onBegin({ op: 'remove', member_id: m.id })}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}

function RowAct({ words, who, onClick }: { words: string; who: string; onClick: () => void }) {
  return (
    <button type="button" class="visit-more visit-more-row" aria-label={`${words} ${who}`} onClick={onClick}>
      {words}
    </button>
  );
}

function titleOf(change: RosterChange, controller: Controller): string {
  const { checklist, household } = controller.opened;
  const member = household.members.find((m) => m.id === change.member_id);
  const who = member ? pick(personName(member, checklist)) : (change.name ?? '');
  return t(`visit.roster.${change.op}Title`, { who });
}

/** A removal needs a reason only; identity number first, because it fills sex and birth date. */
const FIELDS = {
  add: ['name', 'id_number', 'sex', 'birth_on', 'relation', 'school_stage', 'labour', 'note'],
  change: ['name', 'id_number', 'sex', 'birth_on', 'relation', 'school_stage', 'labour', 'note'],
  remove: ['note'],
} as const;

interface EntryProps {
  readonly change: RosterChange;
  readonly title: string;
  readonly fields: readonly FormField[];
  readonly errors: readonly string[];
  readonly onChange: (change: RosterChange) => void;
  readonly onUndo: () => void;
}

function Entry({ change, title, fields, errors, onChange, onUndo }: EntryProps) {
  const wanted = FIELDS[change.op].flatMap((id) => {
    const field = fields.find((f) => f.id === id);
    return field ? [{ ...field, id }] : [];
  });
  return (
    <fieldset class="visit-entry">
      <legend class="visually-hidden">{title}</legend>
      <div class="visit-entry-head">
        <span aria-hidden="true">{title}</span>
        <Button kind="plain" onClick={onUndo}>
          {t('visit.roster.undo')}
        </Button>
      </div>
      {wanted.map((field) => (
        <EntryField
          key={field.id}
          field={field}
          value={change[field.id] ?? ''}
          onInput={(text) => onChange(typeInto(change, field.id, text, today()))}
        />
      ))}
      <div aria-live="polite">
        {errors.map((error) => (
          <p key={error} class="field-error">
            <Icon name="alert" size={18} />
            {error}
          </p>
        ))}
      </div>
    </fieldset>
  );
}

interface EntryFieldProps {
  readonly field: FormField;
  readonly value: string;
  readonly onInput: (text: string) => void;
}

function EntryField({ field, value, onInput }: EntryFieldProps) {
  const id = useId();
  const label = pick(field.label);
  if (field.type !== 'one')
    return (
      <Field
        label={label}
        value={value}
        type={field.type === 'date' ? 'date' : 'text'}
        maxLength={field.type === 'id_number' ? 18 : field.max_length}
        max={field.type === 'date' ? today() : undefined}
        hint={field.type === 'id_number' ? t('visit.roster.idHint') : undefined}
        onInput={onInput}
      />
    );
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="field-box">
        <select id={id} class="visit-select" value={value} onChange={(e) => onInput(e.currentTarget.value)}>
          <option value="">{t('visit.roster.choose')}</option>
          {field.options?.map((o) => (
            <option key={o.id} value={o.id}>
              {pick(o.label)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
