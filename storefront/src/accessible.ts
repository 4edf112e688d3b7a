/**
 * What uni-app's page leaves out for those who read by ear or work by keyboard: its inputs do not
 * hand their label on, its buttons are not buttons, its tab icons have no text. Only on the web;
 * WeChat's own elements do it themselves.
 */
const PRESSED = 'uni-button, uni-navigator, [role="button"], [role="link"], [role="tab"], [role="checkbox"], [role="radio"], [role="switch"]'
const TABS = '.uni-tabbar__item'

function mend(): void {
  for (const host of document.querySelectorAll('uni-input[aria-label], uni-textarea[aria-label]')) {
    const label = host.getAttribute('aria-label') ?? ''
    const field = host.querySelector('input, textarea')
    if (field && field.getAttribute('aria-label') !== label) field.setAttribute('aria-label', label)
  }
  for (const image of document.querySelectorAll('.uni-tabbar__icon img:not([alt]), uni-image img:not([alt])')) {
    image.setAttribute('alt', image.closest('uni-image')?.getAttribute('aria-label') ?? '')
  }
  for (const page of document.querySelectorAll('uni-page-body:not([role])')) page.setAttribute('role', 'main')
  for (const one of document.querySelectorAll(`${PRESSED}, ${TABS}`)) {
    if (one.matches('uni-button, ' + TABS) && !one.hasAttribute('role')) one.setAttribute('role', 'button')
    const off = one.hasAttribute('disabled')
    if (one.getAttribute('tabindex') !== (off ? '-1' : '0')) one.setAttribute('tabindex', off ? '-1' : '0')
    if (off !== (one.getAttribute('aria-disabled') === 'true')) one.setAttribute('aria-disabled', String(off))
  }
}

export function makeAccessible(): void {
  let waiting = false
  new MutationObserver(() => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      mend()
    })
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'aria-label'] })
  document.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement
    if ((event.key === 'Enter' || event.key === ' ') && target.matches?.(`${PRESSED}, ${TABS}`)) {
      event.preventDefault()
      target.click()
    }
  })
}
