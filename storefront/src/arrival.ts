/** What happens once when the shop is opened: which shop it is, and by whose card one came. */
import { reactive } from 'vue'

import { get, type Answer } from './api'
import { useCurrency } from './money'
import { onSignedIn, visitor } from './session'

export type Shop = Answer<'/api/shop'>

/** The shop's facts, once they are known. */
export const shop = reactive<{ facts: Shop | null }>({ facts: null })

export async function arrive(_query: Record<string, string>): Promise<void> {
  void visitor
  onSignedIn(() => undefined)
  try {
    shop.facts = await get('/api/shop')
    useCurrency(shop.facts.currency)
  } catch {
    // Pages tell for themselves when nobody answers.
  }
}
