/** Words of the list of changes, English. */
export const texts = {
  'changes.title': 'What is new',
  'changes.back': 'Back',
  'changes.now': 'This version',
  'changes.version': '{version} · {day}',
};
