/** What belongs to which kind, what is missing, and the claim a form makes. */
import { describe, expect, it } from 'vitest';
import { answered, blank, difference, missing, questionsOf, requestOf, withKind } from './model';

const asked = (claim: Parameters<typeof questionsOf>[0]) => questionsOf(claim).map((one) => one.id);

describe('questions', () => {
  it('ask a listed household about its income and another one about each condition of the text', () => {
    const { claim } = blank('illness', 2026);
    expect(asked(claim)).toEqual(['household', 'treatment']);
    expect(asked({ ...claim, household: 'marginal' })).toEqual(['household', 'income_unstable', 'treatment']);
    expect(asked({ ...claim, household: 'other' })).toHaveLength(7);
  });

  it('ask about liability only after a traffic accident', () => {
    const { claim } = blank('accident', 2026);
    expect(asked({ ...claim, accident: 'traffic' })).toContain('liability');
    expect(asked({ ...claim, accident: 'other' })).not.toContain('liability');
  });

  it('ask about the loan once the stage is known', () => {
    const { claim } = blank('study', 2026);
    expect(asked(claim)).not.toContain('loan');
    expect(asked({ ...claim, stage: 'college' })).toContain('loan');
  });
});

describe('answers', () => {
  it('forget what only belonged to another answer', () => {
    const accident = { ...blank('accident', 2026).claim, liability: 'full' as const };
    expect(answered(accident, 'accident', 'other').liability).toBeNull();
    const study = {
      ...blank('study', 2026).claim,
      stage: 'college' as const,
      loan: 'got' as const,
      loan_cny: '8000.00',
    };
    expect(answered(study, 'loan', 'not_applied').loan_cny).toBeNull();
    expect(answered(study, 'stage', null)).toMatchObject({ loan: null, loan_cny: null });
  });

  it('of the household stay when another kind is chosen, those of the case do not', () => {
    const draft = blank('accident', 2026);
    const claim = {
      ...draft.claim,
      household: 'other' as const,
      fits_dibao: true,
      liability: 'full' as const,
    };
    const next = withKind({ ...draft, claim }, 'study', 2026);
    expect(next.claim).toMatchObject({
      kind: 'study',
      household: 'other',
      fits_dibao: true,
      liability: null,
    });
  });
});

describe('a form', () => {
  const draft = blank('illness', 2026);
  const bill = {
    key: 0,
    on: '2026-03-01',
    cost: '9000.00',
    paidBy: { medical_aid: '0.00', insurance: '1.00' },
  };

  it('says what is missing', () => {
    expect(missing(draft)).toBe('amount');
    expect(missing({ ...draft, claim: { ...draft.claim, amount_cny: '1.00' } })).toBeNull();
    expect(missing({ ...draft, byBills: true })).toBe('bills');
    expect(missing({ ...draft, byBills: true, bills: [bill, { ...bill, key: 1, on: '' }] })).toBe('bills');
    expect(missing({ ...draft, byBills: true, bills: [bill] })).toBeNull();
    expect(missing({ ...draft, claim: { ...draft.claim, loan: 'got', amount_cny: '1.00' } })).toBe('loan');
  });

  it('sends either the sum or the bills, and no source that paid nothing', () => {
    const both = { ...draft, bills: [bill], claim: { ...draft.claim, amount_cny: '5.00' } };
    expect(requestOf(both).claim).toMatchObject({ amount_cny: '5.00', bills: [] });
    const { claim } = requestOf({ ...both, byBills: true });
    expect(claim.amount_cny).toBeNull();
    expect(claim.bills).toMatchObject([{ cost_cny: '9000.00', paid_by: { insurance: '1.00' } }]);
  });
});

describe('differences', () => {
  it('are exact to the cent', () => {
    expect(difference('0.30', '0.10')).toBe('+0.20');
    expect(difference('6500.00', '14000.00')).toBe('-7500.00');
    expect(difference('1.00', '1')).toBe('');
  });
});
