/** Pictures in full, one beside the other, on the web: WeChat has its own, and uni-app's weighs 6 kB. */
export function showWhole(urls: readonly string[], at: number, close: string): void {
  const box = document.createElement('div')
  box.setAttribute('role', 'dialog')
  box.setAttribute('aria-label', close)
  box.tabIndex = 0
  box.style.cssText =
    'position:fixed;inset:0;z-index:2000;display:flex;overflow-x:auto;scroll-snap-type:x mandatory;background:rgba(20,12,6,.94)'
  for (const url of urls) {
    const image = document.createElement('img')
    image.src = url
    image.alt = ''
    image.style.cssText = 'flex:none;width:100%;height:100%;object-fit:contain;scroll-snap-align:center'
    box.append(image)
  }
  const leave = () => {
    box.remove()
    removeEventListener('popstate', leave)
  }
  box.addEventListener('click', leave)
  box.addEventListener('keydown', (event) => event.key === 'Escape' && leave())
  addEventListener('popstate', leave)
  document.body.append(box)
  box.scrollLeft = at * box.clientWidth
  box.focus()
}
