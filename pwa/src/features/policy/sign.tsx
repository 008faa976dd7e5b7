/** Signing an act of the county: its days, the reason and, last, one's own password. */
import { useRef, useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { Setting } from '../../core/api/policyTypes';
import { ServerProblem } from '../../core/api/problem';
import { today } from '../../core/clock';
import { hasText, t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { errorHelp } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import {
  type Act,
  blankDraft,
  contentOf,
  type Draft,
  type FieldName,
  refusedFields,
  revocationRequest,
  settingRequest,
  type Wrong,
  wrongIn,
} from './signModel';
import { readRules } from './store';
import { parseValue, unitWord, valueWord } from './values';
import { trialHref } from './whatif/model';

function send(act: Act, draft: Draft, id: string): Promise<Setting> {
  if (act.what !== 'revoke')
    return call(api.POST('/policy/settings', { body: settingRequest(act, draft, id) }));
  const path = { setting_id: act.setting.id };
  return call(
    api.POST('/policy/settings/{setting_id}/revoke', {
      params: { path },
      body: revocationRequest(draft, id),
    }),
  );
}

interface Signing {
  draft: Draft;
  wrong: Wrong;
  busy: boolean;
  error: unknown;
  write: (name: FieldName, value: string) => void;
  sign: () => void;
}

/** The form's state; `onDone` is called once the server has the act. */
function useSigning(act: Act, onDone: () => void): Signing {
  const [draft, setDraft] = useState(() => blankDraft(today()));
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sent = useRef({ content: '', id: '' });
  const write = (name: FieldName, value: string) => {
    setDraft({ ...draft, [name]: value });
    setWrong({ ...wrong, [name]: undefined });
  };
  const sign = async () => {
    const found = wrongIn(act, draft);
    setWrong(found);
    setError(null);
    if (Object.keys(found).length > 0) return;
    if (sent.current.content !== contentOf(draft)) sent.current = { content: contentOf(draft), id: uuidv7() };
    setBusy(true);
    try {
      await send(act, draft, sent.current.id);
      await readRules();
      onDone();
    } catch (problem) {
      setWrong(refusedFields(problem));
      setError(problem);
      setBusy(false);
    }
  };
  return { draft, wrong, busy, error, write, sign: () => void sign() };
}

function wrongWord(wrong: Wrong, name: FieldName): string | undefined {
  const code = wrong[name];
  if (code === undefined) return undefined;
  if (name === 'value' && hasText(`policy.wrong.${code}`)) return t(`policy.wrong.${code}`);
  return hasText(`policy.sign.wrong.${name}.${code}`)
    ? t(`policy.sign.wrong.${name}.${code}`)
    : t('policy.sign.wrong.other', { code });
}

function ValueField({ act, form }: { act: Extract<Act, { what: 'parameter' }>; form: Signing }) {
  const { parameter } = act;
  const value = parseValue(form.draft.value, parameter.unit);
  const trial =
    value === undefined ? null : { focus: parameter.name, set: { [parameter.name]: value }, off: [] };
  return (
    <>
      <Field
        label={t('policy.sign.value', { now: valueWord(parameter.value, parameter.unit) })}
        value={form.draft.value}
        inputMode="decimal"
        maxLength={14}
        error={wrongWord(form.wrong, 'value')}
        onInput={(text) => form.write('value', text)}
        trailing={<span class="pol-unit">{unitWord(parameter.unit)}</span>}
      />
      {trial && (
        <a class="pol-try" href={trialHref(trial)}>
          {t('policy.sign.tryFirst')}
        </a>
      )}
    </>
  );
}

function Days({ act, form }: { act: Act; form: Signing }) {
  const ending = act.what === 'revoke';
  return (
    <div class="pol-pair">
      <Field
        label={t(ending ? 'policy.sign.endFrom' : 'policy.sign.from')}
        type="date"
        value={form.draft.from}
        error={wrongWord(form.wrong, 'from')}
        onInput={(text) => form.write('from', text)}
      />
      {!ending && (
        <Field
          label={t('policy.sign.until')}
          type="date"
          value={form.draft.until}
          min={form.draft.from}
          error={wrongWord(form.wrong, 'until')}
          onInput={(text) => form.write('until', text)}
        />
      )}
    </div>
  );
}

/** A refusal that belongs to no field. */
function Refused({ form }: { form: Signing }) {
  const inFields = Object.values(form.wrong).some((code) => code !== undefined);
  if (form.error === null || inFields) return null;
  const wait = form.error instanceof ServerProblem ? form.error.problem.retry_after : undefined;
  return (
    <Banner icon="alert" role="alert">
      {errorHelp(form.error)}
      {wait !== undefined && ` ${t('policy.sign.wait', { s: wait })}`}
    </Banner>
  );
}

export interface SignProps {
  act: Act;
  title: string;
  onClose: () => void;
}

export function SignSheet({ act, title, onClose }: SignProps) {
  const form = useSigning(act, onClose);
  const trial = act.what === 'rule_off' ? trialHref({ focus: '', set: {}, off: [act.rule.rule] }) : undefined;
  return (
    <Sheet
      open
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('policy.cancel')}
          </Button>
          <Button busy={form.busy} onClick={form.sign}>
            {t('policy.sign.sign')}
          </Button>
        </>
      }
    >
      {act.what === 'parameter' && <ValueField act={act} form={form} />}
      {trial && (
        <a class="pol-try" href={trial}>
          {t('policy.sign.tryFirst')}
        </a>
      )}
      <Days act={act} form={form} />
      <Field
        label={t('policy.sign.reason')}
        hint={t('policy.sign.reasonHint')}
        multiline
        maxLength={500}
        value={form.draft.reason}
        error={wrongWord(form.wrong, 'reason')}
        onInput={(text) => form.write('reason', text)}
      />
      <Field
        label={t('policy.sign.password')}
        hint={t('policy.sign.passwordHint')}
        type="password"
        autocomplete="current-password"
        maxLength={128}
        value={form.draft.password}
        error={wrongWord(form.wrong, 'password')}
        onInput={(text) => form.write('password', text)}
      />
      <Refused form={form} />
      <p class="muted small">{t('policy.sign.effect')}</p>
    </Sheet>
  );
}
