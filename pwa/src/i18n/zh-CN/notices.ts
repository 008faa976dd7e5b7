/** Words of the inbox. */
export const texts = {
  'notices.title': '提醒',
  'notices.refresh': '刷新提醒',
  'notices.fresh': '（新）',
  'notices.more': '更早的提醒',
  'notices.notRead': '没有读到提醒',
  'notices.empty': '没有提醒',
  'notices.emptyText': '新亮的红灯、更正后的走访、村里上报的事，都会出现在这里。',
  'notices.kind.red_light': '新亮红灯',
  'notices.kind.handed_up': '乡镇上报，等县里定',
  'notices.kind.sent_back': '县里退回，请再复核',
  'notices.kind.escalated': '村里上报，请复核',
  'notices.kind.corrected': '退回的走访已更正',
  'notices.kind.dismissed': '村里排除了一盏红灯',
  'notices.kind.proposed': '信息更正等您审核',
  'notices.kind.held': '有来件等您处理',
  'notices.kind.asked': '有账号申请等您办理',
} as const;
