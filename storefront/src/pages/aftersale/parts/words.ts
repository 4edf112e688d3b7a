/** How after-sale cases are said. */
import type { Answer } from '@/api'
import { dictionary } from '@/lang'

export type CasePage = Answer<'/api/aftersale/show'>
export type Case = CasePage['case']

export const KIND = dictionary({
  refund_only: ['仅退款', 'Refund only'],
  return_refund: ['退货退款', 'Return and refund'],
})
export const STATE = dictionary({
  asked: ['等待商家处理', 'Waiting for the shop'],
  approved: ['请寄回商品', 'Send the goods back'],
  sent_back: ['等待商家收货', 'On its way back'],
  received: ['商家已收货', 'Received by the shop'],
  refunding: ['退款中', 'Being refunded'],
  refunded: ['已退款', 'Refunded'],
  refused: ['商家已拒绝', 'Refused'],
  withdrawn: ['已撤销', 'Withdrawn'],
})
/** The same as what happened, in its history. */
export const STEP = dictionary({
  asked: ['提交申请', 'Asked'],
  approved: ['商家同意', 'The shop agreed'],
  sent_back: ['已寄回商品', 'Sent back'],
  received: ['商家收到退货', 'Received by the shop'],
  refunding: ['开始退款', 'Refund begun'],
  refunded: ['退款完成', 'Refunded'],
  refused: ['商家拒绝', 'Refused'],
  withdrawn: ['撤销申请', 'Withdrawn'],
})
export const REASON = dictionary({
  cancelled: ['不想要了', 'No longer wanted'],
  damaged: ['商品破损', 'It is damaged'],
  wrong_item: ['发错商品', 'Wrong item'],
  not_as_described: ['与描述不符', 'Not as described'],
  missing: ['少发、漏发', 'Something is missing'],
  too_late: ['迟迟未收到', 'It came too late'],
  other: ['其他原因', 'Another reason'],
})
export const REASONS = ['cancelled', 'damaged', 'wrong_item', 'not_as_described', 'missing', 'too_late', 'other'] as const
/** Its units are spoken for. Once the money is asked back, the order itself counts them as returned. */
export const OPEN = new Set(['asked', 'approved', 'sent_back'])
