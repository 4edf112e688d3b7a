import { ref } from 'vue'

import { get, newId, Offline, post } from '@/api'
import { session } from '@/session'

/** My cart, as far as a product's page needs it: how much is in it, and putting more in. */
export function useCart() {
  const count = ref(0)
  let held: Record<string, number> = {}
  // A line is set, not added to: who asks again after silence must ask for the same.
  let wish: { id: string; sku_id: string; more: number; quantity: number } | null = null

  async function look(): Promise<void> {
    if (!session.token) {
      count.value = 0
      return
    }
    const cart = await get('/api/cart')
    held = Object.fromEntries(cart.lines.map((line) => [line.sku_id, line.quantity]))
    tell()
  }

  async function add(sku_id: string, more: number): Promise<void> {
    if (wish?.sku_id !== sku_id || wish.more !== more) {
      await look()
      wish = { id: newId(), sku_id, more, quantity: (held[sku_id] ?? 0) + more }
    }
    try {
      const set = await post('/api/cart/set', { id: wish.id, sku_id, quantity: wish.quantity })
      wish = null
      held = { ...held, [sku_id]: set.quantity }
      tell()
    } catch (problem) {
      if (!(problem instanceof Offline)) wish = null
      throw problem
    }
  }

  function tell() {
    count.value = Object.values(held).reduce((sum, quantity) => sum + quantity, 0)
  }

  return { count, look, add }
}
