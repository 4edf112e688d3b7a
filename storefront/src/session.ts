/** Who is signed in on this phone, and the visitor's id that it had before. */
import { reactive } from 'vue'

import { newId } from './api/ids'
import { send } from './api/wire'
import { loginCode } from './platform'

const TOKEN = 'token'
const VISITOR = 'visitor'

export const session = reactive({ token: String(uni.getStorageSync(TOKEN) || '') })

/** Minted at the first opening and kept: ties touches of shared cards to whoever signs in later. */
export const visitor: string = (() => {
  const kept = uni.getStorageSync(VISITOR)
  if (kept) return String(kept)
  const minted = newId()
  uni.setStorageSync(VISITOR, minted)
  return minted
})()

type Joining = () => void
const joining: Joining[] = []

/** Do something whenever somebody has signed in (sharing ties the visitor to the member). */
export function onSignedIn(act: Joining): void {
  joining.push(act)
}

export function enterSession(token: string): void {
  session.token = token
  uni.setStorageSync(TOKEN, token)
  joining.forEach((act) => act())
}

export function leaveSession(): void {
  session.token = ''
  uni.removeStorageSync(TOKEN)
}

let renewing: Promise<boolean> | null = null

/** Sign in without a word, where the platform can (WeChat); false: the login page must ask. */
export function renewSession(): Promise<boolean> {
  renewing ??= renew().finally(() => (renewing = null))
  return renewing
}

async function renew(): Promise<boolean> {
  const code = await loginCode()
  if (code === null) return false
  const heard = await send('POST', '/api/login/wechat', { code }, '')
  if (heard?.status !== 200) return false
  enterSession(heard.body.token)
  return true
}

const LOGIN = 'pages/login/login'
/** Pages that are for members, by their route: they have asked for one. */
const forMembers = new Set<string>()
let onTheWay = false

const here = () => getCurrentPages().slice(-1)[0]?.route ?? ''

function toLogin(): void {
  if (onTheWay || here() === LOGIN) return
  onTheWay = true
  uni.navigateTo({ url: `/${LOGIN}`, fail: () => undefined, complete: () => void (onTheWay = false) })
}

/**
 * Make sure that somebody is signed in: at once where the platform can, else by the login page,
 * which comes back here. False: not yet, and the shopper is on the way to the login page.
 */
export async function signedIn(): Promise<boolean> {
  forMembers.add(here())
  if (session.token || (await renewSession())) return true
  toLogin()
  return false
}

/** The session has ended. A page for members asks who it is; on others one goes on as a guest. */
export function sessionEnded(): void {
  if (forMembers.has(here())) toLogin()
}
