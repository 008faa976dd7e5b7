/** The member form: what the household will look like after the changes, and what cannot be. */

import { birthOf, type IdProblem, idProblem, sexOf, tidyId } from '../../core/idNumber';
import type { Person, RosterChange } from './types';

/** Words of the national form for the two relations that have rules. */
const HEAD = '户主';
const SPOUSE = '配偶';

type What =
  | `id_${IdProblem}`
  | 'id_twice'
  | 'member_twice'
  | 'name'
  | 'birth'
  | 'no_member'
  | 'no_head'
  | 'heads'
  | 'spouses'
  | 'spouse_sex';

export interface RosterProblem {
  readonly what: What;
  /** The code with which the server would refuse it. */
  readonly refusal: 'constraint' | 'out_of_range' | 'wrong_type' | 'duplicate' | 'unknown_member';
  /** Index of the change to correct; absent when the household as a whole does not fit. */
  readonly entry?: number;
}

const isChange = (json: unknown): json is RosterChange =>
  typeof json === 'object' && json !== null && 'op' in json;

/** Full years of age on a day, from ISO dates. */
const ageOn = (born: string, on: string): number =>
  Number(on.slice(0, 4)) - Number(born.slice(0, 4)) - (on.slice(5) < born.slice(5) ? 1 : 0);

/** The members of the register and those a visit adds: both may be named in its answers. */
export function peopleAfter(members: readonly Person[], changes: unknown, today: string): readonly Person[] {
  const list = Array.isArray(changes) ? changes.filter(isChange) : [];
  const added = list.filter((c) => c.op === 'add' && c.member_id !== undefined);
  return [...members, ...added.map((change) => person(change, today))];
}

function person(change: RosterChange, today: string): Person {
  const { member_id = '', name = '', relation = null, sex = null, school_stage = null, birth_on } = change;
  const age = birth_on === undefined || birth_on > today ? null : ageOn(birth_on, today);
  return { id: member_id, name, relation, sex, stage: school_stage, age };
}

interface Place {
  readonly relation: string | null;
  readonly sex: string | null;
}

function placeAfter(member: Person, change: RosterChange | undefined): Place | null {
  if (change?.op === 'remove') return null;
  return {
    relation: change?.relation ?? member.relation ?? null,
    sex: change?.sex ?? member.sex ?? null,
  };
}

/** The people of the household once the changes are made. */
function after(changes: readonly RosterChange[], members: readonly Person[]): Place[] {
  const changed = (id: string) => changes.find((c) => c.op !== 'add' && c.member_id === id);
  const stay = members.map((member) => placeAfter(member, changed(member.id)));
  const added = changes
    .filter((c) => c.op === 'add')
    .map((c) => ({ relation: c.relation ?? null, sex: c.sex ?? null }));
  return [...stay.filter((p) => p !== null), ...added];
}

/** Rules of the household as a whole: one head, at most one spouse, of the other sex. */
function householdProblems(changes: readonly RosterChange[], members: readonly Person[]): RosterProblem[] {
  const people = after(changes, members);
  const heads = people.filter((p) => p.relation === HEAD);
  const spouses = people.filter((p) => p.relation === SPOUSE);
  const hadHead = members.some((m) => m.relation === HEAD);
  const problems: What[] = [];
  if (heads.length > 1) problems.push('heads');
  if (hadHead && people.length > 0 && heads.length === 0) problems.push('no_head');
  if (spouses.length > 1) problems.push('spouses');
  const sex = heads[0]?.sex;
  if (sex && sex === spouses[0]?.sex) problems.push('spouse_sex');
  return problems.map((what) => ({ what, refusal: 'constraint' }));
}

function entryProblems(
  change: RosterChange,
  entry: number,
  today: string,
  known: ReadonlySet<string>,
): RosterProblem[] {
  const problems: RosterProblem[] = [];
  const wrong = change.id_number ? idProblem(change.id_number, today) : null;
  if (wrong) problems.push({ what: `id_${wrong}`, refusal: 'constraint', entry });
  if (change.op === 'add' && !change.name?.trim())
    problems.push({ what: 'name', refusal: 'constraint', entry });
  if (change.op !== 'add' && !known.has(change.member_id ?? ''))
    problems.push({ what: 'no_member', refusal: change.member_id ? 'unknown_member' : 'constraint', entry });
  if (change.birth_on && change.birth_on > today)
    problems.push({ what: 'birth', refusal: 'out_of_range', entry });
  return problems;
}

/** Values named before in the list: the same person or the same document twice. */
function repeated(
  values: readonly (string | undefined)[],
  what: What,
  refusal: RosterProblem['refusal'],
): RosterProblem[] {
  return values.flatMap((value, entry) =>
    value && values.indexOf(value) < entry ? [{ what, refusal, entry }] : [],
  );
}

/** Everything that keeps these changes from being taken. */
export function rosterProblems(
  changes: readonly RosterChange[],
  members: readonly Person[],
  today: string,
): RosterProblem[] {
  const known = new Set(members.map((m) => m.id));
  return [
    ...changes.flatMap((change, entry) => entryProblems(change, entry, today, known)),
    ...repeated(
      changes.map((c) => c.member_id),
      'member_twice',
      'duplicate',
    ),
    ...repeated(
      changes.map((c) => c.id_number),
      'id_twice',
      'constraint',
    ),
    ...householdProblems(changes, members),
  ];
}

/** A change with one field typed; a complete identity number brings birth date and sex along. */
export function typeInto(
  change: RosterChange,
  field: keyof RosterChange,
  text: string,
  today: string,
): RosterChange {
  const { [field]: _before, ...rest } = change;
  const value = field === 'id_number' ? tidyId(text) : text;
  const next = (value === '' ? rest : { ...rest, [field]: value }) as RosterChange;
  const id = field === 'id_number' && idProblem(value, today) === null ? value : null;
  const birth = id === null ? null : birthOf(id);
  return id === null || birth === null ? next : { ...next, birth_on: birth, sex: sexOf(id) };
}
