/** Rows of the worklist on this phone, sealed one by one. */
import type { Household } from '../api/types';
import { type HouseholdRow, read } from '../localDb';
import { open, seal } from '../vault';

/** Rows are sealed for this place, also while they lie in another store: a row can move without being opened. */
const PLACE = 'households';

/** Keys of a user's rows, in each store that is keyed by user first. */
export function ownKeys(owner: string): IDBKeyRange {
  return IDBKeyRange.bound(`${owner}/`, `${owner}/\uffff`);
}

export function rowKey(owner: string, householdId: string): string {
  return `${owner}/${householdId}`;
}

/** Household id of a row's key. */
export function idOf(owner: string, key: string): string {
  return key.slice(owner.length + 1);
}

/** A row as it is stored, with its key. */
export async function sealRow(owner: string, household: Household): Promise<[string, HouseholdRow]> {
  const key = rowKey(owner, household.id);
  return [key, { user_id: owner, sealed: await seal(PLACE, key, household) }];
}

/** The rows that are shown to a user, in no particular order. */
export async function openRows(owner: string): Promise<Household[]> {
  const range = ownKeys(owner);
  const [keys, rows] = await read((database) =>
    Promise.all([database.getAllKeys('households', range), database.getAll('households', range)]),
  );
  return Promise.all(rows.map((row, i) => open<Household>(PLACE, keys[i] ?? '', row.sealed)));
}
