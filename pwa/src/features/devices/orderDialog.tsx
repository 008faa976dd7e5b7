/** Ordering a phone: what it said last, the choices with what exactly each does to unsent work, and the reason. */
import { useState } from 'preact/hooks';
import { api, call } from '../../core/api/client';
import type { DeviceRow } from '../../core/api/deviceTypes';
import { t } from '../../core/i18n';
import type { Order } from '../../core/sync/wire';
import { errorHelp } from '../../record';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { ChoiceMany, ChoiceOne } from '../../ui/choice';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { ageAt, choicesFor, holdsWork, span, unsentOf } from './model';
import { agoText, lossText, spanText, workText } from './words';

const REASON_MAX = 200;

function Said({ row, at }: { row: DeviceRow; at: string }) {
  const unsent = unsentOf(row);
  const when = agoText(at, row.last_contact_at);
  if (row.wiped_at !== null) return null;
  if (unsent === null) return <p>{t('devices.dialog.saidNothing', { when })}</p>;
  if (!holdsWork(unsent)) return <p>{t('devices.dialog.saidNone', { when })}</p>;
  const what = workText(unsent);
  if (row.oldest_unsent_at === null) return <p>{t('devices.dialog.said', { when, what })}</p>;
  const oldest = spanText(span(ageAt(at, row.oldest_unsent_at)));
  return <p>{t('devices.dialog.saidOldest', { when, what, oldest })}</p>;
}

function hintOf(order: Order, row: DeviceRow): string {
  if (order === 'active')
    return t(row.wiped_at === null ? 'devices.dialog.activeText' : 'devices.dialog.activeWiped');
  if (order === 'drain') return t('devices.dialog.drainText');
  return t('devices.dialog.killText', { lost: lossText(row) });
}

/** Whether the order may destroy work, so that it has to be confirmed. */
function destroys(order: Order | null, row: DeviceRow): boolean {
  const unsent = unsentOf(row);
  return order === 'kill' && (unsent === null || holdsWork(unsent));
}

interface Wrong {
  order?: string | undefined;
  reason?: string | undefined;
  understood?: string | undefined;
}

interface Draft {
  order: Order | null;
  reason: string;
  understood: boolean;
}

function wrongIn(draft: Draft, row: DeviceRow): Wrong {
  return {
    order: draft.order ? undefined : t('devices.dialog.whatMissing'),
    reason: draft.reason.trim() ? undefined : t('devices.dialog.reasonMissing'),
    understood:
      destroys(draft.order, row) && !draft.understood ? t('devices.dialog.understoodMissing') : undefined,
  };
}

export interface OrderDialogProps {
  row: DeviceRow;
  /** The moment that ages are counted from. */
  at: string;
  onClose: () => void;
  onGiven: (row: DeviceRow) => void;
}

interface Giving {
  draft: Draft;
  wrong: Wrong;
  busy: boolean;
  error: unknown;
  change: (part: Partial<Draft>) => void;
  give: () => void;
}

function useGiving(row: DeviceRow, onGiven: (row: DeviceRow) => void): Giving {
  const [draft, setDraft] = useState<Draft>({ order: null, reason: '', understood: false });
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setWrong({});
  };
  const give = async () => {
    const found = wrongIn(draft, row);
    setWrong(found);
    setError(null);
    const { order } = draft;
    if (!order || Object.values(found).some((words) => words !== undefined)) return;
    setBusy(true);
    const params = { path: { device_id: row.id } };
    const body = { order, reason: draft.reason.trim() };
    try {
      onGiven(await call(api.POST('/devices/{device_id}/orders', { params, body })));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return { draft, wrong, busy, error, change, give: () => void give() };
}

export function OrderDialog({ row, at, onClose, onGiven }: OrderDialogProps) {
  const form = useGiving(row, onGiven);
  const { draft, wrong } = form;
  return (
    <Sheet
      open
      title={t('devices.orderFor', { name: row.display_name })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('devices.dialog.cancel')}
          </Button>
          <Button kind={draft.order === 'kill' ? 'danger' : 'primary'} busy={form.busy} onClick={form.give}>
            {t(`devices.dialog.give.${draft.order ?? 'none'}`)}
          </Button>
        </>
      }
    >
      <Said row={row} at={at} />
      <ChoiceOne
        legend={t('devices.dialog.what')}
        error={wrong.order}
        options={choicesFor(row).map((id) => ({
          id,
          label: t(`devices.dialog.${id}`),
          hint: hintOf(id, row),
        }))}
        value={draft.order}
        onChange={(id) => form.change({ order: id as Order })}
      />
      {destroys(draft.order, row) && (
        <ChoiceMany
          legend={t('devices.dialog.understood')}
          hideLegend
          error={wrong.understood}
          options={[{ id: 'yes', label: t('devices.dialog.understood') }]}
          value={draft.understood ? ['yes'] : []}
          onChange={(ids) => form.change({ understood: ids.length > 0 })}
        />
      )}
      <Field
        label={t('devices.dialog.reason')}
        hint={t('devices.dialog.reasonHint')}
        value={draft.reason}
        maxLength={REASON_MAX}
        error={wrong.reason}
        onInput={(reason) => form.change({ reason })}
      />
      {form.error !== null && (
        <Banner icon="alert" role="alert">
          {errorHelp(form.error)}
        </Banner>
      )}
    </Sheet>
  );
}
