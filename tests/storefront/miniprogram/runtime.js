// The client: it loads the modules, and keeps the stack of pages and the tabs.
;(() => {
  const { config, templates, modules, parts } = window.MP
  const client = window.wx // uni-app puts another one in its place.
  const TABS = config.app.tabBar?.list ?? []
  glassEasel.globalOptions.throwGlobalError = true
  glassEasel.globalOptions.useMethodCallerListeners = true // uni-app keeps its handlers on the page object.
  glassEasel.addGlobalWarningListener((message) => {
    // Lists are empty until the page has said what is in them: uni-app draws before it.
    if (!message.startsWith('The for-list data is neither')) console.error(`glass-easel: ${message}`)
    return false
  })

  window.MP.own = new Set(Object.values(config).flatMap((one) => Object.keys(one.usingComponents ?? {})))
  // An event of WeChat's owns its detail, and uni-app asks whether it does; glass-easel's inherits it.
  const wrapped = glassEasel.Event.prototype.wrapShadowedEvent
  glassEasel.Event.prototype.wrapShadowedEvent = function (...given) {
    return Object.assign(wrapped.apply(this, given), { detail: this.detail, type: this.type })
  }
  const environment = new adapter.MiniProgramEnv()
  const space = environment.createCodeSpace('', true)
  const context = new glassEasel.CurrentWindowBackendContext()
  context.document = {
    createElement: parts.createElement,
    createTextNode: (text) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  }
  const backend = environment.associateBackend(context)
  context.onEvent((target, type, detail, options) => {
    const original = options.originalEvent
    if (type === 'tap' && original?.target.closest?.('button[disabled], [disabled] button')) return 0
    const event = new glassEasel.Event(type, parts.detailOf(type, detail, original), options)
    glassEasel.Event.dispatchEvent(target, event)
    if (type === 'tap') pressed(original?.target.closest?.('button[open-type]'))
    return event.defaultPrevented() ? 1 : 0
  })

  let app
  const stack = []
  const calls = []
  const loaded = new Map()
  const loading = []
  const getApp = () => app
  const getCurrentPages = () => stack.map((one) => one.page)
  // Registering belongs to the file that is being loaded for the program, whoever's helper calls it.
  const outermost = (kind) => (definition) => loading[0][kind](definition)

  const fileOf = (from, path) => {
    const steps = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
    for (const step of path.split('/')) step === '..' ? steps.pop() : step && step !== '.' && steps.push(step)
    const file = steps.join('/')
    return modules[file] ? file : `${file}.js`
  }
  function load(file) {
    if (loaded.has(file)) return loaded.get(file).exports
    if (!modules[file]) throw new Error(`there is no module ${file}`)
    const module = { exports: {} }
    loaded.set(file, module)
    space.componentEnv(file.replace(/\.js$/, ''), (registering) => {
      loading.push(registering)
      try {
        modules[file]((path) => load(fileOf(file, path)), module, module.exports, client, (given) => (app = given),
          outermost('Page'), outermost('Component'), outermost('Behavior'), getApp, getCurrentPages, window)
      } finally {
        loading.pop()
      }
    })
    return module.exports
  }
  function loadWithParts(name) {
    if (loaded.has(`${name}.js`)) return
    for (const path of Object.values(config[name]?.usingComponents ?? {})) loadWithParts(fileOf(`${name}.js`, path).replace(/\.js$/, ''))
    load(`${name}.js`)
  }

  function open(url, closing = 0) {
    const [path, search = ''] = url.replace(/^\//, '').split('?')
    if (!config.app.pages.includes(path)) throw new Error(`app.json has no page ${path}`)
    if (closing === 0 && stack.length === 10) throw { errMsg: 'navigateTo:fail webview count limit exceed' }
    if (closing === 0 && TABS.some((tab) => tab.pagePath === path)) throw { errMsg: 'navigateTo:fail can not navigateTo a tabbar page' }
    for (let left = Math.min(closing, stack.length); left > 0; left--) drop()
    const below = stack.at(-1)
    if (below) {
      below.page.onHide?.()
      below.host.style.display = 'none'
    }
    const query = Object.fromEntries(new URLSearchParams(search))
    const root = backend.createRoot('page-root', space, path)
    const page = root.get()
    Object.assign(page, { route: path, __route__: path, options: query })
    const host = document.createElement('div')
    host.dataset.page = path
    const place = document.createElement('div')
    host.append(place)
    document.getElementById('stage').append(host)
    stack.push({ page, root, host, path, title: config[path].navigationBarTitleText ?? '' })
    root.attach(host, place)
    page.onLoad?.(query)
    page.onShow?.()
    page.onReady?.()
    window.scrollTo(0, 0)
    face()
  }
  function drop() {
    const { page, root, host } = stack.pop()
    page.onUnload?.()
    root.release()
    host.remove()
  }
  function close(count) {
    for (let left = Math.min(count, stack.length - 1); left > 0; left--) drop()
    const top = stack.at(-1)
    top.host.style.display = ''
    top.page.onShow?.()
    face()
  }
  /** Bar and tabs as they are for the page on top. */
  function face() {
    const top = stack.at(-1)
    document.title = document.getElementById('bar').textContent = top.title
    const tabs = TABS.some((tab) => tab.pagePath === top.path) ? TABS : []
    document.body.style.setProperty('--tabs', tabs.length ? '50px' : '0px')
    document.getElementById('tabs').replaceChildren(
      ...tabs.map((tab) => {
        const box = document.createElement('div')
        box.setAttribute('role', 'tab')
        box.setAttribute('aria-selected', String(tab.pagePath === top.path))
        box.textContent = tab.text
        box.addEventListener('click', () => openTab(tab.pagePath))
        return box
      }),
    )
  }
  function openTab(url) {
    const path = url.replace(/^\//, '')
    if (!TABS.some((tab) => tab.pagePath === path)) throw { errMsg: 'switchTab:fail can not switch to no-tabBar page' }
    open(path, Infinity)
  }
  /** A card may say more in a promise; WeChat waits three seconds for it, then takes the card as it is. */
  const told = ({ promise, ...card }) =>
    promise ? Promise.race([promise.catch(() => card), new Promise((done) => setTimeout(done, 3000, card))]) : Promise.resolve(card)
  /** Buttons with which WeChat itself does something. */
  function pressed(button) {
    const kind = button?.getAttribute('open-type')
    if (kind === 'share') {
      const target = { dataset: button.__wxElement?.dataset ?? {} }
      told(stack.at(-1).page.onShareAppMessage({ from: 'button', target })).then((card) => window.mp.shared.push(card))
    } else if (kind) {
      window.theWorld('button', { kind })
    }
  }

  window.mp = {
    stack, calls, shared: [], open, openTab, close, tell: parts.tell,
    top: () => stack.at(-1),
    name(title) {
      stack.at(-1).title = title
      face()
    },
    nameTab(index, text) {
      if (text !== undefined) TABS[index].text = text
      if (stack.length) face()
    },
    /** What WeChat's own menu (the three dots) would share of this page. */
    async share() {
      const given = stack.at(-1).page.onShareAppMessage
      return given ? told(given.call(stack.at(-1).page, { from: 'menu' })) : null
    },
  }

  for (const [path, one] of Object.entries(config)) {
    if (path !== 'app') space.addComponentStaticConfig(path, { ...one, styleIsolation: 'shared' })
  }
  for (const path in templates) {
    space.addCompiledTemplate(path, { groupList: templates, content: templates[path], fallbackListenerOnNativeNode: true })
  }
  load('app.js')
  for (const page of config.app.pages) loadWithParts(page)
  const entry = client.getLaunchOptionsSync()
  app.onLaunch?.(entry)
  app.onShow?.(entry)
  const search = new URLSearchParams(entry.query).toString()
  open(search ? `${entry.path}?${search}` : entry.path, Infinity)
})()
