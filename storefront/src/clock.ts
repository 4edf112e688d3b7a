/** The server's time: countdowns must not trust the phone. */
import { ref } from 'vue'

let ahead_ms = 0

/** Every answer that carries `now` ends here. */
export function syncClock(now: string): void {
  const at = Date.parse(now)
  if (!Number.isNaN(at)) ahead_ms = at - Date.now()
}

export function serverNow(): number {
  return Date.now() + ahead_ms
}

/** The server's time, moving once a second while some page is looking. */
export const tick = ref(Date.now())
let looking = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Call in onShow; call what it returns in onHide and onUnload. */
export function watchClock(): () => void {
  let watched = true
  tick.value = serverNow()
  if (looking++ === 0) timer = setInterval(() => (tick.value = serverNow()), 1000)
  return () => {
    if (!watched) return
    watched = false
    if (--looking === 0) clearInterval(timer)
  }
}

/** Milliseconds until then, never below zero; follows `tick`. */
export function left(until: string): number {
  return Math.max(0, Date.parse(until) - tick.value)
}
