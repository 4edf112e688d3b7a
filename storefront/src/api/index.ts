/**
 * All questions to the shop. Doors and their shapes are those of the OpenAPI document
 * (`make storefront` and `npm run check` hold every call against it).
 *
 *   const page = await get('/api/products/show', { id })
 *   const placed = await post('/api/orders/place', { id: newId(), ... })
 *
 * A refusal is thrown as `Refusal`: `refusal` for programs, `message` for people in their language.
 * No answer at all is thrown as `Offline`, after the same wish was sent again: it carries its own
 * id, so that it has one effect however often it arrives.
 */
import { syncClock } from '@/clock'
import { language } from '@/lang'
import { leaveSession, renewSession, session, sessionEnded } from '@/session'

import { laid } from '../platform'
import { Offline, Refusal } from './failures'
import type { paths } from './schema'
import { send, type Heard } from './wire'

export { newId } from './ids'
export { Offline, Refusal } from './failures'

type Method = 'get' | 'post'
type PathsOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: any } } ? P : never
}[keyof paths]
type Json<R> = R extends { content: { 'application/json': infer A } } ? A : never
type Said<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: { 200: infer R } } ? Json<R> : never
/** What a door answers when it does not refuse. */
export type Answer<P extends keyof paths, M extends Method = 'get'> = Exclude<Said<P, M>, { refusal: string } | null>
type Query<P extends keyof paths> = paths[P]['get'] extends { parameters: { query?: infer Q } } ? Q : never
type Form<P extends keyof paths> = paths[P]['post'] extends {
  requestBody: { content: { 'application/json': infer F } }
}
  ? F
  : never

/** One item of a list that a door answers with. */
export type Item<L> = L extends readonly (infer I)[] ? I : never

const PAUSES_MS = [400, 1500] // Before the second and the third try.

export function get<P extends PathsOf<'get'>>(path: P, query?: Query<P>): Promise<Answer<P, 'get'>> {
  const said = Object.entries((query ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
  const whole = said ? `${path}?${said}` : path
  const known = laid(whole, language.value)
  return (known ? Promise.resolve(known) : ask('GET', whole)) as Promise<never>
}

export function post<P extends PathsOf<'post'>>(path: P, form: Form<P>): Promise<Answer<P, 'post'>> {
  return ask('POST', path, form as object) as Promise<never>
}

async function ask(method: 'GET' | 'POST', path: string, form?: object, renewed = false): Promise<any> {
  const answer = await insist(method, path, form)
  if (answer.status === 200) {
    return heard(answer.body)
  }
  const refusal = new Refusal(answer.status, answer.body)
  if (answer.status === 401 && session.token) {
    leaveSession()
    // A mini program signs in without a word; on the web the page asks for the phone.
    if (!renewed && (await renewSession())) return ask(method, path, form, true)
    sessionEnded()
  }
  throw refusal
}

/** Whatever carries the server's time sets the clock. */
function heard(body: any): any {
  if (body?.now) syncClock(body.now)
  return body
}

/** Ask until somebody answers; who is told to wait, waits. */
async function insist(method: 'GET' | 'POST', path: string, form?: object): Promise<Heard> {
  for (let tried = 0; ; tried++) {
    const heard = await send(method, path, form, session.token)
    if (heard && heard.status !== 503) return heard
    if (tried === PAUSES_MS.length) {
      if (heard) return heard
      throw new Offline()
    }
    await new Promise((done) => setTimeout(done, PAUSES_MS[tried]))
  }
}
