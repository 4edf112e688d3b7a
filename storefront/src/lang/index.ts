/**
 * Two languages, no keys. Each page says its texts itself:
 *
 *   const L = dictionary({ buy: ['立即购买', 'Buy now'], left: (n: number) => [`仅剩 ${n} 件`, `Only ${n} left`] })
 *   {{ L.buy }}  {{ L.left(3) }}
 *
 * Chinese first. What is written in a template without `L` is a mistake that a test finds.
 */
import { ref } from 'vue'

import { tellLanguage } from '../platform'

export type Language = 'zh' | 'en'
type Both = readonly [zh: string, en: string]
type Said = Both | ((...values: any[]) => Both)
type Spoken<T extends Record<string, Said>> = {
  readonly [K in keyof T]: T[K] extends (...values: infer V) => Both ? (...values: V) => string : string
}

const KEPT = 'language'

/** `?lang=` of the page, then what was chosen here before, then what the phone speaks. */
function first(): Language {
  const kept = uni.getStorageSync(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  return /^en/i.test(uni.getSystemInfoSync().language ?? '') ? 'en' : 'zh'
}

export const language = ref<Language>(first())
tellLanguage(language.value === 'zh' ? 'zh-CN' : 'en')

export function speak(chosen: Language): void {
  language.value = chosen
  uni.setStorageSync(KEPT, chosen)
  tellLanguage(chosen === 'zh' ? 'zh-CN' : 'en')
}

export function dictionary<const T extends Record<string, Said>>(texts: T): Spoken<T> {
  const spoken = {}
  for (const [name, said] of Object.entries(texts)) {
    Object.defineProperty(spoken, name, {
      enumerable: true,
      get: () => {
        const place = language.value === 'en' ? 1 : 0
        return typeof said === 'function' ? (...values: any[]) => said(...values)[place] : said[place]
      },
    })
  }
  return spoken as Spoken<T>
}
