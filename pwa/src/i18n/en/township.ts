/** Texts of the places of a township's desk. */
export const texts = {
  'township.places': 'Work of the township',
  'township.review': 'Village review',
  'township.rechecks': 'Re-checks',
  'township.ledger': 'Ledger',
} as const;
