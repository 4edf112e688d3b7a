/** One request and its answer. Who insists, signs in again or reads refusals stands above. */
import { language } from '@/lang'

import { origin } from '../platform'

const TIMEOUT_MS = 15_000

export interface Heard {
  status: number
  body: any
}

/** null: nobody answered. */
export function send(method: 'GET' | 'POST', path: string, form: object | undefined, token: string): Promise<Heard | null> {
  const header: Record<string, string> = { 'accept-language': language.value }
  if (token) header.authorization = `Bearer ${token}`
  if (import.meta.env.VITE_SHOP_ID) header['frontline-shop'] = import.meta.env.VITE_SHOP_ID
  if (form) header['content-type'] = 'application/json'
  return new Promise((done) => {
    uni.request({
      url: origin + path,
      method,
      header,
      data: form && JSON.stringify(form),
      timeout: TIMEOUT_MS,
      success: (got) => done({ status: got.statusCode, body: got.data }),
      fail: () => done(null),
    })
  })
}
