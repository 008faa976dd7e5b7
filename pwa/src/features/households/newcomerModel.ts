/** A household or a member that the register lacks: what is asked of them, and what is wrong with it. Pure. */
import type { Json } from '../../core/canonical';
import { birthOf, idProblem, sexOf, tidyId } from '../../core/idNumber';
import type { EditedField } from '../../core/sync/wire';

export const HEAD = '户主';
/** Words of the national form; the register keeps them as they are. */
export const RELATIONS = [
  '配偶',
  '之子',
  '之女',
  '之儿媳',
  '之女婿',
  '之孙子',
  '之孙女',
  '之父',
  '之母',
  '之岳父',
  '之岳母',
  '之公公',
  '之婆婆',
  '之兄弟姐妹',
  '其他',
] as const;
export const STAGES = ['preschool', 'primary', 'junior', 'senior', 'college'] as const;
export const LABOUR = ['full', 'skilled', 'half', 'none'] as const;
export const SEXES = ['male', 'female'] as const;
export const GRADES = ['1', '2', '3', '4'] as const;
export const MOST_MEMBERS = 20;

/** One person as typed; an empty text is "not said". `id` is given on this phone and stays. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly relation: string;
  readonly id_number: string;
  readonly sex: string;
  readonly birth_on: string;
  readonly labour: string;
  readonly stage: string;
  readonly disability_grade: string;
}

export type PersonField = Exclude<keyof Person, 'id'>;

/** The whole form; `household` is null when a member joins one that is registered. */
export interface Newcomer {
  readonly id: string;
  readonly people: readonly Person[];
  readonly address: string;
  readonly phone: string;
  readonly home: { readonly lat: string; readonly lon: string } | null;
  readonly reason: string;
}

export const blankPerson = (id: string, relation: string): Person => ({
  id,
  name: '',
  relation,
  id_number: '',
  sex: '',
  birth_on: '',
  labour: '',
  stage: '',
  disability_grade: '',
});

/** A form with its first person: the head of a new household, or the new member. */
export function blankForm(id: string, personId: string, whole: boolean): Newcomer {
  const people = [blankPerson(personId, whole ? HEAD : '')];
  return { id, people, address: '', phone: '', home: null, reason: '' };
}

/** With one field typed; a complete identity number brings day of birth and sex along. */
export function typed(person: Person, field: PersonField, text: string, today: string): Person {
  if (field !== 'id_number') return { ...person, [field]: text };
  const id_number = tidyId(text);
  const birth = idProblem(id_number, today) === null ? birthOf(id_number) : null;
  if (birth === null) return { ...person, id_number };
  return { ...person, id_number, birth_on: birth, sex: sexOf(id_number) };
}

export type What =
  | 'name'
  | 'relation'
  | 'labour'
  | 'id_number'
  | 'twice'
  | 'differs'
  | 'birth_on'
  | 'phone'
  | 'address'
  | 'reason';

export interface Fault {
  /** Null for a field of the household or of the form. */
  readonly person: string | null;
  readonly field: string;
  readonly what: What;
}

function numberFault(person: Person, form: Newcomer, today: string): What | null {
  const { id_number, sex, birth_on } = person;
  if (id_number === '') return null;
  if (idProblem(id_number, today) !== null) return 'id_number';
  if (form.people.find((other) => other.id_number === id_number) !== person) return 'twice';
  const says = (told: string, number: string | null) => told === '' || told === number;
  return says(sex, sexOf(id_number)) && says(birth_on, birthOf(id_number)) ? null : 'differs';
}

function personFaults(person: Person, form: Newcomer, today: string): Fault[] {
  const faults: [string, What][] = [];
  if (person.name.trim() === '') faults.push(['name', 'name']);
  if (person.relation === '') faults.push(['relation', 'relation']);
  if (person.labour === '') faults.push(['labour', 'labour']);
  const number = numberFault(person, form, today);
  if (number !== null) faults.push(['id_number', number]);
  if (person.birth_on > today) faults.push(['birth_on', 'birth_on']);
  return faults.map(([field, what]) => ({ person: person.id, field, what }));
}

const PHONE = /^1\d{10}$|^0\d{2,3}-?\d{7,8}$/;

/** Everything that keeps the form from being saved, in the order of the screen. */
export function faultsOf(form: Newcomer, whole: boolean, today: string): Fault[] {
  const own: [string, What][] = [];
  if (whole && form.address.trim() === '') own.push(['address', 'address']);
  if (form.phone.trim() !== '' && !PHONE.test(form.phone.trim())) own.push(['phone', 'phone']);
  if (form.reason.trim() === '') own.push(['reason', 'reason']);
  return [
    ...form.people.flatMap((person) => personFaults(person, form, today)),
    ...own.map(([field, what]) => ({ person: null, field, what })),
  ];
}

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['disability_grade']);

function personFields({ id, ...said }: Person): EditedField[] {
  return Object.entries(said)
    .map(([field, text]) => [field, text.trim()] as const)
    .filter(([, text]) => text !== '')
    .map(([field, text]) => ({
      member_id: id,
      field,
      value: WHOLE_NUMBERS.has(field) ? Number(text) : text,
    }));
}

/** What was said, as it travels: the household's own fields first, then person by person. */
export function fieldsOf(form: Newcomer): EditedField[] {
  const own: [string, Json | null][] = [
    ['address', form.address.trim() || null],
    ['phone', form.phone.trim() || null],
    ['home', form.home],
  ];
  const said = own.filter(([, value]) => value !== null);
  return [
    ...said.map(([field, value]) => ({ member_id: null, field, value })),
    ...form.people.flatMap(personFields),
  ];
}

/** The form that a saved operation came from, to be corrected; `id` is the identity it is to have now. */
export function formOf(set: readonly EditedField[], reason: string, id: string): Newcomer {
  const text = (field: string) =>
    String(set.find((one) => one.member_id === null && one.field === field)?.value ?? '');
  const ids = [...new Set(set.flatMap(({ member_id }) => (member_id === null ? [] : [member_id])))];
  const people = ids.map((key) => {
    const said = set
      .filter(({ member_id }) => member_id === key)
      .map((one) => [one.field, String(one.value)]);
    return { ...blankPerson(key, ''), ...(Object.fromEntries(said) as Partial<Person>) };
  });
  const home = set.find(({ member_id, field }) => member_id === null && field === 'home')?.value;
  return {
    id,
    people,
    address: text('address'),
    phone: text('phone'),
    home: (home as Newcomer['home']) ?? null,
    reason,
  };
}
