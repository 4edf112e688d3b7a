import { origin, webOrigin } from './platform'

/** Where a picture is: a path of the shop's own server, or a whole address. */
export function picture(src: string | null | undefined): string {
  if (!src) return `${import.meta.env.BASE_URL}static/no-picture.png`
  return src.startsWith('/') && !src.startsWith('//') ? origin + src : src
}

/** The small one, for lists: pictures of the shop's own server have `-800` and `-400` beside them. */
export function thumb(src: string | null | undefined): string {
  const whole = picture(src)
  return src?.startsWith('/') ? whole.replace(/(-\d+)?\.webp$/, '-400.webp') : whole
}

/** With the host in front: what looks at a picture by itself, or in rich text, knows no origin. */
export function wholeAddress(src: string | null | undefined): string {
  const at = picture(src)
  return at.startsWith('/') ? webOrigin() + at : at
}

/** Rich text for `<rich-text :nodes>`: its pictures are found, and no wider than the page. */
export function htmlNodes(html: string): string {
  return html
    .replace(/(<img [^>]*?src=")(\/[^/"][^"]*)/g, (_, before: string, src: string) => before + wholeAddress(src))
    .replace(/<img /g, '<img style="max-width:100%;height:auto;display:block" ')
}
