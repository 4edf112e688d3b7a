/** What a checkout is about: the cart, one thing, an order once more, or a seat in a game. */
import { get, post, type Answer } from '@/api'
import { games } from '@/generated/games'
import type { Checkout, SeatChoice } from '@/games/seat'

export interface Line {
  sku_id: string
  quantity: number
}
export interface Wish {
  id: string
  address_id: string | null
  claim_id: string | null
  note: string
  expected_total: number
}
export interface Source {
  /** Undefined: the number is not to be changed here. */
  quantity?: number
  /** What could not be had any more when an order is bought again. */
  gone: readonly string[]
  /** Whether single lines may be left out. */
  several: boolean
  quote: (choice: SeatChoice) => Promise<Checkout>
  place: (wish: Wish) => Promise<{ order_id: string; after?: string }>
  leaveOut: (sku_id: string) => void
  change: (quantity: number) => void
}

const BROUGHT = 'checkout-lines'

/** Lines of the cart, on their way to the checkout; kept, so that a page loaded again has them. */
export function bring(lines: readonly Line[]): void {
  uni.setStorageSync(BROUGHT, lines)
}

export async function sourceOf(query: Record<string, string>): Promise<Source> {
  const game = query.game ? games[query.game] : undefined
  if (game?.quote && game.place) return seat(query, game.quote, game.place)
  const quantity = Math.max(1, Number(query.quantity) || 1)
  if (query.sku) return bought([{ sku_id: query.sku, quantity }], { quantity })
  if (query.order) {
    const again: Answer<'/api/orders/again'> = await get('/api/orders/again', { order_id: query.order })
    return bought([...again.lines], { gone: again.gone })
  }
  return bought([...((uni.getStorageSync(BROUGHT) || []) as Line[])], { from_cart: true })
}

interface Manner {
  quantity?: number
  gone?: readonly string[]
  from_cart?: boolean
}

function bought(lines: Line[], { quantity, gone = [], from_cart = false }: Manner): Source {
  const source: Source = {
    quantity,
    gone,
    several: lines.length > 1,
    quote: (choice) => (lines.length ? post('/api/orders/checkout', { lines, ...choice }) : Promise.resolve(NOTHING)),
    place: (wish) => post('/api/orders/place', { ...wish, lines, from_cart }),
    leaveOut(sku_id) {
      lines = lines.filter((line) => line.sku_id !== sku_id)
      source.several = lines.length > 1
      if (from_cart) bring(lines)
    },
    change(quantity) {
      source.quantity = quantity
      lines = lines.map((line) => ({ ...line, quantity }))
    },
  }
  return source
}

function seat(
  query: Record<string, string>,
  quote: (query: Record<string, string>, choice: SeatChoice) => Promise<Checkout>,
  place: (query: Record<string, string>, wish: Wish) => Promise<{ order_id: string; after?: string }>,
): Source {
  return {
    gone: [],
    several: false,
    quote: (choice) => quote(query, choice),
    place: (wish) => place(query, wish),
    leaveOut: () => undefined,
    change: () => undefined,
  }
}

const NOTHING: Checkout = {
  type: 'Checkout',
  now: '',
  needs_address: false,
  address: null,
  lines: [],
  quote: null,
  problems: [],
  coupons: { best: null, usable: [], unusable: [] },
  claim_id: null,
}
