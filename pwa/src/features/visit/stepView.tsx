/** One question: what was said last time, its control, what is wrong with the answer, and a place for a note. */
import { useComputed } from '@preact/signals';
import { useState } from 'preact/hooks';
import { issueWords } from '../../core/api/problem';
import { incomeLine } from '../../core/assignments';
import type { Json } from '../../core/canonical';
import { dayOf } from '../../core/clock';
import { showDay } from '../../core/format';
import { pick, t } from '../../core/i18n';
import { Field } from '../../ui/field';
import { Icon } from '../../ui/icon';
import { MoneyInput, showMoney } from '../../ui/money';
import { Tag } from '../../ui/tag';
import { ChoiceList } from './choiceList';
import { askable, choose, isChosen, settles } from './choices';
import type { Controller } from './controller';
import { lastAnswer, sameAnswer } from './last';
import { answerAt, type Step } from './model';
import { PhotoStep } from './photoStep';
import { RosterStep } from './rosterStep';
import type { Question } from './types';
import { answerText, issueText, optionsFor, personName, wanEcho } from './words';

export interface StepProps {
  readonly controller: Controller;
  readonly step: Step;
  /** The question is answered for good; the form may move on. */
  readonly onSettled: (step: Step) => void;
}

export function StepView(props: StepProps) {
  const { controller, step } = props;
  const { question } = step;
  return (
    // Focusable by script only, so that a jump also moves the reading position.
    <div class="visit-step" id={`q-${step.key}`} tabIndex={-1} onFocusIn={() => controller.moveTo(step.key)}>
      <Comments controller={controller} question={question.id} />
      {question.observer && (
        <span class="visit-observer">
          <Tag tone="accent">{t('visit.observer')}</Tag>
        </span>
      )}
      {question.id === 'roster_change' && <Roster controller={controller} />}
      <LastTime {...props} />
      <Control {...props} />
      <Tools controller={controller} step={step} />
    </div>
  );
}

/** What the reviewer said about this question. */
function Comments({ controller, question }: { controller: Controller; question: string }) {
  const { household, draft, problem } = controller.opened;
  const answers = household.returned?.visit_id === draft.revises;
  const returned = answers ? (household.returned?.comments ?? []) : [];
  const comments = returned.filter((c) => c.question === question);
  const refused = problem?.errors?.[question] ?? [];
  return (
    <>
      {refused.map((error) => (
        <p key={error.code} class="visit-comment">
          <b>{t('visit.serverSays')}</b>
          {issueWords(error.code)}
        </p>
      ))}
      {comments.map((comment) => (
        <p key={comment.text} class="visit-comment">
          <b>{t('visit.reviewerSays')}</b>
          {comment.text}
        </p>
      ))}
    </>
  );
}

/** The household as the register has it, to be confirmed at a glance. */
function Roster({ controller }: { controller: Controller }) {
  const { checklist, household } = controller.opened;
  const { members } = household;
  return (
    <div class="visit-roster">
      <p class="muted small">{t('visit.roster.have', { n: members.length })}</p>
      <p>{members.map((member) => pick(personName(member, checklist))).join(t('visit.comma'))}</p>
    </div>
  );
}

/** The answer of a step; who reads it is drawn again only when it is another one. */
const useAnswer = ({ answers }: Controller, step: Step) => useComputed(() => answerAt(answers.value, step));

/** What was said last time, in words, and whether it is said again: drawn anew when one of the two changes. */
function useLast(controller: Controller, step: Step) {
  const given = useAnswer(controller, step);
  const { last } = controller;
  const value = useComputed(() =>
    last === null ? undefined : lastAnswer(step, last, controller.form.value.around),
  );
  const words = useComputed(() => {
    if (last === null || value.value === undefined) return null;
    const { around } = controller.form.value;
    return t('visit.last', {
      day: showDay(dayOf(Date.parse(last.visited_at))),
      answer: answerText(step.question, value.value, around.people, controller.opened.checklist),
    });
  });
  const now = useComputed(() => {
    if (given.value === undefined || value.value === undefined) return 'open';
    return sameAnswer(given.value, value.value) ? 'same' : 'other';
  });
  return { words: words.value, now: now.value };
}

