/** Words of proposals and who may decide. */
import { describe, expect, it } from 'vitest';
import type { HeldOperation, Proposal, ProposedField } from '../../core/api/incomingTypes';
import { registerTexts } from '../../core/i18n';
import { texts as enHousehold } from '../../i18n/en/household';
import { texts as en } from '../../i18n/en/incoming';
import { texts as zhHousehold } from '../../i18n/zh-CN/household';
import { texts as zh } from '../../i18n/zh-CN/incoming';
import { fieldName, isDecidable, mayDecide, newPeople, proposalKind, valueWord } from './model';

registerTexts({ zh, en });
registerTexts({ zh: zhHousehold, en: enHousehold });

const FIELD: ProposedField = {
  member_id: null,
  member_name: null,
  field: 'address',
  current: '上寨 3 号',
  proposed: '上寨 5 号',
  why: 'overlap',
  current_by: '李梅',
  current_at: '2026-11-20T02:00:00.000Z',
  twins: null,
};

function proposal(...fields: Partial<ProposedField>[]): Proposal {
  return { fields: fields.map((field) => ({ ...FIELD, ...field })) } as Proposal;
}

describe('names and values', () => {
  it('names a field of the household and one of a person', () => {
    expect(fieldName(FIELD)).toBe('地址');
    expect(fieldName({ ...FIELD, member_id: 'm', member_name: '韦小英', field: 'stage' })).toBe(
      '韦小英 · 就学阶段',
    );
  });

  it('shows the name of a field it does not know instead of nothing', () => {
    expect(fieldName({ ...FIELD, field: 'well_depth' })).toBe('well_depth');
  });

  it.each([
    ['address', null, '没有登记'],
    ['address', '', '没有登记'],
    ['main_labour', false, '否'],
    ['removed', true, '不在了'],
    ['removed', null, '还在'],
    ['main_labour', true, '是'],
    ['stage', 'junior', '初中'],
    ['labour', 'half', '弱劳力或半劳力'],
    ['disability_grade', 2, '2 级'],
    ['home', { lat: '24.78', lon: '110.49' }, '24.78, 110.49'],
    ['birth_on', '1958-03-09', '1958年3月9日'],
    ['address', '0', '0'],
  ])('%s %j reads %s', (field, value, words) => {
    expect(valueWord(field, value)).toBe(words);
  });
});

describe('the kind of a proposal', () => {
  it('is that of its gravest field', () => {
    expect(proposalKind(proposal({}))).toBe('overlap');
    expect(proposalKind(proposal({}, { field: 'name', why: 'protected' }))).toBe('protected');
    expect(proposalKind(proposal({ field: 'removed', why: 'protected' }, {}))).toBe('removal');
    expect(proposalKind(proposal({ field: 'removed' }, { field: 'grid' }))).toBe('move');
  });
});

describe('somebody new', () => {
  it('is a kind of its own, whatever the fields', () => {
    expect(proposalKind({ ...proposal({ field: 'name', why: 'new' }), kind: 'household' })).toBe('household');
  });

  it('is read person by person, the home apart', () => {
    const field = (member_id: string | null, name: string) => ({ ...FIELD, member_id, field: name });
    const people = newPeople([
      field(null, 'address'),
      field('a', 'name'),
      field('b', 'name'),
      field('a', 'sex'),
    ]);
    expect(people.map(([id, said]) => [id, said.map((one) => one.field)])).toEqual([
      [null, ['address']],
      ['a', ['name', 'sex']],
      ['b', ['name']],
    ]);
  });
});

describe('deciding', () => {
  const held = { state: 'open', code: 'scope' } as HeldOperation;

  it('is for people, except what waits for an update of the server', () => {
    expect(isDecidable(held)).toBe(true);
    expect(isDecidable({ ...held, code: 'version' })).toBe(false);
    expect(isDecidable({ ...held, state: 'taken' })).toBe(false);
  });

  it('needs a reason for a no', () => {
    expect(mayDecide(true, '')).toBe(true);
    expect(mayDecide(false, ' \n')).toBe(false);
    expect(mayDecide(false, '门牌没有改')).toBe(true);
  });
});
