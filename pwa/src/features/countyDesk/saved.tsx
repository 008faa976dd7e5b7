/** Filters somebody saved under a name: choose, save the present one, rename, save anew, remove. Nobody else sees them. */
import './saved.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SavedFilter } from '../../core/api/deskTypes';
import { errorText } from '../../core/api/problem';
import { t } from '../../core/i18n';
import { uuidv7 } from '../../core/ids';
import { Button } from '../../ui/button';
import { Sheet } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { type FilteredList, isSaved, savedFor, toSaved } from './model';
import { readSaved, removeSaved, saved, saveFilter } from './savedStore';

type Query = Readonly<Record<string, string>>;

export interface SavedFiltersProps {
  list: FilteredList;
  /** What narrows now, as names and values. */
  query: Query;
  /** Whether that is anything worth a name. */
  narrowed: boolean;
  onChoose: (query: Query) => void;
}

const NAME_MAX = 30;

/** What the sheet is open for: a new filter, or one that is there. */
type Open = { kind: 'new' } | { kind: 'edit'; filter: SavedFilter };

export function SavedFilters({ list, query, narrowed, onChoose }: SavedFiltersProps) {
  const [open, setOpen] = useState<Open | null>(null);
  useEffect(() => {
    void readSaved();
  }, []);
  const mine = savedFor(saved.value.items, list);
  const current = mine.find((one) => isSaved(one, list, query));
  if (mine.length === 0 && !narrowed) return null;
  return (
    <fieldset class="saved" aria-label={t('desk.saved')}>
      {mine.map((one) => (
        <button
          key={one.id}
          type="button"
          class="chip"
          aria-pressed={one === current}
          onClick={() => onChoose(one.query)}
        >
          {one.name}
        </button>
      ))}
      {current ? (
        <Button kind="plain" icon="edit" onClick={() => setOpen({ kind: 'edit', filter: current })}>
          {t('desk.editSaved')}
        </Button>
      ) : (
        narrowed && (
          <Button kind="plain" icon="plus" onClick={() => setOpen({ kind: 'new' })}>
            {t('desk.saveThis')}
          </Button>
        )
      )}
      {open && <SaveSheet open={open} list={list} query={query} onClose={() => setOpen(null)} />}
    </fieldset>
  );
}

interface SaveSheetProps {
  open: Open;
  list: FilteredList;
  query: Query;
  onClose: () => void;
}

function SaveSheet({ open, list, query, onClose }: SaveSheetProps) {
  const before = open.kind === 'edit' ? open.filter : null;
  const id = useRef(before?.id ?? uuidv7()).current;
  const [name, setName] = useState(before?.name ?? '');
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await act();
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const save = () => {
    setTried(true);
    if (name.trim() !== '')
      void run(() => saveFilter({ id, name: name.trim(), query: toSaved(list, query) }));
  };
  return (
    <Sheet
      open
      title={t(before ? 'desk.editSaved' : 'desk.saveThis')}
      onClose={onClose}
      actions={
        <>
          {before && (
            <Button kind="danger" disabled={busy} onClick={() => void run(() => removeSaved(before.id))}>
              {t('desk.removeSaved')}
            </Button>
          )}
          <Button kind="quiet" onClick={onClose}>
            {t('desk.cancel')}
          </Button>
          <Button busy={busy} onClick={save}>
            {t('desk.save')}
          </Button>
        </>
      }
    >
      <Field
        label={t('desk.savedName')}
        hint={t('desk.savedHint')}
        value={name}
        maxLength={NAME_MAX}
        error={tried && name.trim() === '' ? t('desk.savedNameMissing') : undefined}
        onInput={setName}
      />
      {error !== null && <p role="alert">{errorText(error)}</p>}
    </Sheet>
  );
}
