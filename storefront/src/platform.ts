/** What differs between the mini program and the page; no other file has `#ifdef`. */

// #ifdef H5
import { makeAccessible } from './accessible'
import { laidAnswer, watchShell } from './first'
import { showWhole } from './lightbox'
// #endif

export type Platform = 'weixin' | 'h5'

export const platform: Platform = process.env.UNI_PLATFORM === 'h5' ? 'h5' : 'weixin'
/** Where the API is. A page asks its own origin. */
export const origin = platform === 'h5' ? '' : import.meta.env.VITE_API_ORIGIN ?? 'https://shop.invalid'

/** A random number of 32 bits: from the browser's source of chance where there is one. */
export function random32(): number {
  // #ifdef H5
  return crypto.getRandomValues(new Uint32Array(1))[0]
  // #endif
  // #ifdef MP-WEIXIN
  return Math.floor(Math.random() * 2 ** 32)
  // #endif
}

/** The code of `wx.login`; only a mini program has one. */
export function loginCode(): Promise<string | null> {
  // #ifdef MP-WEIXIN
  return new Promise((done) =>
    uni.login({
      provider: 'weixin',
      success: (got) => done(got.code),
      fail: () => done(null),
    }),
  )
  // #endif
  // #ifdef H5
  return Promise.resolve(null)
  // #endif
}

/** Where this page stands on the web, for links that are passed on. Empty in a mini program. */
export function webOrigin(): string {
  // #ifdef H5
  return location.origin
  // #endif
  // #ifdef MP-WEIXIN
  return ''
  // #endif
}

/** Where a page of ours is on the web: `/pages/...` behind the shop's own address. */
export function webAddress(path: string): string {
  // #ifdef H5
  return location.origin + import.meta.env.BASE_URL.replace(/\/$/, '') + path
  // #endif
  // #ifdef MP-WEIXIN
  return path
  // #endif
}

/** Leave for the payment page. Only on the web. */
export function leaveFor(url: string): void {
  // #ifdef H5
  location.assign(url)
  // #endif
}

/** Open WeChat's payment sheet; resolves to whether it closed as paid. Only in a mini program. */
export function openPaymentSheet(parameters: Record<string, string>): Promise<boolean> {
  // #ifdef MP-WEIXIN
  return new Promise((done) =>
    uni.requestPayment({
      provider: 'wxpay',
      ...(parameters as any),
      success: () => done(true),
      fail: () => done(false),
    }),
  )
  // #endif
  // #ifdef H5
  return Promise.resolve(false)
  // #endif
}

/** The language of the browser's page, for screen readers and fonts, and of uni-app's own words. */
export function tellLanguage(language: string): void {
  // #ifdef H5
  document.documentElement.lang = language
  const locale = language === 'en' ? 'en' : 'zh-Hans'
  localStorage.setItem('UNI_LOCALE', locale) // Where it looks when it begins,
  if (getCurrentPages().length) uni.setLocale(locale) // and from then on.
  // #endif
}

/** Choose pictures on the phone; each with where it is to be seen, and a way to read it as base64. */
export async function choosePictures(most: number): Promise<{ path: string; read: () => Promise<string> }[]> {
  const chosen: any = await new Promise((done) =>
    uni.chooseImage({ count: most, sizeType: ['compressed'], success: done, fail: () => done(null) }),
  )
  const files: any[] = chosen ? [].concat(chosen.tempFiles) : []
  return files.slice(0, most).map((file) => ({ path: String(file.path), read: () => readPicture(file) }))
}

function readPicture(file: any): Promise<string> {
  // #ifdef MP-WEIXIN
  return new Promise((done, failed) =>
    uni.getFileSystemManager().readFile({
      filePath: file.path,
      encoding: 'base64',
      success: (got) => done(got.data as string),
      fail: failed,
    }),
  )
  // #endif
  // #ifdef H5
  return new Promise((done, failed) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result).split(',')[1])
    reader.onerror = failed
    reader.readAsDataURL(file)
  })
  // #endif
}

/** Mend what the platform's own elements leave out. Once, at the start. */
export function prepare(): void {
  // #ifdef H5
  makeAccessible()
  watchShell()
  // #endif
}

/** What the server laid into the document as the answer to the first question; null: nothing. */
export function laid(asked: string, language: string): any {
  // #ifdef H5
  return laidAnswer(asked, language)
  // #endif
  // #ifdef MP-WEIXIN
  return null
  // #endif
}

/** Keep a text as a file (true), or on the clipboard where there are no files (false). */
export function saveText(name: string, content: string): Promise<boolean> {
  // #ifdef H5
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
  return Promise.resolve(true)
  // #endif
  // #ifdef MP-WEIXIN
  return new Promise((done, failed) =>
    uni.setClipboardData({ data: content, showToast: false, success: () => done(false), fail: failed }),
  )
  // #endif
}

/** Show pictures in full, beginning with one of them. */
export function preview(urls: string[], at: number): void {
  // #ifdef H5
  showWhole(urls, at, document.documentElement.lang === 'zh-CN' ? '点一下关闭' : 'Tap to close')
  // #endif
  // #ifdef MP-WEIXIN
  uni.previewImage({ urls, current: at })
  // #endif
}
