/** Titles and tabs, in the language of the moment. */
import { onShow } from '@dcloudio/uni-app'
import { watch } from 'vue'

import { dictionary, language } from './lang'

const L = dictionary({
  home: ['首页', 'Home'],
  category: ['分类', 'Categories'],
  cart: ['购物车', 'Cart'],
  mine: ['我的', 'Me'],
})

export const TABS = ['/pages/home/home', '/pages/category/category', '/pages/cart/cart', '/pages/mine/mine']

/** Name the tabs. The platform takes their names only while one of them is shown. */
function nameTabs(): void {
  const here = `/${getCurrentPages().slice(-1)[0]?.route}`
  if (!TABS.includes(here)) return
  const names = [L.home, L.category, L.cart, L.mine]
  names.forEach((text, index) => uni.setTabBarItem({ index, text, fail: () => undefined }))
}

/** The title of this page; it follows the language and what has been loaded. Call in setup. */
export function useTitle(title: () => string): void {
  const tell = () => {
    uni.setNavigationBarTitle({ title: title(), fail: () => undefined })
    nameTabs()
  }
  onShow(tell)
  watch([title, language], tell)
}

let going = ''

/** Open a page, whether it is a tab or not. A second tap, while it opens, does nothing. */
export function go(url: string): void {
  if (going === url) return
  going = url
  const complete = () => void (going = '')
  if (TABS.includes(url.split('?')[0])) uni.switchTab({ url, fail: () => undefined, complete })
  // Where ten pages lie on each other already, this one takes the place of the last.
  else uni.navigateTo({ url, success: complete, fail: () => uni.redirectTo({ url, fail: () => undefined, complete }) })
}

/** Go back; where nothing is behind (a shared card was opened), go home. */
export function back(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.switchTab({ url: TABS[0] })
}

export function toast(title: string): void {
  uni.showToast({ title, icon: 'none', duration: 2500 })
}

/** Ask before what cannot be taken back. */
export async function sure(content: string, yes: string, no: string): Promise<boolean> {
  const asked = await uni.showModal({ content, confirmText: yes, cancelText: no, confirmColor: '#b5460f' })
  return asked.confirm
}
