/** Grids of the area: who works each, which nobody does, and what may be done about it. */
import { useState } from 'preact/hooks';
import type { GridRow } from '../../core/api/accountTypes';
import { api, call } from '../../core/api/client';
import { t } from '../../core/i18n';
import { useReading } from '../../core/reading';
import { user } from '../../core/session';
import { Button } from '../../ui/button';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { EmptyState } from '../../ui/states';
import { Tag } from '../../ui/tag';
import * as acts from './acts';
import { Desk, Read, Trouble } from './frame';
import { gridsInOrder, resolved } from './model';
import { PlaceFields, usePlaces } from './places';
import { useAct } from './useAct';

const NAME_MAX = 40;

interface Editing {
  grid: GridRow | null;
  closing: boolean;
}

const mayChange = (): boolean => user.value?.role !== 'first_secretary';

function Members({ grid }: { grid: GridRow }) {
  if (grid.members.length === 0) return <Tag tone="strong">{t('accounts.grid.nobody')}</Tag>;
  return (
    <span class="acc-members">
      {grid.members.map((one) => (
        <a key={one.id} class="acc-link" href={`#/accounts/p/${one.id}`}>
          {one.display_name}
        </a>
      ))}
    </span>
  );
}

function GridItem({ grid, onEdit }: { grid: GridRow; onEdit: (editing: Editing) => void }) {
  const own = user.value?.region.path.length ?? 0;
  const place = grid.place.slice(Math.min(own, grid.place.length)).join(' › ');
  const isEmpty = grid.members.length === 0 && (grid.households === null || grid.households === 0);
  return (
    <li class="acc-grid">
      <div class="acc-thing">
        <b>{grid.name}</b>
        <small>
          {[place, grid.households === null ? '' : t('accounts.grid.households', { n: grid.households })]
            .filter(Boolean)
            .join(' · ')}
        </small>
        <Members grid={grid} />
      </div>
      {mayChange() && (
        <div class="acc-side">
          <Button
            kind="plain"
            label={t('accounts.grid.renameOf', { name: grid.name })}
            onClick={() => onEdit({ grid, closing: false })}
          >
            {t('accounts.grid.rename')}
          </Button>
          {isEmpty && (
            <Button
              kind="plain"
              label={t('accounts.grid.closeOf', { name: grid.name })}
              onClick={() => onEdit({ grid, closing: true })}
            >
              {t('accounts.grid.close')}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

interface DialogProps {
  editing: Editing;
  onClose: () => void;
  onDone: () => void;
}

async function send({ grid, closing }: Editing, op_id: string, name: string, village: string): Promise<void> {
  if (closing && grid) await acts.closeGrid(grid.code);
  else if (grid) await acts.renameGrid(grid.code, name);
  else await acts.addGrid({ op_id, village_code: village, name });
}

function titleOf({ grid, closing }: Editing): string {
  if (grid === null) return t('accounts.grid.new');
  return t(closing ? 'accounts.grid.closeOf' : 'accounts.grid.renameOf', { name: grid.name });
}

function GridDialog({ editing, onClose, onDone }: DialogProps) {
  const { grid, closing } = editing;
  const [name, setName] = useState(grid?.name ?? '');
  const [place, setPlace] = useState('');
  const [wrong, setWrong] = useState<{ name?: string; place?: string }>({});
  const regions = usePlaces(place.slice(0, 6)).data ?? [];
  const village = resolved(regions, 'village', place);
  const saving = useAct((op) => send(editing, op, name.trim(), village), onDone);
  const save = () => {
    const found = {
      ...(closing || name.trim() ? {} : { name: t('accounts.missing.name') }),
      ...(grid || village ? {} : { place: t('accounts.missing.place') }),
    };
    setWrong(found);
    if (Object.keys(found).length === 0) saving.run();
  };
  return (
    <Sheet
      open
      title={titleOf(editing)}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t('accounts.cancel')}
          </Button>
          <Button kind={closing ? 'danger' : 'primary'} busy={saving.busy} onClick={save}>
            {t(closing ? 'accounts.grid.close' : 'accounts.save')}
          </Button>
        </>
      }
    >
      {closing && <p>{t('accounts.grid.closeText')}</p>}
      {grid === null && <PlaceFields level="village" value={place} error={wrong.place} onChange={setPlace} />}
      {!closing && (
        <Field
          label={t('accounts.grid.name')}
          value={name}
          maxLength={NAME_MAX}
          error={wrong.name}
          onInput={setName}
        />
      )}
      <Trouble error={saving.error} />
    </Sheet>
  );
}

function List({ rows, onEdit }: { rows: readonly GridRow[]; onEdit: (editing: Editing) => void }) {
  const idle = rows.filter((row) => row.members.length === 0).length;
  if (rows.length === 0)
    return <EmptyState icon="pin" title={t('accounts.grid.none')} text={t('accounts.grid.noneText')} />;
  return (
    <>
      <p class="group">
        <span>{t('accounts.grid.count', { n: rows.length })}</span>
        {idle > 0 && <span>{t('accounts.grid.idle', { n: idle })}</span>}
      </p>
      <ul class="rows">
        {gridsInOrder(rows).map((grid) => (
          <GridItem key={grid.code} grid={grid} onEdit={onEdit} />
        ))}
      </ul>
    </>
  );
}

export function GridsScreen() {
  const [editing, setEditing] = useState<Editing | null>(null);
  const reading = useReading(
    `accounts/grids/${user.value?.id}`,
    async () => (await call(api.GET('/grids', {}))).items,
  );
  const done = () => {
    setEditing(null);
    reading.reload();
  };
  return (
    <Desk part="grids" subtitle={t('accounts.grid.about')}>
      {mayChange() && (
        <div class="acc-actions">
          <Button icon="plus" onClick={() => setEditing({ grid: null, closing: false })}>
            {t('accounts.grid.new')}
          </Button>
        </div>
      )}
      <Read reading={reading}>{(rows) => <List rows={rows} onEdit={setEditing} />}</Read>
      {editing && <GridDialog editing={editing} onClose={() => setEditing(null)} onDone={done} />}
    </Desk>
  );
}
