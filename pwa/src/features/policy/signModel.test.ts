/** Acts before they are signed. */
import { describe, expect, it } from 'vitest';
import { localProblem, ServerProblem } from '../../core/api/problem';
import { aParameter, aRule, aSetting } from './fixtures';
import {
  type Act,
  blankDraft,
  contentOf,
  refusedFields,
  revocationRequest,
  settingRequest,
  wrongIn,
} from './signModel';

const CHANGE = { what: 'parameter', parameter: aParameter() } as const;
const GOOD = {
  value: '6,500',
  from: '2026-12-01',
  until: '',
  reason: ' 会议纪要第7号 ',
  password: 'secret',
};

describe('an act', () => {
  it('cannot be signed while something is missing', () => {
    expect(wrongIn(CHANGE, blankDraft('2026-11-22'))).toEqual({
      value: 'CNY_per_person_year',
      reason: 'short',
      password: 'empty',
    });
    expect(wrongIn(CHANGE, GOOD)).toEqual({});
  });

  it.each([
    [{ value: '5000' }, { value: 'same' }],
    [{ value: '6500.005' }, { value: 'CNY_per_person_year' }],
    [{ from: '' }, { from: 'day' }],
    [{ until: '2026-11-30' }, { until: 'order' }],
    [{ reason: '  ab  ' }, { reason: 'short' }],
    [{ password: '' }, { password: 'empty' }],
  ])('with %j is refused for %j', (change, wrong) => {
    expect(wrongIn(CHANGE, { ...GOOD, ...change })).toEqual(wrong);
  });

  it('is sent in the form of the server', () => {
    expect(settingRequest(CHANGE, GOOD, 'id-1')).toEqual({
      id: 'id-1',
      kind: 'parameter',
      name: 'LINE_GX',
      value: '6500',
      from: '2026-12-01',
      until: null,
      reason: '会议纪要第7号',
      password: 'secret',
    });
    const off = { what: 'rule_off', rule: aRule() } as const;
    expect(settingRequest(off, GOOD, 'id-2')).toMatchObject({
      kind: 'rule_off',
      name: 'R-INC-01',
      value: null,
    });
    expect(revocationRequest({ ...GOOD, from: '' }, 'id-3').from).toBeNull();
  });

  it('needs no value to be revoked', () => {
    const act: Act = { what: 'revoke', setting: aSetting() };
    expect(wrongIn(act, { ...GOOD, value: '' })).toEqual({});
  });

  it('is another act when anything but the password changes', () => {
    expect(contentOf({ ...GOOD, password: 'other' })).toBe(contentOf(GOOD));
    expect(contentOf({ ...GOOD, until: '2027-01-01' })).not.toBe(contentOf(GOOD));
  });

  it('shows a refusal at its field, and a refusal of the whole act at none', () => {
    const of = (code: string, errors?: Record<string, { code: string; message: string }[]>) =>
      new ServerProblem({
        type: '',
        title: '',
        title_zh: '',
        status: 422,
        code,
        ...(errors ? { errors } : {}),
      });
    expect(refusedFields(of('wrong_password'))).toEqual({ password: 'wrong' });
    expect(refusedFields(of('invalid', { from: [{ code: 'too_far', message: '' }] }))).toEqual({
      from: 'too_far',
    });
    expect(refusedFields(of('invalid', { name: [{ code: 'unknown', message: '' }] }))).toEqual({});
    expect(refusedFields(of('setting_conflict'))).toEqual({});
    expect(refusedFields(localProblem('no_network'))).toEqual({});
  });
});
