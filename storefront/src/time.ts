/** Times as people read them, in the shop's days: a phone that is abroad shows the same. */
import { serverNow } from './clock'
import { dictionary, language } from './lang'

const L = dictionary({
  today: (clock: string) => [`今天 ${clock}`, `Today ${clock}`],
  yesterday: (clock: string) => [`昨天 ${clock}`, `Yesterday ${clock}`],
  tomorrow: (clock: string) => [`明天 ${clock}`, `Tomorrow ${clock}`],
  days: (n: number) => [`${n} 天`, `${n} d`],
  hours: (n: number) => [`${n} 小时`, `${n} h`],
  minutes: (n: number) => [`${n} 分钟`, `${n} min`],
})
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** The mainland has one time, without summer time; not every phone knows others (`Intl`). */
const AHEAD_MS = 8 * 60 * MINUTE_MS

const two = (n: number) => String(n).padStart(2, '0')

interface Local {
  year: number
  month: number
  date: number
  clock: string
  seconds: string
  /** Days since 1970. */
  day: number
}

function local(at: string | number): Local {
  const ms = (typeof at === 'number' ? at : Date.parse(at)) + AHEAD_MS
  const then = new Date(ms)
  return {
    year: then.getUTCFullYear(),
    month: then.getUTCMonth() + 1,
    date: then.getUTCDate(),
    clock: `${two(then.getUTCHours())}:${two(then.getUTCMinutes())}`,
    seconds: two(then.getUTCSeconds()),
    day: Math.floor(ms / DAY_MS),
  }
}

function dated({ year, month, date }: Local): string {
  const here = local(serverNow()).year
  if (language.value === 'zh') return (year === here ? '' : `${year}年`) + `${month}月${date}日`
  return `${date} ${MONTHS[month - 1]}` + (year === here ? '' : ` ${year}`)
}

/** `11月23日`, `2025年3月1日`; `23 Nov`, `1 Mar 2025`. */
export function day(at: string): string {
  return dated(local(at))
}

/** `今天 14:32`, `昨天 09:05`, `11月23日 14:32`. */
export function when(at: string): string {
  const then = local(at)
  const away = then.day - local(serverNow()).day
  if (away === 0) return L.today(then.clock)
  if (away === -1) return L.yesterday(then.clock)
  if (away === 1) return L.tomorrow(then.clock)
  return `${dated(then)} ${then.clock}`
}

/** `2026-11-23 14:32:05`, for records. */
export function stamp(at: string): string {
  const { year, month, date, clock, seconds } = local(at)
  return `${year}-${two(month)}-${two(date)} ${clock}:${seconds}`
}

/** About how long: `2 天`, `5 小时`, `14 分钟`; what has begun counts as whole. */
export function long(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / MINUTE_MS))
  if (minutes < 60) return L.minutes(minutes)
  const hours = Math.ceil(minutes / 60)
  return hours < 48 ? L.hours(hours) : L.days(Math.ceil(hours / 24))
}
