// The calls of WeChat's own, as far as they are used. One that is not here is an honest failure:
// it is not a function. What a person or WeChat's servers do, the test does: see `miniprogram.py`.
;(() => {
  const { source } = window.MP.parts
  const said = () => document.getElementById('said')
  const call = (wish, act) => {
    const told = Promise.resolve().then(() => act(wish ?? {}))
    const finished = told.then(
      (value) => {
        const answer = { errMsg: 'ok', ...value }
        wish?.success?.(answer)
        wish?.complete?.(answer)
        return answer
      },
      (error) => {
        const answer = { errMsg: String(error?.errMsg ?? error) }
        wish?.fail?.(answer)
        wish?.complete?.(answer)
        if (!wish?.fail && !wish?.complete) throw answer
      },
    )
    if (!wish?.success && !wish?.fail && !wish?.complete) return finished
  }
  const soon = (act) => (wish) => call(wish, act)
  const nothing = soon(() => undefined)
  const person = (what, wish) => window.theWorld(what, JSON.parse(JSON.stringify(wish ?? {}))).then((answer) => {
    if (answer.fail) throw { errMsg: answer.fail }
    return answer
  })
  const kept = (name) => `mp:${name}`
  const system = () => ({
    platform: 'android', SDKVersion: '3.8.12', version: '8.0.50', language: window.MP.language, system: 'Android 14',
    brand: 'harness', model: 'harness', windowWidth: innerWidth, windowHeight: innerHeight, screenWidth: innerWidth,
    screenHeight: innerHeight, pixelRatio: devicePixelRatio, statusBarHeight: 0, theme: 'light',
    safeArea: { top: 0, left: 0, bottom: innerHeight, right: innerWidth, width: innerWidth, height: innerHeight },
    host: { env: 'WeChat', appId: 'harness', version: '8.0.50' },
  })
  const launch = () => ({ path: window.MP.entry.path, query: window.MP.entry.query, scene: window.MP.entry.scene, referrerInfo: {} })
  const show = (text, ms) => {
    const box = document.createElement('div')
    box.textContent = text
    said().replaceChildren(box)
    setTimeout(() => box.remove(), ms)
  }
  const ask = (title, content, choices) =>
    new Promise((done) => {
      const box = document.createElement('div')
      box.className = 'modal'
      box.setAttribute('role', 'dialog')
      for (const text of [title, content]) {
        if (text) box.append(Object.assign(document.createElement('p'), { textContent: text }))
      }
      choices.forEach((text, number) => {
        const button = Object.assign(document.createElement('button'), { textContent: text })
        button.addEventListener('click', () => (box.remove(), done(number)))
        box.append(button)
      })
      said().replaceChildren(box)
    })

  /** The adapter's queries know no nodes, and the browser none of the program's ids; there is one canvas on a page. */
  const withNodes = (query) => {
    const select = query.select.bind(query)
    query.select = (selector) => {
      const found = select(selector)
      const fields = found.fields.bind(found)
      found.fields = (wanted, done) =>
        fields(wanted, (one) => done?.(wanted.node ? { ...one, node: window.mp.top().host.querySelector('canvas') } : one))
      return found
    }
    return query
  }

  const real = {
    // -- The network -------------------------------------------------------------------
    request(wish) {
      const stop = new AbortController()
      const method = (wish.method ?? 'GET').toUpperCase()
      const body = method === 'GET' ? undefined : typeof wish.data === 'string' ? wish.data : JSON.stringify(wish.data)
      call(wish, async () => {
        const answer = await fetch(source(wish.url), { method, headers: wish.header, body, signal: stop.signal })
        const text = await answer.text()
        let data = text
        try {
          data = JSON.parse(text)
        } catch {} // As on the phone: what is no JSON stays text.
        return { statusCode: answer.status, data, header: Object.fromEntries(answer.headers), errMsg: 'request:ok' }
      })
      return { abort: () => stop.abort() }
    },
    getImageInfo: soon(async ({ src }) => {
      const image = new Image()
      image.src = source(src)
      await image.decode()
      return { width: image.naturalWidth, height: image.naturalHeight, path: image.src, type: 'png' }
    }),
    // -- WeChat's servers and the person --------------------------------------------------
    login: soon(() => person('login')),
    requestPayment: soon((wish) => person('pay', wish)),
    chooseImage: soon((wish) => person('choose', wish)),
    chooseMedia: soon((wish) => person('choose', wish)),
    canvasToTempFilePath: soon(({ canvas }) => ({ tempFilePath: canvas.toDataURL('image/png') })),
    saveImageToPhotosAlbum: soon((wish) => person('save', { filePath: String(wish.filePath).slice(0, 40) })),
    setClipboardData: soon(({ data }) => person('copy', { data })),
    makePhoneCall: soon((wish) => person('call', { phoneNumber: wish.phoneNumber })),
    previewImage: soon((wish) => person('preview', { urls: wish.urls, current: wish.current })),
    requestSubscribeMessage: soon((wish) => person('subscribe', { tmplIds: wish.tmplIds })),
    getFileSystemManager: () => ({
      readFile: soon(async ({ filePath, encoding }) => {
        if (encoding !== 'base64') throw `readFile: ${encoding} is not in the harness`
        return { data: filePath.split(',')[1] }
      }),
    }),
    // -- The storage ----------------------------------------------------------------------
    getStorageSync: (name) => JSON.parse(localStorage.getItem(kept(name)) ?? '""'),
    setStorageSync: (name, value) => localStorage.setItem(kept(name), JSON.stringify(value)),
    removeStorageSync: (name) => localStorage.removeItem(kept(name)),
    clearStorageSync: () => localStorage.clear(),
    getStorage: soon(({ key }) => ({ data: real.getStorageSync(key) })),
    setStorage: soon(({ key, data }) => real.setStorageSync(key, data)),
    removeStorage: soon(({ key }) => real.removeStorageSync(key)),
    // -- Pages ----------------------------------------------------------------------------
    navigateTo: soon(({ url }) => window.mp.open(url)),
    redirectTo: soon(({ url }) => window.mp.open(url, 1)),
    reLaunch: soon(({ url }) => window.mp.open(url, Infinity)),
    switchTab: soon(({ url }) => window.mp.openTab(url)),
    navigateBack: soon(({ delta = 1 }) => window.mp.close(delta)),
    setNavigationBarTitle: soon(({ title }) => window.mp.name(title)),
    setNavigationBarColor: nothing,
    setTabBarItem: soon(({ index, text }) => window.mp.nameTab(index, text)),
    setTabBarBadge: nothing,
    removeTabBarBadge: nothing,
    showTabBarRedDot: nothing,
    hideTabBarRedDot: nothing,
    startPullDownRefresh: nothing,
    stopPullDownRefresh: nothing,
    pageScrollTo: soon(({ scrollTop = 0, selector }) =>
      selector ? document.querySelector(selector)?.scrollIntoView() : window.scrollTo(0, scrollTop),
    ),
    hideKeyboard: soon(() => document.activeElement?.blur()),
    // -- What is said -----------------------------------------------------------------------
    showToast: soon(({ title, duration = 1500 }) => show(title, duration)),
    hideToast: nothing,
    showLoading: nothing,
    hideLoading: nothing,
    showModal: soon(async ({ title, content, showCancel = true, confirmText = '确定', cancelText = '取消' }) => {
      const confirm = (await ask(title, content, showCancel ? [confirmText, cancelText] : [confirmText])) === 0
      return { confirm, cancel: !confirm }
    }),
    showActionSheet: soon(async ({ itemList, alertText }) => {
      const tapIndex = await ask(alertText, '', [...itemList, '取消'])
      if (tapIndex === itemList.length) throw 'showActionSheet:fail cancel'
      return { tapIndex }
    }),
    showShareMenu: nothing,
    hideShareMenu: nothing,
    updateShareMenu: nothing,
    // -- The phone ----------------------------------------------------------------------------
    getSystemInfoSync: system,
    getSystemInfo: soon(system),
    getAppBaseInfo: system,
    getWindowInfo: system,
    getDeviceInfo: system,
    getSystemSetting: system,
    getAppAuthorizeSetting: system,
    getLaunchOptionsSync: launch,
    getEnterOptionsSync: launch,
    getAccountInfoSync: () => ({ miniProgram: { appId: 'harness', envVersion: 'develop' } }),
    getMenuButtonBoundingClientRect: () => ({ top: 4, bottom: 36, left: innerWidth - 94, right: innerWidth - 7, width: 87, height: 32 }),
    canIUse: () => true,
    nextTick: (act) => Promise.resolve().then(act),
    vibrateShort: nothing,
    preloadAssets: nothing,
    onAppShow() {}, onAppHide() {}, onError() {}, onUnhandledRejection() {}, onThemeChange() {}, onNetworkStatusChange() {},
    getNetworkType: soon(() => ({ networkType: 'wifi' })),
    getUpdateManager: () => ({ onCheckForUpdate() {}, onUpdateReady() {}, onUpdateFailed() {}, applyUpdate() {} }),
    createSelectorQuery: () => withNodes(window.mp.top().page.createSelectorQuery()),
    createIntersectionObserver: (of, options) => of.createIntersectionObserver(options),
    env: { USER_DATA_PATH: 'wxfile://usr' },
  }
  window.wx = new Proxy(real, {
    get: (target, name) =>
      typeof target[name] === 'function' && typeof name === 'string'
        ? (...given) => (window.mp?.calls.push(name), target[name](...given))
        : target[name],
  })
})()
