/** Words of practising and of the first cards, English. */
export const texts = {
  'practice.band': 'Practice · nothing is sent',
  'practice.title': 'Practice',
  'practice.lead':
    'A made-up household. The questions are those of a real visit; answer as you like. Nothing is kept for sending and nothing reaches the server. It is gone when the app is closed.',
  'practice.household': 'Practice household',
  'practice.head': 'Practice head',
  'practice.mother': 'Practice mother',
  'practice.daughter': 'Practice daughter',
  'practice.address': 'Practice hamlet 0',
  'practice.age': '{n} years',
  'practice.start': 'Start practising',
  'practice.goOn': 'Go on practising',
  'practice.reset': 'Begin anew',
  'practice.done': '{n} answers in the last practice; nothing was sent.',
  'practice.saved': 'Practice done',
  'practice.savedText':
    'A real visit would now be on this phone. This was practice: nothing was kept and nothing was sent.',
  'practice.back': 'Back to practice',
  'cards.title': 'Your first visit',
  'cards.position': '{n} / {total}',
  'cards.skip': 'Skip',
  'cards.next': 'Next',
  'cards.start': 'Start the visit',
  'cards.practise': 'Practise first',
  'cards.0.title': 'One tap a question',
  'cards.0.text':
    'Tap one answer and the next question comes by itself. Leave empty what you did not ask; do not guess. When you come back it is at the same question.',
  'cards.1.title': 'It is safe without a network',
  'cards.1.text':
    'After “Save” it is on the phone. It is sent when there is a network; it has arrived once the outbox shows “Received” and a receipt number.',
  'cards.2.title': 'A light asks you to check',
  'cards.2.text':
    'Red, yellow and blue lights say why they are on and by which article. They decide nothing: people do.',
} as const;