function LastTime({ controller, step, onSettled }: StepProps) {
  const { words, now } = useLast(controller, step);
  if (words === null) return null;
  if (now !== 'open')
    return (
      <p class="visit-was">
        {words}
        {now === 'same' && <Tag tone="green">{t('visit.sameNow')}</Tag>}
      </p>
    );
  const take = () => {
    controller.takeStep(step);
    onSettled(step);
  };
  return (
    <button type="button" class="visit-last" onClick={take}>
      <span>{words}</span>
      <b>{t('visit.same')}</b>
    </button>
  );
}

/** The question's hint; the one about the income band names the line of the year in yuan. */
function hintOf(question: Question): string | undefined {
  const yuan = question.id === 'inc_band' ? incomeLine.value : null;
  if (yuan !== null) return t('visit.incomeLine', { amount: showMoney(yuan) });
  return question.hint && pick(question.hint);
}

function Control(props: StepProps) {
  const { controller, step } = props;
  const { question } = step;
  const mine = controller.issues.value.filter((issue) => issue.key === step.key);
  const error = mine[0] && issueText(mine[0]);
  const value = useAnswer(controller, step).value;
  const set = (next: Json | undefined) => controller.typed(step, next);
  const label = pick(question.label);
  const hint = hintOf(question);
  if (question.type === 'photo') return <PhotoStep controller={controller} step={step} />;
  if (question.type === 'repeat') return <RosterStep controller={controller} step={step} issues={mine} />;
  if (question.type === 'money')
    return (
      <MoneyInput
        label={label}
        hint={hint}
        error={error}
        value={typeof value === 'string' ? value : null}
        echo={wanEcho}
        unit={t('visit.unit')}
        onChange={(next) => set(next ?? undefined)}
      />
    );
  if (question.type === 'date')
    return (
      <Field
        type="date"
        label={label}
        hint={hint}
        error={error}
        value={typeof value === 'string' ? value : ''}
        onInput={(next) => set(next === '' ? undefined : next)}
      />
    );
  return <Choices {...props} value={value} error={error} />;
}

function Choices(props: StepProps & { value: Json | undefined; error: string | undefined }) {
  const { controller, step, value, error } = props;
  const { question } = step;
  const { people } = controller.form.value.around;
  const { checklist } = controller.opened;
  const pickOption = (option: string) => {
    controller.answer(step, choose(question, value, option));
    if (settles(question, option)) props.onSettled(step);
  };
  return (
    <ChoiceList
      legend={pick(question.label)}
      hint={hintOf(question)}
      error={error}
      options={optionsFor(question, askable(question, checklist, people), checklist)}
      several={question.type !== 'one'}
      isOn={(option) => isChosen(value, option)}
      onPick={pickOption}
    />
  );
}

const NOTE_LENGTH = 500;

/** Under the answer: a note, the question read aloud, the answer taken back. */
function Tools({ controller, step }: Pick<StepProps, 'controller' | 'step'>) {
  const { question } = step;
  const noted = step.loop === undefined && question.type !== 'photo';
  const text = useComputed(() => controller.draft.value.notes[question.id] ?? '').value;
  const [open, setOpen] = useState(text !== '');
  const Listen = controller.aloud.value?.Button;
  return (
    <>
      {noted && open && (
        <Field
          label={t('visit.note')}
          multiline
          maxLength={NOTE_LENGTH}
          value={text}
          onInput={(next) => controller.note(question.id, next)}
        />
      )}
      <div class="visit-tools">
        {noted && !open && (
          <button type="button" class="visit-more" onClick={() => setOpen(true)}>
            <Icon name="edit" size={18} />
            {t('visit.addNote')}
          </button>
        )}
        {Listen && <Listen controller={controller} step={step} />}
        <TakeBack controller={controller} step={step} />
      </div>
    </>
  );
}

/** A slip of the finger must not turn "not asked" into an answer for good. */
function TakeBack({ controller, step }: Pick<StepProps, 'controller' | 'step'>) {
  const { type, label } = step.question;
  const given = useAnswer(controller, step).value !== undefined;
  if (!given || type === 'photo' || type === 'repeat') return null;
  return (
    <button
      type="button"
      class="visit-more"
      aria-label={t('visit.takeBackOf', { question: pick(label) })}
      onClick={() => controller.answer(step, undefined)}
    >
      <Icon name="erase" size={18} />
      {t('visit.takeBack')}
    </button>
  );
}
