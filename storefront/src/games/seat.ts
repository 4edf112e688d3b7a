/**
 * What a game tells the rest of the shop: where it is to be seen, and, if orders are placed in it,
 * how a seat is quoted and taken. The checkout page finds games by `generated/games.ts`.
 */
import type { Answer } from '@/api'

export type Checkout = Answer<'/api/orders/checkout', 'post'>

/** The query that the checkout page was opened with: `campaign` or `team`, `sku`, `quantity`. */
export type SeatQuery = Record<string, string>

export interface SeatChoice {
  /** Undefined: the server offers one. */
  address_id?: string
  /** Undefined: the server takes the best, unless `no_coupon`. */
  claim_id?: string
  no_coupon?: boolean
}

export interface SeatWish {
  /** Minted once for this wish, the same on every try. The order that is placed takes it. */
  id: string
  address_id: string | null
  claim_id: string | null
  note: string
  /** The total that the shopper was shown; another price is refused. */
  expected_total: number
}

export interface SeatTaken {
  order_id: string
  /** The page to show when it is paid; without it, that of the order. */
  after?: string
}

export interface Game {
  title: () => string
  /** What to do with an order of it that is paid: "invite friends to the team". */
  invite: () => string
  /** Where the game of an order is to be seen, by the order's `game_id`. */
  page: (id: string) => string
  quote?: (query: SeatQuery, choice: SeatChoice) => Promise<Checkout>
  place?: (query: SeatQuery, wish: SeatWish) => Promise<SeatTaken>
}
