/** Words of the household's own slip, Chinese. */
export const texts = {
  'slip.title': '给这户的走访单',
  'slip.heading': '走访单',
  'slip.of': '{head} 户',
  'slip.visit': '{day} {time}，{author}入户走访。',
  'slip.receipt': '回执号 {number}',
  'slip.noReceipt': '回执号：送达后才有',
  'slip.recorded': '记下了什么',
  'slip.refusedText': '您没有同意这次走访，只记下了这一点，没有问其他事。',
  'slip.notes': '备注',
  'slip.photos': '照片 {n} 张',
  'slip.located': '记下了走访的位置',
  'slip.unseen': '另有走访人自己看到的情况 {n} 项，没有印在这里，可以向村里要求查看。',
  'slip.noNumbers': '这张单子不印证件号和电话。',
  'slip.next': '接下来',
  'slip.nextText':
    '村第一书记核对这次记录。要核实的会再上门。亮灯只是提醒去核实，不会自动给予或取消任何待遇。',
  'slip.object': '记得不对怎么办',
  'slip.objectText':
    '告诉走访人、村第一书记或乡镇，请他们重新走访；报出回执号或日期就能找到这次记录。也可以打 12317。',
  'slip.qr': '扫码看这张单子的要点',
  'slip.size': '纸张',
  'slip.size.a5': 'A5 纸',
  'slip.size.roll': '58 毫米小票',
  'slip.print': '打印',
  'slip.missing': '本机没有这次走访的内容',
  'slip.missingText': '可能还没有保存，或服务器备份好以后本机已经清掉。可以请村里打印。',
  'slip.opening': '正在打开',
  'slip.qr.text':
    '亮灯 走访单\n{head} 户 {place}\n{day} {author}\n记下 {n} 项，照片 {photos} 张\n{receipt}\n记得不对：告诉走访人、村第一书记或乡镇，或打 12317',
} as const;
