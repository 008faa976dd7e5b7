/** The form of somebody new: what a number brings along, what is wrong, and what travels. */
import { describe, expect, it } from 'vitest';
import {
  blankForm,
  blankPerson,
  faultsOf,
  fieldsOf,
  formOf,
  HEAD,
  type Newcomer,
  type Person,
  typed,
} from './newcomerModel';

const TODAY = '2026-11-30';
/** Made up: sequence 992 is given to nobody. */
const WOMAN = '450321199005069920';

function checkDigit(body: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return '10X98765432'[sum % 11] ?? '';
}

const number = (serial: string) => `45032119900506${serial}${checkDigit(`45032119900506${serial}`)}`;
const HERS = number(WOMAN.slice(14, 17));

const person = (over: Partial<Person> = {}): Person => ({
  ...blankPerson('p', HEAD),
  name: '蒙小芳',
  labour: 'full',
  ...over,
});
const form = (over: Partial<Newcomer> = {}): Newcomer => ({
  ...blankForm('h', 'p', true),
  people: [person()],
  address: '上寨9号',
  reason: '名单上没有',
  ...over,
});
const whats = (made: Newcomer, whole = true) =>
  faultsOf(made, whole, TODAY).map(({ field, what }) => `${field} ${what}`);

describe('the form of somebody new', () => {
  it('takes day of birth and sex from a whole identity number, typed in full width', () => {
    const wide = HERS.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    expect(typed(person(), 'id_number', wide, TODAY)).toMatchObject({
      id_number: HERS,
      birth_on: '1990-05-06',
      sex: 'female',
    });
  });

  it('leaves them alone while the number is not whole', () => {
    expect(typed(person({ sex: 'male' }), 'id_number', '4503', TODAY)).toMatchObject({
      sex: 'male',
      birth_on: '',
    });
  });

  it('is right when all that is needed is there', () => {
    expect(whats(form())).toEqual([]);
  });

  it.each([
    [
      'nothing',
      blankForm('h', 'p', true),
      ['name name', 'labour labour', 'address address', 'reason reason'],
    ],
    [
      'a number with a wrong digit',
      form({ people: [person({ id_number: `${HERS.slice(0, 17)}?` })] }),
      ['id_number id_number'],
    ],
    [
      'another sex than the number says',
      form({ people: [person({ id_number: HERS, sex: 'male' })] }),
      ['id_number differs'],
    ],
    ['a birth after today', form({ people: [person({ birth_on: '2026-12-01' })] }), ['birth_on birth_on']],
    ['a telephone number that is none', form({ phone: '12' }), ['phone phone']],
    [
      'one number for two',
      form({
        people: [person({ id_number: HERS }), person({ id: 'q', relation: '之女', id_number: HERS })],
      }),
      ['id_number twice'],
    ],
    [
      'a member without a relation',
      form({ people: [person(), person({ id: 'q', relation: '' })] }),
      ['relation relation'],
    ],
  ])('says what is wrong with %s', (_name, made, wrong) => {
    expect(whats(made)).toEqual(wrong);
  });

  it('asks of a single member for no address', () => {
    expect(whats({ ...form(), address: '' }, false)).toEqual([]);
  });

  it('sends what was said and nothing else, and comes back from what was sent', () => {
    const made = form({ people: [person({ disability_grade: '2' })], home: { lat: '24.78', lon: '110.49' } });
    const sent = fieldsOf(made);
    expect(sent).toEqual([
      { member_id: null, field: 'address', value: '上寨9号' },
      { member_id: null, field: 'home', value: { lat: '24.78', lon: '110.49' } },
      { member_id: 'p', field: 'name', value: '蒙小芳' },
      { member_id: 'p', field: 'relation', value: HEAD },
      { member_id: 'p', field: 'labour', value: 'full' },
      { member_id: 'p', field: 'disability_grade', value: 2 },
    ]);
    expect(formOf(sent, made.reason, 'h')).toEqual(made);
  });
});
