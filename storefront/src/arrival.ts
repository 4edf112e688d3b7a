/** What happens once when the shop is opened: which shop it is, and who comes back. */
import { reactive } from 'vue'

import { get, post, type Answer } from './api'
import { useCurrency } from './money'
import { onSignedIn, session, visitor } from './session'

export type Shop = Answer<'/api/shop'>

/** The shop's facts, once they are known. */
export const shop = reactive<{ facts: Shop | null }>({ facts: null })

/** Kept until the shop has heard it. */
const OWED = 'bind-owed'
/** Whoever signs in is tied to the visitor that this phone was: so it is known whose card it was. */
function bind(): void {
  uni.setStorageSync(OWED, true)
  post('/api/share/bind', { visitor }).then(
    () => uni.removeStorageSync(OWED),
    () => undefined, // At the next opening, then.
  )
}

/** For the funnel: the shop was opened, by a share if there is a code. Nothing waits for it. */
export function tellOpened(code?: string): void {
  post('/api/funnel/seen', { visitor, step: 'open', code }).catch(() => undefined)
}

/** Where shared cards arrive: that page knows by which, and tells the opening itself. */
const LAND = 'pages/share/land'

/** `path` is the page that the shop was opened at. */
export async function arrive(path: string): Promise<void> {
  onSignedIn(bind)
  if (session.token && uni.getStorageSync(OWED)) bind()
  if (!path.endsWith(LAND)) tellOpened()
  try {
    shop.facts = await get('/api/shop')
    useCurrency(shop.facts.currency)
  } catch {
    // Each page tells for itself when nobody answers.
  }
}

