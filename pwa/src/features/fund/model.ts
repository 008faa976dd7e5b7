/** What the calculator's form holds, which questions belong to it, and the claim it makes. Pure. */
import type { FundBill, FundClaim, FundKind, FundReading } from '../../core/api/fund';

export const KINDS: readonly FundKind[] = ['illness', 'study', 'disaster', 'accident'];
/** The first calendar year the fund's rules are known for. */
export const FIRST_YEAR = 2020;

/** A bill while it is being typed. */
export interface BillDraft {
  key: number;
  on: string;
  cost: string | null;
  paidBy: Readonly<Record<string, string>>;
}

/** The form; `claim` keeps everything that is not an amount of a bill. */
export interface Draft {
  claim: FundClaim;
  byBills: boolean;
  bills: readonly BillDraft[];
  /** null = the reading the county has chosen. */
  reading: FundReading | null;
}

/** Questions whose answer is one of several words, or yes and no (`options` null). */
export interface Question {
  id: keyof FundClaim;
  options: readonly string[] | null;
}

/** Who pays before the fund, by kind; those of medical costs in the order of the article. */
const MEDICAL = [
  'basic_insurance',
  'serious_illness_insurance',
  'second_reimbursement',
  'medical_aid',
  'fiscal_backstop',
];
export const SOURCES: Readonly<Record<FundKind, readonly string[]>> = {
  illness: MEDICAL,
  study: ['education_aid', 'fee_waiver'],
  disaster: ['insurance', 'compensation'],
  accident: [...MEDICAL, 'insurance', 'compensation'],
};

const OTHER_FAMILY: readonly (keyof FundClaim)[] = [
  'income_below_150_percent',
  'fits_dibao',
  'rural_registration',
  'extreme_hardship',
  'approved_by_county',
];
const TREATMENT: Question = {
  id: 'treatment',
  options: ['inpatient', 'chronic_outpatient', 'other_outpatient'],
};

export function blank(kind: FundKind, year: number): Draft {
  return {
    byBills: false,
    bills: [],
    reading: null,
    claim: {
      kind,
      year,
      amount_cny: null,
      bills: [],
      who: null,
      paid_cny: '0',
      paid_other_cny: '0',
      also_accident_cny: null,
      household: null,
      income_unstable: null,
      income_below_150_percent: null,
      fits_dibao: null,
      rural_registration: null,
      extreme_hardship: null,
      approved_by_county: null,
      treatment: null,
      accident: null,
      certificate: null,
      liability: null,
      stage: null,
      loan: null,
      loan_cny: null,
      unforeseeable: null,
      only_house: null,
      choices: { combined_cap_cny: null, loan_standard_cny: null, combine: null, per: null },
    },
  };
}

/** Another kind: the household stays the same, everything about the case starts anew. */
export function withKind(draft: Draft | null, kind: FundKind, year: number): Draft {
  const fresh = blank(kind, year);
  if (!draft) return fresh;
  const kept = Object.fromEntries(
    ['year', 'household', 'income_unstable', ...OTHER_FAMILY].map((id) => [
      id,
      draft.claim[id as keyof FundClaim],
    ]),
  );
  return { ...fresh, claim: { ...fresh.claim, ...kept } };
}

export function isMedical(kind: FundKind): boolean {
  return kind === 'illness' || kind === 'accident';
}

/** The questions about the household and the case, in the order they are asked. */
export function questionsOf(claim: FundClaim): readonly Question[] {
  return [...ofHousehold(claim), ...ofKind(claim)];
}

function ofHousehold({ household }: FundClaim): Question[] {
  const first: Question = { id: 'household', options: ['unstable_lifted', 'marginal', 'other'] };
  if (household === null) return [first];
  const more: readonly (keyof FundClaim)[] = household === 'other' ? OTHER_FAMILY : ['income_unstable'];
  return [first, ...more.map((id) => ({ id, options: null }))];
}

function ofKind({ kind, accident, stage }: FundClaim): Question[] {
  if (kind === 'illness') return [TREATMENT];
  if (kind === 'disaster') return [{ id: 'unforeseeable', options: null }];
  if (kind === 'study') {
    const asked: Question[] = [
      { id: 'stage', options: ['preschool', 'primary', 'junior', 'senior', 'college'] },
    ];
    if (stage !== null) asked.push({ id: 'loan', options: ['got', 'not_applied', 'not_possible'] });
    return asked;
  }
  const asked: Question[] = [
    TREATMENT,
    { id: 'accident', options: ['traffic', 'other'] },
    { id: 'certificate', options: null },
  ];
  if (accident !== 'other')
    asked.push({ id: 'liability', options: ['none', 'minor', 'equal', 'main', 'full'] });
  return asked;
}

/** The claim with an answer; what only belonged to another answer is forgotten. */
export function answered(claim: FundClaim, id: keyof FundClaim, value: string | boolean | null): FundClaim {
  const next: FundClaim = { ...claim, [id]: value };
  if (id === 'loan' && value !== 'got') next.loan_cny = null;
  if (id === 'stage' && value === null) next.loan = null;
  if (next.loan === null) next.loan_cny = null;
  if (id === 'accident' && value === 'other') next.liability = null;
  return next;
}

/** What is missing before anything can be calculated; null when nothing is. */
export function missing(draft: Draft): 'amount' | 'bills' | 'loan' | null {
  if (draft.claim.loan === 'got' && draft.claim.loan_cny === null) return 'loan';
  if (!draft.byBills) return draft.claim.amount_cny === null ? 'amount' : null;
  return draft.bills.length > 0 && draft.bills.every((bill) => bill.on !== '' && bill.cost !== null)
    ? null
    : 'bills';
}

/** The request of a form in which nothing is missing. */
export function requestOf(draft: Draft): { claim: FundClaim; reading: FundReading | null } {
  const { claim } = draft;
  const amounts = draft.byBills
    ? { amount_cny: null, bills: draft.bills.map(billOf) }
    : { amount_cny: claim.amount_cny, bills: [] };
  return { claim: { ...claim, ...amounts }, reading: draft.reading };
}

function billOf(bill: BillDraft): FundBill {
  const paid = Object.entries(bill.paidBy).filter(([, amount]) => Number(amount) > 0);
  return {
    on: bill.on,
    cost_cny: bill.cost ?? '0',
    paid_by: Object.fromEntries(paid),
    who: null,
    item: null,
    treatment: null,
  };
}

/** A difference of two amounts in yuan, exact: "+1000.00", "-500.00", or "" when there is none. */
export function difference(amount: string, base: string): string {
  const fen = toFen(amount) - toFen(base);
  if (fen === 0n) return '';
  const size = fen < 0n ? -fen : fen;
  return `${fen < 0n ? '-' : '+'}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

function toFen(amount: string): bigint {
  const [whole = '0', cents = ''] = amount.split('.');
  return BigInt(whole) * 100n + BigInt(cents.padEnd(2, '0').slice(0, 2));
}
