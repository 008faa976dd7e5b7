/** Texts of the places of a township's desk. */
export const texts = {
  'township.places': '乡镇的工作',
  'township.review': '村级审核',
  'township.rechecks': '乡镇复核',
  'township.ledger': '台账',
} as const;
