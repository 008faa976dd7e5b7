/** People from a sheet: choose it, see what would become of each row, confirm, hand over the passwords. */
import { useRef, useState } from 'preact/hooks';
import type { CheckedSheet, Imported, RowStatus } from '../../core/api/accountTypes';
import { t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { Banner } from '../../ui/banner';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Chips } from '../../ui/chips';
import { fetchTemplate, save, sendSheet } from './acts';
import { Below, Trouble } from './frame';
import { CheckedRows, MadeRows } from './importTable';
import { useAct } from './useAct';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_BYTES = 2 * 1024 * 1024;
const STATUSES: readonly RowStatus[] = ['error', 'conflict', 'create', 'same'];

interface Chosen {
  file: File;
  /** Of the import, should it be confirmed. */
  op: string;
}

function Choose({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const template = useAct(fetchTemplate, (file) => save(file, t('accounts.sheet.templateName')));
  const choose = (file: File | undefined) => {
    if (!file) return;
    setTooLarge(file.size > MOST_BYTES);
    if (file.size <= MOST_BYTES) onChosen({ file, op: uuidv7() });
  };
  return (
    <Card>
      <div class="stack">
        <p>{t('accounts.sheet.how')}</p>
        <div class="acc-actions">
          <Button kind="quiet" icon="download" busy={template.busy} onClick={template.run}>
            {t('accounts.sheet.template')}
          </Button>
          <Button icon="upload" onClick={() => input.current?.click()}>
            {t('accounts.sheet.choose')}
          </Button>
        </div>
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          accept=".xlsx"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => {
            choose(event.currentTarget.files?.[0]);
            event.currentTarget.value = ''; // so that the same file, corrected, can be chosen again
          }}
        />
        {tooLarge && (
          <Banner icon="alert" role="alert">
            {t('accounts.sheet.tooLarge')}
          </Banner>
        )}
        <Trouble error={template.error} />
      </div>
    </Card>
  );
}

interface CheckedProps {
  chosen: Chosen;
  sheet: CheckedSheet;
  onMade: (made: Imported) => void;
}

function Checked({ chosen, sheet, onMade }: CheckedProps) {
  const [shown, setShown] = useState<RowStatus | ''>('');
  const query = new URLSearchParams({ op_id: chosen.op, digest: sheet.digest });
  const making = useAct(() => sendSheet<Imported>(`/users/imports?${query}`, chosen.file), onMade);
  const create = sheet.counts.create ?? 0;
  const left = sheet.rows.length - create;
  const rows = shown === '' ? sheet.rows : sheet.rows.filter((row) => row.status === shown);
  return (
    <>
      <Banner icon="info" role="status">
        {t('accounts.sheet.nothingYet', { n: create, left })}
      </Banner>
      <Chips
        label={t('accounts.sheet.byStatus')}
        value={shown}
        items={[
          { id: '', label: t('accounts.state.all'), count: sheet.rows.length },
          ...STATUSES.map((id) => ({
            id,
            label: t(`accounts.sheet.status.${id}`),
            count: sheet.counts[id] ?? 0,
          })),
        ]}
        onChange={(id) => setShown(id as RowStatus | '')}
      />
      <CheckedRows rows={rows} />
      <Trouble error={making.error} />
      {create > 0 && (
        <Button block busy={making.busy} onClick={making.run}>
          {t('accounts.sheet.confirm', { n: create })}
        </Button>
      )}
    </>
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

function Made({ made }: { made: Imported }) {
  const shown = made.created.some((one) => one.password !== null);
  return (
    <>
      <Banner icon="check" tone="green" role="status">
        {t('accounts.sheet.made', { n: made.created.length })}
      </Banner>
      <p>{t(shown ? 'accounts.sheet.once' : 'accounts.once.shown')}</p>
      <div class="acc-actions">
        <Button
          icon="download"
          onClick={() =>
            save(new Blob([bytesOf(made.sheet)], { type: XLSX }), t('accounts.sheet.passwordsName'))
          }
        >
          {t('accounts.sheet.download')}
        </Button>
        <Button kind="quiet" href="#/accounts?state=waiting">
          {t('accounts.sheet.toList')}
        </Button>
      </div>
      <MadeRows rows={made.created} />
    </>
  );
}

export function ImportScreen() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [sheet, setSheet] = useState<CheckedSheet | null>(null);
  const [made, setMade] = useState<Imported | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const check = async (next: Chosen) => {
    setChosen(next);
    setSheet(null);
    setError(null);
    setBusy(true);
    try {
      setSheet(await sendSheet<CheckedSheet>('/users/imports/check', next.file));
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return (
    <Below title={t('accounts.import')} note={chosen && !made ? chosen.file.name : ''} wide>
      {made === null && <Choose onChosen={(next) => void check(next)} />}
      {busy && (
        <p role="status" aria-busy="true">
          {t('accounts.sheet.checking')}
        </p>
      )}
      <Trouble error={error} />
      {made === null && chosen && sheet && (
        <Checked key={chosen.op} chosen={chosen} sheet={sheet} onMade={setMade} />
      )}
      {made && <Made made={made} />}
    </Below>
  );
}
