/** Words for the page of a device that was wiped. */
export const texts = {
  'wiped.title': 'The data on this device was erased',
  'wiped.done':
    'The county ordered this device to be wiped. Visits, photos, drafts and the sign-in were deleted from it; what the server already has is not affected.',
  'wiped.failed':
    'The county ordered this device to be wiped, but a part could not be deleted. Please stop using it and hand it to your township soon.',
  'wiped.ask': 'If this device is still yours to use, ask your township office; they will ask the county.',
} as const;
