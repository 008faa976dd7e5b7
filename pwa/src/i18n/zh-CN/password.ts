/** Words of choosing a password, Chinese. */
export const texts = {
  'password.firstTitle': '设自己的密码',
  'password.firstText': '刚才的密码只能用一次。手机上没传的记录不受影响。',
  'password.firstSubmit': '设好并登录',
  'password.new': '新密码',
  'password.again': '再输一次新密码',
  'password.rule': '至少 8 位，要有字母和数字',
  'password.differ': '两次输的不一样',
  'password.weak.too_short': '至少要 8 位',
  'password.weak.too_long': '最多 128 位',
  'password.weak.one_kind': '要有字母和数字，或其他符号',
  'password.weak.guessable': '太容易被猜到，请换一个',
  'password.weak.has_name': '不能含有用户名',
  'password.weak.same': '不能和现在的密码一样',
} as const;
