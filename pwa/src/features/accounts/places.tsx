/** Choosing a place level by level, as deep as the role goes. */
import { api, call } from '../../core/api/client';
import type { Region } from '../../core/api/types';
import { t } from '../../core/i18n';
import { type Reading, useReading } from '../../core/reading';
import { user } from '../../core/session';
import { Select } from '../../ui/select';
import { childrenOf, digitsOf, LEVELS, type Level, onlyOne, stepsOf } from './model';

/** The regions to choose from: one's own part of the tree; for an administrator, that of the chosen county. */
export function usePlaces(county: string): Reading<Region[]> {
  const far = user.value?.role === 'admin' && county !== '';
  const key = `accounts/regions/${user.value?.id}/${far ? county : ''}`;
  return useReading(key, async () => {
    const own = (await call(api.GET('/regions', {}))).items;
    if (!far) return own;
    const under = (await call(api.GET('/regions', { params: { query: { under: county } } }))).items;
    return [...own.filter((one) => one.code !== county), ...under];
  });
}

export interface PlaceFieldsProps {
  level: Level;
  /** The deepest place chosen so far; '' is none. */
  value: string;
  error?: string | undefined;
  onChange: (code: string) => void;
}

/** One list a level. A level with one place only is not asked about. */
export function PlaceFields({ level, value, error, onChange }: PlaceFieldsProps) {
  const reading = usePlaces(value.slice(0, 6));
  const regions = reading.data ?? [];
  const asked = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  const lists = [];
  let parent = '';
  for (const step of asked) {
    const found = childrenOf(regions, parent, step);
    const chosen = stepsOf(value).find((code) => code.length === digitsOf(step)) ?? onlyOne(found);
    const above = parent;
    if (found.length > 1 || (step === level && found.length > 0))
      lists.push(
        <Select
          key={step}
          label={t(`accounts.level.${step}`)}
          anyWord={t('accounts.choose')}
          value={chosen}
          options={found.map(({ code, name }) => ({ id: code, label: name }))}
          onChange={(code) => onChange(code || above)}
        />,
      );
    if (chosen === '') break;
    parent = chosen;
  }
  return (
    <fieldset class="acc-places">
      <legend class="field-label">{t('accounts.field.place')}</legend>
      {lists}
      {error && <p class="field-error">{error}</p>}
    </fieldset>
  );
}
