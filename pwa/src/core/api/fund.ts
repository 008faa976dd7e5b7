/** Shapes of the fund's calculator. Money is yuan as text; null = not asked. */
import type { Bilingual } from '../i18n';

export type FundKind = 'illness' | 'study' | 'disaster' | 'accident';
export type FundReading = 'marginal_on_excess' | 'whole_on_excess' | 'marginal_on_total' | 'whole_on_total';

/** One bill, fee or loss; `paid_by` is what others paid of it, by source. */
export interface FundBill {
  on: string;
  cost_cny: string;
  paid_by?: Record<string, string>;
  who: string | null;
  item: 'tuition' | 'boarding' | 'textbooks' | 'house' | 'farm_machine' | 'family_property' | 'other' | null;
  treatment: FundClaim['treatment'];
}

/** What a payment is asked about; null = not asked. Either `amount_cny` or `bills`. */
export interface FundClaim {
  kind: FundKind;
  amount_cny: string | null;
  bills: FundBill[];
  year: number | null;
  who: string | null;
  paid_cny: string;
  paid_other_cny: string;
  also_accident_cny: string | null;
  household: 'unstable_lifted' | 'marginal' | 'other' | null;
  income_unstable: boolean | null;
  income_below_150_percent: boolean | null;
  fits_dibao: boolean | null;
  rural_registration: boolean | null;
  extreme_hardship: boolean | null;
  approved_by_county: boolean | null;
  treatment: 'inpatient' | 'chronic_outpatient' | 'other_outpatient' | null;
  accident: 'traffic' | 'other' | null;
  certificate: boolean | null;
  liability: 'none' | 'minor' | 'equal' | 'main' | 'full' | null;
  stage: 'preschool' | 'primary' | 'junior' | 'senior' | 'college' | null;
  loan: 'got' | 'not_applied' | 'not_possible' | null;
  loan_cny: string | null;
  unforeseeable: boolean | null;
  only_house: boolean | null;
  choices: {
    combined_cap_cny: string | null;
    loan_standard_cny: string | null;
    combine: 'payments' | 'bases' | null;
    per: 'person' | 'student' | 'household' | null;
  };
}

export interface FundCalculation {
  kind: FundKind;
  pay_cny: string;
  reading: FundReading;
  per: 'person' | 'student' | 'household';
  year: number;
  steps: { code: string; text: Bilingual; value_cny: string | null; cites: string[] }[];
  reason: (Bilingual & { code: string }) | null;
  marks: string[];
  to_confirm: string[];
  alternatives: { reading: FundReading; label: Bilingual; pay_cny: string; chosen: boolean }[];
  articles: { id: string; document: string; text: string }[];
}
