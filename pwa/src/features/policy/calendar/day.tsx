/** One day of the calendar as the county's notice has it. */
import { useState } from 'preact/hooks';
import { api, call } from '../../../core/api/client';
import type { CalendarDay } from '../../../core/api/policyTypes';
import { showDay } from '../../../core/format';
import { pick, t } from '../../../core/i18n';
import { errorHelp } from '../../../record';
import { Banner } from '../../../ui/banner';
import { Button } from '../../../ui/button';
import { ChoiceOne } from '../../../ui/choice';
import { Sheet } from '../../../ui/dialog';
import { Field } from '../../../ui/field';
import { isCountys } from './model';

export interface DayProps {
  /** '' when the day is still to be chosen. */
  date: string;
  known: CalendarDay | null;
  onClose: () => void;
  /** The day that was entered or taken back. */
  onSaved: (date: string) => void;
}

interface Draft {
  date: string;
  working: boolean | null;
  name: string;
  source: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function missingIn(draft: Draft): Partial<Record<keyof Draft, string>> {
  return {
    ...(DAY.test(draft.date) ? {} : { date: 'policy.sign.wrong.from.day' }),
    ...(draft.working === null ? { working: 'policy.calendar.wrongKind' } : {}),
    ...(draft.name.trim() === '' ? { name: 'policy.calendar.wrongName' } : {}),
    ...(draft.source.trim() === '' ? { source: 'policy.calendar.wrongSource' } : {}),
  };
}

function draftOf(date: string, known: CalendarDay | null): Draft {
  const own = isCountys(known) ? known : null;
  return {
    date,
    working: own?.working ?? null,
    name: own?.name ? pick(own.name) : '',
    source: own?.source ?? '',
  };
}

function save(draft: Draft): Promise<unknown> {
  const body = {
    working: draft.working === true,
    name: draft.name.trim(),
    source: draft.source.trim(),
  };
  return call(api.PUT('/calendar/days/{on}', { params: { path: { on: draft.date } }, body }));
}

const takeBack = (date: string): Promise<unknown> =>
  call(api.DELETE('/calendar/days/{on}', { params: { path: { on: date } } }));

export function DaySheet({ date, known, onClose, onSaved }: DayProps) {
  const [draft, setDraft] = useState(() => draftOf(date, known));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const missing = missingIn(draft);
  const wordOf = (name: keyof Draft) => {
    const key = tried ? missing[name] : undefined;
    return key === undefined ? undefined : t(key);
  };
  const send = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      onSaved(draft.date || date);
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const submit = () => {
    setTried(true);
    if (Object.keys(missing).length === 0) void send(() => save(draft));
  };
  return (
    <Sheet
      open
      title={date === '' ? t('policy.calendar.add') : showDay(date)}
      onClose={onClose}
      actions={
        <>
          {isCountys(known) && (
            <Button kind="danger" busy={busy} onClick={() => void send(() => takeBack(date))}>
              {t('policy.calendar.takeBack')}
            </Button>
          )}
          <Button kind="quiet" onClick={onClose}>
            {t('policy.cancel')}
          </Button>
          <Button busy={busy} onClick={submit}>
            {t('policy.calendar.save')}
          </Button>
        </>
      }
    >
      {date === '' && (
        <Field
          label={t('policy.calendar.date')}
          type="date"
          value={draft.date}
          error={wordOf('date')}
          onInput={(text) => setDraft({ ...draft, date: text })}
        />
      )}
      <ChoiceOne
        legend={t('policy.calendar.kind')}
        columns={2}
        value={draft.working === null ? null : draft.working ? 'work' : 'off'}
        options={[
          { id: 'off', label: t('policy.calendar.off') },
          { id: 'work', label: t('policy.calendar.working') },
        ]}
        error={wordOf('working')}
        onChange={(id) => setDraft({ ...draft, working: id === 'work' })}
      />
      <Field
        label={t('policy.calendar.name')}
        placeholder={t('policy.calendar.nameHint')}
        maxLength={40}
        value={draft.name}
        error={wordOf('name')}
        onInput={(text) => setDraft({ ...draft, name: text })}
      />
      <Field
        label={t('policy.calendar.source')}
        hint={t('policy.calendar.sourceHint')}
        maxLength={200}
        value={draft.source}
        error={wordOf('source')}
        onInput={(text) => setDraft({ ...draft, source: text })}
      />
      {error !== null && (
        <Banner icon="alert" role="alert">
          {errorHelp(error)}
        </Banner>
      )}
    </Sheet>
  );
}
