/** Words for the page of a device that was wiped. */
export const texts = {
  'wiped.title': '这台设备上的数据已清除',
  'wiped.done':
    '县里要求清除这台设备。走访、照片、草稿和登录都已从这台设备上删除，已经送达服务器的记录不受影响。',
  'wiped.failed': '县里要求清除这台设备，但有一部分没能删掉。请不要再使用这台设备，尽快交给乡镇处理。',
  'wiped.ask': '如果您还在用这台设备，请联系乡镇，由乡镇问县里。',
} as const;
