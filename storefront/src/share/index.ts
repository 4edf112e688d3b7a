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
  watch(
    () => {
      const now = card()
      return now ? `${now.kind} ${now.target}` : ''
    },
    async (said) => {
      const now = card()
      if (!said || !now) return
      try {
        code.value = await codeFor(now, 'friend')
      } catch {
        code.value = null // The card then opens the page itself; nobody is credited.
      }
    },
    { immediate: true },
  )
  onShareAppMessage(() => {
    const now = card()
    return {
      title: now?.title ?? '',
      path: code.value ? `/${code.value.path.replace(/^\//, '')}` : '/pages/home/home',
      imageUrl: now?.picture ? picture(now.picture) : undefined,
    }
  })
}
