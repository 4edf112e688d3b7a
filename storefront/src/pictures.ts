import { origin } from './platform'

/** Where a picture is: a path of the shop's own server, or a whole address. */
export function picture(src: string | null | undefined): string {
  if (!src) return '/static/no-picture.png'
  return src.startsWith('/') && !src.startsWith('//') ? origin + src : src
}

/** The small one, for lists: pictures of the shop's own server have `-800` and `-400` beside them. */
export function thumb(src: string | null | undefined): string {
  const whole = picture(src)
  return src?.startsWith('/') ? whole.replace(/(-\d+)?\.webp$/, '-400.webp') : whole
}
