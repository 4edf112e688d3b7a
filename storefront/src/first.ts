/**
 * The first paint, laid into the document by the server (frontline.storefront.first): the answer to the
 * page's first question, and a picture of the page's top that stands until the page itself does.
 */
const SHELL_MS_MAX = 4_000

/**
 * The answer to this question, if it is the one that was laid in. Once, and not in another language than
 * the phone was taken for: later it would be old. (Nor does it set the clock: a browser may have kept it.)
 */
export function laidAnswer(asked: string, language: string): any {
  const laid = document.getElementById('first')
  if (laid?.dataset.asked !== asked) return null
  laid.remove()
  if (laid.dataset.language !== language) return null
  return JSON.parse(laid.textContent ?? 'null')
}

/** Take the shell away when the page has its own pictures, or in the end. A tap goes through it. */
export function watchShell(): void {
  const shell = document.getElementById('shell')
  if (!shell) return
  const leave = () => {
    observer.disconnect()
    shell.remove()
  }
  const observer = new MutationObserver(() => document.querySelector('#app uni-page-body img.pic') && leave())
  observer.observe(document.getElementById('app')!, { childList: true, subtree: true })
  setTimeout(leave, SHELL_MS_MAX)
}
