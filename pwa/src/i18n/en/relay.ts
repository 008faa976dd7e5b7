/** Words of files that colleagues carry, English. */
export const texts = {
  'relay.title': 'Carried files',
  'relay.lead':
    'Choose the file that a colleague’s phone exported, to upload it for them; or a file of receipts that somebody brought back for this phone.',
  'relay.sealed':
    'The file is encrypted. Only its phone and the server open it; whoever carries it neither reads nor changes it.',
  'relay.choose': 'Choose a file',
  'relay.back': 'Back',
  'relay.exportTitle': 'Export unsent work',
  'relay.how.one': 'Make the file here, save it or hand it to a colleague. Nothing leaves this phone by it.',
  'relay.how.two': 'The colleague or the first secretary signs in and uploads it under “Me → Carried files”.',
  'relay.how.three':
    'Bring back the file of receipts and choose it on the same page: then the records show as delivered.',
  'relay.write': 'Make the encrypted file',
  'relay.writing': 'Writing {done} of {all}',
  'relay.cancel': 'Stop',
  'relay.ready': 'The file is ready',
  'relay.holds': '{n} records · {photos} photos · {size}',
  'relay.save': 'Save to the phone',
  'relay.share': 'Hand to a colleague',
  'relay.handed':
    'Exported. Until the receipts are back the records stay here, and still go by the network when there is one; nothing arrives twice.',
  'relay.unreadable': '{n} items cannot be read here and are not in the file',
  'relay.nothing': 'There is nothing to export',
  'relay.noKey': 'This phone has no key for exports yet. Open the app once with a network, then export.',
  'relay.writeFailed':
    'The file was not written; all records are still here. Close other apps and try again.',
  'relay.workTitle': 'A colleague’s unsent work',
  'relay.made': 'Exported {when} · {size}',
  'relay.carried': '{done} of {all} pieces uploaded',
  'relay.carry': 'Upload',
  'relay.goOn': 'Go on',
  'relay.later': 'The server cannot take {n} pieces yet. Go on in a while',
  'relay.damaged': '{n} pieces were changed on their way and not taken. Ask the colleague to export again',
  'relay.missing': 'The file is cut: {n} pieces are missing. Ask the colleague to export again',
  'relay.bringBack': 'Give the file of receipts back to the phone: only then it shows the work as delivered.',
  'relay.saveAnswers': 'Save the receipts',
  'relay.stop.no_network':
    'The network broke off; what was uploaded need not be sent again. Go on when there is one.',
  'relay.stop.not_our_server': 'The network wants a sign-in first (a public Wi-Fi, for example). Then go on.',
  'relay.stop.cancelled': 'Stopped; you can go on.',
  'relay.stop.storage': 'This phone is full. Free some space, then go on.',
  'relay.stop.relay_key_unknown':
    'No phone of this server made this file, or that phone was registered anew since. Export it again from the phone.',
  'relay.stop.relay_version':
    'A newer version of the app made this file. Carry it after the server was updated.',
  'relay.stop.relay_unreadable': 'The file is cut. Export it again from the phone.',
  'relay.stop.role_not_allowed':
    'Your account cannot carry files. Give it to a grid member or a first secretary.',
  'relay.stop.token_expired': 'The sign-in has expired. Sign in again, then go on.',
  'relay.stop.token_invalid': 'The sign-in has expired. Sign in again, then go on.',
  'relay.stop.other': 'The server cannot take it now ({code}). Go on in a while.',
  'relay.no.relay_unreadable': 'This is no file of this app, or it is cut.',
  'relay.no.relay_version': 'A newer version of the app wrote this file. Update first.',
  'relay.no.notOurs':
    'These receipts are another phone’s or another person’s. Give them to the phone that exported the work.',
  'relay.no.failed': 'The file could not be read. Choose it again.',
  'relay.fate.taken': '{n} receipts taken in',
  'relay.fate.waits': '{n} pieces the server has not taken; they are sent again',
  'relay.fate.stale':
    '{n} receipts are of a time before the server was restored and do not count; the work is sent again',
  'relay.fate.damaged':
    '{n} receipts were changed on their way or are missing. Ask the carrier to save them again',
  'relay.fate.unknown': '{n} receipts are of records that are not on this phone',
};
