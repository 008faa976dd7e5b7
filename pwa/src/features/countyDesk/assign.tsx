/** Giving cases to a person of the office or to a department: the bar under the list, the sheet, and what became of it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AssignmentResult, Staff } from '../../core/api/deskTypes';
import { codeText, errorText } from '../../core/api/problem';
import { t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { user } from '../../core/session';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { ChoiceOne } from '../../ui/choice';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Skeleton } from '../../ui/progress';
import { type Assignee, assigneeKey, assigneeName, assigneeOf } from './model';
import { assign, readStaff, staff } from './store';
import { tell } from './told';

/** Whose cases are given. */
export interface Given {
  readonly id: string;
  readonly name: string;
}

function tellResults(results: readonly AssignmentResult[], given: readonly Given[], to: string): void {
  const count = (status: AssignmentResult['status']) => results.filter((one) => one.status === status).length;
  const nameOf = (id: string) => given.find((one) => one.id === id)?.name ?? id;
  const unchanged = count('unchanged');
  const words = [
    t('desk.assigned', { n: count('assigned'), to }),
    unchanged > 0 && t('desk.unchanged', { n: unchanged }),
  ];
  const refused = results
    .filter((one) => one.status === 'refused')
    .map((one) => t('desk.refused', { name: nameOf(one.visit_id), why: refusal(one.code) }));
  tell(words.filter(Boolean).join(' '), refused);
}

const refusal = (code: string | null): string =>
  code === 'not_handed_up' || code === 'recheck_not_found' ? t('desk.notHere') : codeText(code ?? '');

/** An act keeps its number as long as it says the same: sent again after a lost answer it is one act. */
function useNumber(): (says: string) => string {
  const held = useRef({ says: '', id: '' });
  return (says) => {
    if (held.current.says !== says) held.current = { says, id: uuidv7() };
    return held.current.id;
  };
}

export interface Assigning {
  busy: boolean;
  error: unknown;
  give: (to: Assignee, note: string) => void;
}

/** Gives these cases; `done` is called once the server has answered. */
export function useAssigning(given: readonly Given[], done: () => void): Assigning {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const number = useNumber();
  const give = async (to: Assignee, note: string) => {
    const ids = given.map((one) => one.id);
    setBusy(true);
    setError(null);
    try {
      const results = await assign(number(JSON.stringify([ids, to, note])), ids, to, note);
      tellResults(results, given, assigneeName(to, staff.value) || (user.value?.display_name ?? ''));
      done();
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return { busy, error, give: (to, note) => void give(to, note) };
}

export const myself = (): Assignee => ({ kind: 'person', id: user.value?.id ?? '' });

function options(known: Staff): { id: string; label: string; hint?: string }[] {
  const me = user.value?.id;
  const people = [...known.people].sort((a, b) => Number(b.id === me) - Number(a.id === me));
  return [
    ...people.map((one) => ({
      id: assigneeKey({ kind: 'person', id: one.id }),
      label: one.id === me ? t('desk.myself', { name: one.name }) : one.name,
    })),
    ...known.departments.map((name) => ({
      id: assigneeKey({ kind: 'department', name }),
      label: name,
      hint: t('desk.department'),
    })),
  ];
}

interface AssignSheetProps {
  given: readonly Given[];
  onClose: () => void;
  onDone: () => void;
}

const NOTE_MAX = 300;

export function AssignSheet({ given, onClose, onDone }: AssignSheetProps) {
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const [unread, setUnread] = useState<unknown>(null);
  const doing = useAssigning(given, onDone);
  useEffect(() => {
    readStaff().catch(setUnread);
  }, []);
  const known = staff.value;
  const go = () => {
    setTried(true);
    const assignee = to === null ? null : assigneeOf(to);
    if (assignee) doing.give(assignee, note.trim());
  };
  return (
    <Sheet
      open
      title={t('desk.assignTitle', { n: given.length })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('desk.cancel')}
          </Button>
          <Button busy={doing.busy} disabled={known === null} onClick={go}>
            {t('desk.assignN', { n: given.length })}
          </Button>
        </>
      }
    >
      <p class="muted desk-names">{given.map((one) => one.name).join('、')}</p>
      {known === null && unread === null && <Skeleton label={t('desk.loading')} lines={3} />}
      {known !== null && (
        <ChoiceOne
          legend={t('desk.assignTo')}
          error={tried && to === null ? t('desk.assignMissing') : undefined}
          options={options(known)}
          columns={2}
          value={to}
          onChange={setTo}
        />
      )}
      <Field label={t('desk.note')} value={note} maxLength={NOTE_MAX} multiline onInput={setNote} />
      {(doing.error ?? unread) !== null && (
        <Banner icon="alert" role="alert">
          {errorText(doing.error ?? unread)}
        </Banner>
      )}
    </Sheet>
  );
}

interface BarProps {
  given: readonly Given[];
  onClear: () => void;
  onDone: () => void;
}

/** What can be done with the cases that are chosen. */
export function ChosenBar({ given, onClear, onDone }: BarProps) {
  const [open, setOpen] = useState(false);
  const self = useAssigning(given, onDone);
  return (
    <fieldset class="desk-bar" aria-label={t('desk.chosenActs')}>
      <span class="desk-bar-words num">{t('desk.chosen', { n: given.length })}</span>
      {self.error !== null && <span role="alert">{errorText(self.error)}</span>}
      <Button kind="plain" onClick={onClear}>
        {t('desk.chooseNone')}
      </Button>
      <Button kind="quiet" busy={self.busy} onClick={() => self.give(myself(), '')}>
        {t('desk.toMe')}
      </Button>
      <Button onClick={() => setOpen(true)}>{t('desk.assign')}</Button>
      {open && (
        <AssignSheet
          given={given}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onDone();
          }}
        />
      )}
    </fieldset>
  );
}
