// WeChat's own elements, as far as they are used: each is an element of the browser that takes
// WeChat's attributes and tells WeChat's events. One that is not here is an honest failure.
;(() => {
  const PLAIN = new Set(['view', 'text', 'block', 'slot', 'button', 'swiper-item', 'label', 'form', 'page-root'])
  const files = window.MP.files
  const rpx = (css) => css.replace(/(-?(?:\d+\.)?\d+)rpx/g, (_, number) => `calc(${number} * 100vw / 750)`)
  const tell = (element, type, detail) => element.dispatchEvent(Object.assign(new Event(type, { bubbles: false }), { mpDetail: detail }))

  /** A path of the program itself, or of its server, whose name the page stands for. */
  const source = (path) => files[path.replace(/^\//, '')] ?? path.replace(/^https:\/\/shop\.invalid/, location.origin)

  const takes = (element, setters) => {
    const set = element.setAttribute.bind(element)
    element.setAttribute = (name, value) => (setters[name] ? setters[name](value) : set(name, name === 'style' ? rpx(value) : value))
    const remove = element.removeAttribute.bind(element)
    element.removeAttribute = (name) => (setters[name] ? setters[name](null) : remove(name))
    return element
  }
  const field = (tag) => () => {
    const element = document.createElement(tag)
    element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && tag === 'input') tell(element, 'confirm', { value: element.value })
    })
    return takes(element, {
      value: (value) => {
        if (element.value !== (value ?? '')) element.value = value ?? ''
      },
      type: (value) => {
        element.inputMode = { number: 'numeric', digit: 'decimal', tel: 'tel' }[value] ?? 'text'
      },
      maxlength: (value) => {
        if (Number(value) >= 0) element.maxLength = Number(value)
      },
      password: (value) => {
        element.type = value === null ? 'text' : 'password'
      },
    })
  }
  const makers = {
    input: field('input'),
    textarea: field('textarea'),
    image: () => {
      const element = document.createElement('img')
      element.alt = ''
      element.addEventListener('load', (event) => {
        if (!event.mpDetail) tell(element, 'load', { width: element.naturalWidth, height: element.naturalHeight })
      })
      const set = element.setAttribute.bind(element)
      const remove = element.removeAttribute.bind(element)
      return takes(element, {
        src: (value) => (value ? set('src', source(value)) : remove('src')),
        'aria-label': (value) => {
          element.alt = value ?? ''
        },
      })
    },
    'scroll-view': () => {
      const element = document.createElement('scroll-view')
      let low = false
      element.addEventListener('scroll', () => {
        const left = element.scrollHeight - element.scrollTop - element.clientHeight
        const was = low
        low = left < 50
        if (low && !was && element.hasAttribute('scroll-y')) tell(element, 'scrolltolower', { direction: 'bottom' })
      })
      return takes(element, {
        'scroll-top': (value) => {
          element.scrollTop = Number(value)
        },
        'scroll-into-view': (value) => value && setTimeout(() => document.getElementById(value)?.scrollIntoView()),
      })
    },
    swiper: () => {
      const element = document.createElement('swiper')
      let at = 0
      element.addEventListener('scroll', () => {
        const now = Math.round(element.scrollLeft / Math.max(1, element.clientWidth))
        if (now === at) return
        at = now
        tell(element, 'change', { current: at, source: 'touch' })
      })
      return takes(element, {
        current: (value) => {
          at = Number(value)
          requestAnimationFrame(() => element.scrollTo(at * element.clientWidth, 0))
        },
        autoplay: () => undefined, // Time stands still here for advertisements.
      })
    },
    switch: () => {
      const element = document.createElement('switch')
      const show = (on) => element.setAttribute('aria-checked', String(on))
      element.setAttribute('role', 'switch')
      element.tabIndex = 0
      show(false)
      element.addEventListener('click', () => {
        const on = element.getAttribute('aria-checked') !== 'true'
        show(on)
        tell(element, 'change', { value: on })
      })
      return takes(element, { checked: (value) => show(value !== null && value !== 'false') })
    },
    canvas: () => {
      const element = takes(document.createElement('canvas'), {})
      /** Its pictures know where the program's server is, as all of WeChat's do. */
      element.createImage = () => {
        const image = new Image()
        const { set } = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
        return Object.defineProperty(image, 'src', { set: (path) => set.call(image, source(path)) })
      }
      return element
    },
    // The wheel of the phone itself: a test turns it with `miniprogram.pick(...)`.
    picker: () => takes(document.createElement('picker'), {}),
    'rich-text': () => {
      const element = document.createElement('rich-text')
      return takes(element, {
        nodes: (value) => {
          element.innerHTML = rpx(value ?? '')
        },
      })
    },
  }

  window.MP.parts = {
    source,
    tell,
    /** What glass-easel makes its elements with. `own` are the program's components. */
    createElement(tag) {
      if (makers[tag]) return makers[tag]()
      if (PLAIN.has(tag) || window.MP.own.has(tag)) return takes(document.createElement(tag), {})
      throw new Error(`the element <${tag}> is not in the harness`)
    },
    /** What WeChat tells with an event of the browser. */
    detailOf(type, detail, original) {
      if (original?.mpDetail !== undefined) return original.mpDetail
      const { value, naturalWidth, naturalHeight } = original?.target ?? {}
      if (type === 'load') return { width: naturalWidth, height: naturalHeight }
      return ['input', 'change', 'blur', 'focus', 'confirm'].includes(type) && value !== undefined ? { value } : detail
    },
  }
})()
