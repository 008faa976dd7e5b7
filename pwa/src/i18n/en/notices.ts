/** Words of the inbox. */
export const texts = {
  'notices.title': 'Notices',
  'notices.refresh': 'Refresh the notices',
  'notices.fresh': '(new)',
  'notices.more': 'Earlier notices',
  'notices.notRead': 'The notices could not be read',
  'notices.empty': 'No notices',
  'notices.emptyText': 'New red lights, corrected visits and what villages hand up will appear here.',
  'notices.kind.red_light': 'A red light',
  'notices.kind.handed_up': 'Handed up by the township, for the county to decide',
  'notices.kind.sent_back': 'Sent back by the county, to be re-checked',
  'notices.kind.escalated': 'Handed up by the village, to be re-checked',
  'notices.kind.corrected': 'A returned visit was corrected',
  'notices.kind.dismissed': 'The village dismissed a red light',
  'notices.kind.proposed': 'A correction of the register waits for you',
  'notices.kind.held': 'A record waits for your decision',
  'notices.kind.asked': 'A request about an account waits for you',
} as const;
