/** How an order's state is said, and what can be done in it. */
import type { Answer } from '@/api'
import { serverNow } from '@/clock'
import { games } from '@/generated/games'
import { dictionary } from '@/lang'

export type OrderPage = Answer<'/api/orders/show'>
export type Order = OrderPage['order']
export type Act = 'cancel' | 'pay' | 'invite' | 'refund' | 'cases' | 'receive' | 'track' | 'review' | 'again'

const L = dictionary({
  toPay: ['待付款', 'To be paid'],
  lapsed: ['付款超时', 'Payment time is over'],
  inGame: (game: string) => [`${game}进行中`, `${game} in progress`],
  paid: ['已付款', 'Paid'],
  toShip: ['待发货', 'To be sent'],
  partShipped: ['部分已发货', 'Partly sent'],
  shipped: ['待收货', 'On its way'],
  received: ['已收货', 'Received'],
  done: ['已完成', 'Completed'],
  cancelled: ['已取消', 'Cancelled'],
  refunding: ['退款中', 'Being refunded'],
  refunded: ['已退款', 'Refunded'],
})

export const UNPAID = new Set(['created', 'paying'])

export function payable(order: Order): boolean {
  return UNPAID.has(order.state) && Date.parse(order.pay_until) > serverNow()
}

export function stateName(order: Order): string {
  switch (order.state) {
    case 'created':
    case 'paying':
      return payable(order) ? L.toPay : L.lapsed
    case 'paid':
      return order.game ? L.inGame(games[order.game]?.title() ?? '') : L.paid
    case 'to_ship':
      return L.toShip
    case 'part_shipped':
      return L.partShipped
    case 'shipped':
      return L.shipped
    case 'received':
      return L.received
    case 'done':
      return L.done
    case 'cancelled':
      return L.cancelled
    case 'refunding':
      return L.refunding
    case 'refunded':
      return L.refunded
  }
}

/** What its buyer may do with it, what matters most last. Its own page shows parcels and cases anyway. */
export function actsOf(order: Order, ownPage: boolean): Act[] {
  const acts = allOf(order)
  return ownPage ? acts.filter((act) => act !== 'track' && act !== 'cases') : acts.slice(-3)
}

function allOf(order: Order): Act[] {
  const cases: Act[] = order.lines.some((line) => line.returned > 0) ? ['cases'] : []
  switch (order.state) {
    case 'created':
    case 'paying':
      return payable(order) ? ['cancel', 'pay'] : ['again']
    case 'paid':
      return order.game && order.game_id && games[order.game] ? ['invite'] : []
    case 'to_ship':
      return [...cases, 'refund', 'again']
    case 'part_shipped':
      return [...cases, 'refund', 'again', 'track']
    case 'shipped':
      return [...cases, 'again', 'refund', 'track', 'receive']
    case 'received':
      return ['refund', ...cases, 'again', 'review']
    case 'done':
      return [...cases, 'again', 'review']
    case 'cancelled':
      return ['again']
    case 'refunding':
    case 'refunded':
      return ['cases', 'again']
  }
}
