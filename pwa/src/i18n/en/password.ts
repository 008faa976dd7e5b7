/** Words of choosing a password, English. */
export const texts = {
  'password.firstTitle': 'Choose a password of your own',
  'password.firstText': 'The one you typed works only once. What is unsent on the phone is not affected.',
  'password.firstSubmit': 'Set it and sign in',
  'password.new': 'New password',
  'password.again': 'The new password once more',
  'password.rule': 'At least 8 characters, with letters and digits',
  'password.differ': 'The two are not the same',
  'password.weak.too_short': 'At least 8 characters',
  'password.weak.too_long': 'At most 128 characters',
  'password.weak.one_kind': 'Use letters and digits, or other signs',
  'password.weak.guessable': 'Too easy to guess, choose another',
  'password.weak.has_name': 'It must not contain the user name',
  'password.weak.same': 'It must not be the present one',
} as const;
