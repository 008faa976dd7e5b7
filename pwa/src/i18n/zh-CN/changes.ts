/** Words of the list of changes, Chinese. */
export const texts = {
  'changes.title': '更新内容',
  'changes.back': '返回',
  'changes.now': '这一版',
  'changes.version': '{version} · {day}',
};
