/** Words of the household's own slip, English. */
export const texts = {
  'slip.title': 'Slip for the household',
  'slip.heading': 'Record of a visit',
  'slip.of': 'Household of {head}',
  'slip.visit': '{author} visited on {day} at {time}.',
  'slip.receipt': 'Receipt {number}',
  'slip.noReceipt': 'Receipt: once the server has it',
  'slip.recorded': 'What was recorded',
  'slip.refusedText': 'You did not agree to this visit. Only that is recorded; nothing else was asked.',
  'slip.notes': 'Notes',
  'slip.photos': '{n} photos',
  'slip.located': 'the place of the visit was recorded',
  'slip.unseen':
    '{n} things that the visitor saw are not printed here; you may ask the village to show them.',
  'slip.noNumbers': 'No ID number and no telephone number is printed on this slip.',
  'slip.next': 'What happens next',
  'slip.nextText':
    'The first secretary of the village checks this record; where something has to be verified somebody comes again. A light only asks for that: nothing is granted or taken away by itself.',
  'slip.object': 'If something is wrong',
  'slip.objectText':
    'Tell the visitor, the first secretary or the township and ask for another visit; the receipt number or the date finds this record. You may also call 12317.',
  'slip.qr': 'Scan for the main points of this slip',
  'slip.size': 'Paper',
  'slip.size.a5': 'A5',
  'slip.size.roll': '58 mm roll',
  'slip.print': 'Print',
  'slip.missing': 'This visit is not on the phone',
  'slip.missingText':
    'It may not be saved yet, or was given up here after the server had backed it up. The village can print it.',
  'slip.opening': 'Opening',
  'slip.qr.text':
    'Liangdeng: record of a visit\nHousehold of {head}, {place}\n{day} {author}\n{n} answers, {photos} photos\n{receipt}\nIf something is wrong: tell the visitor, the first secretary or the township, or call 12317',
} as const;
