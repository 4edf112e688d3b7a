/**
 * Sharing: every page that is worth passing on says once what its card is.
 *
 *   useShare(() => product.value && { kind: 'product', target: product.value.id, title: ..., picture: ... })
 *   <ShareSheet v-model:open="sharing" :card="card" />        (components/ShareSheet.vue)
 *
 * The code is asked for ahead, because WeChat wants its card at once.
 */
import { onShareAppMessage } from '@dcloudio/uni-app'
import { ref, watch } from 'vue'

import { post, type Answer } from '@/api'
import { picture } from '@/pictures'
import { visitor } from '@/session'

export interface ShareCard {
  kind: 'product' | 'team' | 'page' | 'order'
  /** The id of the thing, or the name of the page. */
  target: string
  title: string
  picture?: string | null
}
export type Channel = 'friend' | 'timeline' | 'poster' | 'link' | 'group'
export type Code = Answer<'/api/share/make', 'post'>

export function codeFor(card: ShareCard, channel: Channel): Promise<Code> {
  return post('/api/share/make', { visitor, kind: card.kind, target: card.target, channel })
}

/** Call in setup of a page. Sharing works from WeChat's menu and from `open-type="share"` buttons. */
export function useShare(card: () => ShareCard | null | undefined): void {
  const code = ref<Code | null>(null)
  let asked: Promise<void> = Promise.resolve()
  const ask = async (now: ShareCard) => {
    code.value = null
    try {
      code.value = await codeFor(now, 'friend')
    } catch {
      // The card then opens the page itself; nobody is credited.
    }
  }
  watch(
    () => {
      const now = card()
      return now ? `${now.kind} ${now.target}` : ''
    },
    () => {
      const now = card()
      if (now) asked = ask(now)
    },
    { immediate: true },
  )
  const tell = () => {
    const now = card()
    return {
      title: now?.title ?? '',
      path: code.value ? `/${code.value.path.replace(/^\//, '')}` : uncredited(now),
      imageUrl: now?.picture ? picture(now.picture) : undefined,
    }
  }
  // Whoever is quicker than the code: WeChat waits for it a little, then takes what there is.
  onShareAppMessage(() => (code.value ? tell() : { ...tell(), promise: asked.then(tell) }))
}

/** Where a card leads that has no code: to this page, unless it is one's own. */
function uncredited(card: ShareCard | null | undefined): string {
  const here = getCurrentPages().slice(-1)[0] as unknown as { route?: string; options?: Record<string, string> } | undefined
  if (!card || card.kind === 'order' || !here?.route) return '/pages/home/home'
  const query = Object.entries(here.options ?? {}).map(([name, value]) => `${name}=${value}`)
  return `/${here.route}${query.length ? `?${query.join('&')}` : ''}`
}
