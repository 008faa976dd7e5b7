/** What a grid member corrects in the register: which fields, what was changed, and what is wrong with it. Pure. */
import type { Household, Member } from '../../core/api/types';
import type { Json } from '../../core/canonical';
import { idProblem, tidyId } from '../../core/idNumber';
import type { EditedField } from '../../core/sync/wire';

/** Changes by field; the key of a member's field begins with the member's id. A field back at its old value is none. */
export type Changes = Readonly<Record<string, Json>>;

/** Fields that never change by themselves: the first secretary decides. */
const PROTECTED: ReadonlySet<string> = new Set(['name', 'id_number', 'disability_grade', 'removed']);

export const isProtected = (field: string): boolean => PROTECTED.has(field);

const keyOf = (memberId: string | null, field: string): string => `${memberId ?? ''}/${field}`;

/** What the list on this phone says of a field; masked numbers count as unknown, so that any number is a change. */
export function onRecord(household: Household, memberId: string | null, field: string): Json {
  if (memberId === null) {
    if (field === 'address') return household.address;
    return field === 'home' ? household.home : null;
  }
  const member = household.members.find((one) => one.id === memberId);
  return (member?.[field as keyof Member] as Json | undefined) ?? null;
}

/** The value to show: as changed, else as on record. */
export function shownOf(
  household: Household,
  changes: Changes,
  memberId: string | null,
  field: string,
): Json {
  const changed = changes[keyOf(memberId, field)];
  return changed === undefined ? onRecord(household, memberId, field) : changed;
}

/** With one field set; an empty line for a number that is only known masked means "leave it". */
export function withField(
  household: Household,
  changes: Changes,
  memberId: string | null,
  field: string,
  value: Json,
): Changes {
  const { [keyOf(memberId, field)]: _old, ...others } = changes;
  const before = onRecord(household, memberId, field);
  const same = value === before || (before === null && (value === '' || value === false));
  return same ? others : { ...others, [keyOf(memberId, field)]: value };
}

/** The changes as they travel, in a fixed order. */
export function fieldsOf(changes: Changes): EditedField[] {
  return Object.entries(changes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      const [memberId = '', field = ''] = key.split('/');
      const tidy = field === 'id_number' ? tidyId(String(value)) : value;
      return {
        member_id: memberId || null,
        field,
        value: typeof tidy === 'string' ? tidy.trim() : tidy,
      };
    });
}

export type EditProblem = 'phone' | 'address' | 'name' | 'id_number';

/** What is wrong with a changed field, or null. */
export function problemOf(field: string, value: Json | undefined, today: string): EditProblem | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (field === 'phone') return /^1\d{10}$|^0\d{2,3}-?\d{7,8}$/.test(text) ? null : 'phone';
  if (field === 'id_number') return idProblem(tidyId(text), today) === null ? null : 'id_number';
  if (field === 'address' || field === 'name') return text.length > 0 ? null : field;
  return null;
}

/** The first thing that is wrong, by the key of its field; null when all may be saved. */
export function firstProblem(changes: Changes, today: string): string | null {
  return (
    Object.entries(changes).find(
      ([key, value]) => problemOf(key.split('/')[1] ?? '', value, today) !== null,
    )?.[0] ?? null
  );
}

/** Whether somebody else has to agree to any of it: then a reason is asked for. */
export const needsReason = (changes: Changes): boolean =>
  Object.keys(changes).some((key) => isProtected(key.split('/')[1] ?? ''));

/** The changed value of a field, undefined when it is as on record. */
export const changedTo = (changes: Changes, memberId: string | null, field: string): Json | undefined =>
  changes[keyOf(memberId, field)];
