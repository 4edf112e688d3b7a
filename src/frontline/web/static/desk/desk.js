// The desk in the browser: forms sent without leaving the page, toasts, dialogs, keys, charts.
(() => {
  const t = (zh, en) => (document.body.dataset.lang === 'en' ? en : zh)
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
    made.append(...inside)
    return made
  }

  // -- Toasts ------------------------------------------------------------------------------

  const SHORT_MS = 6000, LONG_MS = 12000
  const OPENED_MS = 1000 // What is held is a proposal by then, also where nothing is fed.

  const fade = (said) => {
    const leave = () => (said.matches(':hover, :focus-within') ? setTimeout(leave, 1000) : said.remove())
    setTimeout(leave, said.querySelector('a, form') ? LONG_MS : SHORT_MS)
  }

  const toast = (text, { kind = '', href = '', label = '', undo = '', fields = {} } = {}) => {
    const said = make('div', { class: `alert desk-toast${kind && ` alert-${kind}`}`, 'data-toast': '' })
    said.append(make('span', {}, text))
    if (href) said.append(make('a', { class: 'btn btn-sm', href }, label))
    if (undo) {
      const form = make('form', { method: 'post', action: undo, 'data-form': '' })
      const sent = { csrf: document.body.dataset.csrf, id: crypto.randomUUID(), ...fields }
      for (const [name, value] of Object.entries(sent)) form.append(make('input', { type: 'hidden', name, value }))
      form.append(make('button', { class: 'btn btn-sm' }, t('撤销', 'Undo')))
      said.append(form)
    }
    const close = { type: 'button', class: 'btn-close', 'data-close': '', 'aria-label': t('关闭', 'Close') }
    said.append(make('button', close))
    document.getElementById('toasts').append(said)
    fade(said)
  }

  // What waits about the thing of the page, anew; not under the hands of who is just answering it.
  const beside = () => {
    const piece = document.getElementById('beside')
    const busy = piece?.contains(document.activeElement) || piece?.querySelector('details[open]')
    if (piece && !busy) piece.dispatchEvent(new CustomEvent('beside:again'))
  }

  const tell = (form, answer) => {
    const { said, held, text } = answer
    if (said) toast(said.text, { undo: said.undo, fields: said.fields })
    else if (held) {
      toast(text, { kind: 'warning', href: held, label: t('查看审批', 'See it') })
      setTimeout(beside, OPENED_MS)
    }
    else if (form) refused(form, text, answer.errors)
    else toast(text, { kind: 'danger' })
  }

  // -- Forms -------------------------------------------------------------------------------

  const clear = (form) => {
    for (const each of form.querySelectorAll('.is-invalid')) {
      each.classList.remove('is-invalid')
      each.removeAttribute('aria-invalid')
    }
    for (const each of form.querySelectorAll('[data-error]')) each.textContent = ''
    form.querySelector('[data-refused]')?.remove()
  }

  const refused = (form, text, errors = {}, html = '') => {
    const left = []
    for (const [name, said] of Object.entries(errors)) {
      const place = [...form.querySelectorAll('[data-error]')].find((each) => each.dataset.error === name)
      for (const each of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        each.classList.add('is-invalid')
        each.setAttribute('aria-invalid', 'true')
      }
      if (place) place.textContent = said
      else if (name) left.push(said)
    }
    const told = [text, ...left].join(' ')
    if (form.matches('.d-inline, #bulk') || form.closest('.toasts')) return toast(told, { kind: 'danger' })
    const alert = make('div', { class: `alert alert-${html ? 'warning' : 'danger'}`, role: 'alert', 'data-refused': '' }, told)
    if (html) alert.innerHTML = html
    form.prepend(alert)
    const first = form.querySelector('.is-invalid:not([type=hidden])') ?? form.querySelector('[data-refused]')
    first.scrollIntoView({ block: html ? 'start' : 'center' })
    if (first.matches('.is-invalid')) first.focus()
  }

  const done = (form, answer) => {
    if (answer.go) {
      const whole = (url) => new URL(url, location.href).href.split('#')[0]
      return whole(answer.go) === whole(location.href) ? location.reload() : location.assign(answer.go)
    }
    tell(null, answer)
    if (answer.html === undefined) return renew(form)
    const place = (form.dataset.target && document.querySelector(form.dataset.target)) || form.closest('[data-piece]') || form
    const inside = document.createElement('template')
    inside.innerHTML = answer.html
    const added = [...inside.content.children]
    place.replaceWith(inside.content)
    for (const each of added) {
      window.htmx?.process(each)
      dress(each)
    }
  }

  // What was sent is done or refused for good: the next sending is another wish.
  const renew = (form) => {
    const id = form.querySelector('input[name=id][type=hidden]')
    if (id) id.value = crypto.randomUUID()
  }

  const send = async (form, button) => {
    if (form.dataset.sending) return
    const data = new FormData(form, button)
    const files = [...form.elements].some((each) => each.type === 'file')
    form.dataset.sending = 'yes'
    form.setAttribute('aria-busy', 'true')
    clear(form)
    try {
      const response = await fetch(button?.getAttribute('formaction') ?? form.getAttribute('action'), {
        method: 'POST',
        headers: { 'frontline-desk': 'form', accept: 'application/json' },
        body: files ? data : new URLSearchParams(data),
      })
      const answer = await response.json()
      if (response.ok || answer.go) done(form, answer)
      else {
        refused(form, answer.text, answer.errors, answer.html)
        if (response.status < 500) renew(form)
      }
    } catch {
      refused(form, t('网络连接失败，请重试', 'No connection. Please try again'))
    } finally {
      delete form.dataset.sending
      form.removeAttribute('aria-busy')
    }
  }

  const sure = (text, colour) =>
    new Promise((answer) => {
      const dialog = make('dialog', { class: 'desk-dialog' }, make('p', {}, text))
      const no = make('button', { class: 'btn', value: '' }, t('取消', 'Cancel'))
      const yes = make('button', { class: `btn btn-${colour}`, value: 'yes' }, t('确定', 'Yes'))
      dialog.append(make('form', { method: 'dialog', class: 'btn-list justify-content-end' }, no, yes))
      dialog.setAttribute('aria-label', text)
      dialog.addEventListener('close', () => {
        dialog.remove()
        answer(dialog.returnValue === 'yes')
      })
      document.body.append(dialog)
      dialog.showModal()
    })

  const onSubmit = async (event) => {
    const form = event.target
    const button = event.submitter
    if (button?.dataset.sure && !button.dataset.asked) {
      event.preventDefault()
      event.stopImmediatePropagation()
      if (!(await sure(button.dataset.sure, button.matches('.btn-danger') ? 'danger' : 'primary'))) return
      button.dataset.asked = 'yes'
      form.requestSubmit(button)
      delete button.dataset.asked
    } else if (form.matches('[data-form]') && !button?.matches('[data-plain]')) {
      event.preventDefault()
      send(form, button)
    }
  }
  document.addEventListener('submit', onSubmit, true)

  // -- htmx --------------------------------------------------------------------------------

  document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    ctx.request.headers['frontline-csrf'] = document.body.dataset.csrf
  })
  document.addEventListener('htmx:after:request', ({ target, detail: { ctx } }) => {
    if (ctx.hx?.said) tell(target.closest('form'), JSON.parse(ctx.hx.said))
  })
  document.addEventListener('htmx:after:swap', () => dress(document))

  // -- What others do meanwhile ------------------------------------------------------------

  // The body hears `desk:changed` {features, places}, and `desk:<feature>` and `desk:place-<n>`.
  const feed = document.getElementById('feed')
  const hear = (name, act) => feed?.addEventListener(name, ({ detail }) => act(JSON.parse(detail.data)))
  hear('changed', (what) => {
    const call = (name) => document.body.dispatchEvent(new CustomEvent(`desk:${name}`, { detail: what }))
    call('changed')
    for (const each of what.features) call(each)
    for (const each of what.places) call(`place-${each}`)
  })
  document.body.addEventListener('desk:changed', ({ detail }) => {
    const hears = document.getElementById('beside')?.dataset.hears.split(' ') ?? []
    if (hears.some((each) => detail.features.includes(each))) beside()
  })
  hear('badges', (counts) => {
    for (const each of document.querySelectorAll('[data-badge]')) {
      const count = counts[each.dataset.badge] ?? 0
      each.hidden = !count
      each.textContent = count > 99 ? '99+' : count
    }
  })
  hear('ended', () => feed.remove())

  // -- Lists -------------------------------------------------------------------------------

  document.addEventListener('change', ({ target }) => {
    if (target.matches('[data-submits]')) target.form.requestSubmit()
    if (target.matches('[data-hides]')) document.querySelector(target.dataset.hides).hidden = target.checked
    const form = target.form
    if (!form || !target.matches('[data-all], [data-one]')) return
    const all = [...form.querySelectorAll('[data-one]')]
    if (target.matches('[data-all]')) for (const each of all) each.checked = target.checked
    const count = all.filter((each) => each.checked).length
    const bar = form.querySelector('[data-bulk]')
    bar.hidden = !count
    bar.querySelector('[data-count]').textContent = t(`已选 ${count} 项`, `${count} selected`)
    const head = form.querySelector('[data-all]')
    head.checked = count === all.length
    head.indeterminate = count > 0 && count < all.length
  })

  // -- Keys --------------------------------------------------------------------------------

  let went = 0
  const row = (by) => {
    const rows = [...document.querySelectorAll('.desk-table tbody tr')]
    const at = rows.findIndex((each) => each.matches('.desk-at'))
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))]
    if (!next) return
    rows[at]?.classList.remove('desk-at')
    next.classList.add('desk-at')
    next.scrollIntoView({ block: 'nearest' })
    next.querySelector('a')?.focus({ preventScroll: true })
  }
  const keys = {
    '/': () => document.querySelector('#search:not([hidden]), #words')?.focus(),
    '?': () => document.getElementById('help').showModal(),
    g: () => (went = Date.now()),
    j: () => row(1),
    k: () => row(-1),
    x: () => document.querySelector('.desk-at [data-one]')?.click(),
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') for (const each of document.querySelectorAll('details[open].desk-drop, details[open].desk-me')) each.open = false
    if (event.key === 'Escape') document.getElementById('hits')?.replaceChildren()
    const writing = event.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]')
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return
    const to = Date.now() - went < 1500 && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)
    went = 0
    if (to) location.assign(to.dataset.path)
    else if (keys[event.key]) keys[event.key]()
    else return
    event.preventDefault()
  })

  // -- Small things ------------------------------------------------------------------------

  document.addEventListener('click', ({ target }) => {
    target.closest('[data-close]')?.closest('[data-toast]').remove()
    if (target.closest('[data-help]')) document.getElementById('help').showModal()
    if (target.closest('[data-print]')) print()
    const fold = target.closest('[data-expands]')
    fold?.setAttribute('aria-expanded', fold.getAttribute('aria-expanded') === 'false')
    for (const each of document.querySelectorAll('details[open].desk-drop, details[open].desk-me'))
      if (!each.contains(target)) each.open = false
    if (!target.closest('.desk-search')) document.getElementById('hits')?.replaceChildren()
  })

  // -- Charts ------------------------------------------------------------------------------

  let loading = null
  const echarts = () =>
    (loading ??= new Promise((ready) => {
      const script = make('script', { src: document.body.dataset.echarts })
      script.addEventListener('load', () => ready(window.echarts))
      document.head.append(script)
    }))

  const options = ({ kind, unit, labels, series }) => {
    const look = getComputedStyle(document.body)
    const text = look.color // As painted: what the variables say may refer to others.
    const line = getComputedStyle(document.querySelector('.card') ?? document.body).borderTopColor
    const shared = {
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { color: text, fontFamily: look.fontFamily },
      color: ['#206bc4', '#b35c00', '#2f855a', '#9c36b5', '#c92a2a', '#0b7285'],
      tooltip: { renderMode: 'richText', valueFormatter: (value) => `${value} ${unit ?? ''}` },
      legend: { show: kind === 'pie' || series.length > 1, bottom: 0, textStyle: { color: text } },
    }
    if (kind === 'pie') {
      const data = labels.map((name, at) => ({ name, value: series[0][1][at] }))
      const label = { color: text, formatter: `{b} {c}${unit ? ` ${unit}` : ''}` }
      return { ...shared, series: [{ type: 'pie', radius: ['45%', '70%'], data, label }] }
    }
    const axis = { axisLine: { lineStyle: { color: line } }, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } }
    return {
      ...shared,
      tooltip: { ...shared.tooltip, trigger: 'axis' },
      grid: { left: 8, right: 16, top: 32, bottom: series.length > 1 ? 32 : 8, containLabel: true },
      xAxis: { type: 'category', data: labels, ...axis },
      yAxis: { type: 'value', name: unit, nameTextStyle: { color: text }, ...axis },
      series: series.map(([name, data]) => ({ type: kind, name, data, symbolSize: 6, barMaxWidth: 32 })),
    }
  }

  const draw = async (place) => {
    place.dataset.drawn = 'yes'
    const drawn = (await echarts()).init(place, null, { renderer: 'svg' })
    drawn.setOption(options(JSON.parse(place.dataset.chart)))
    new ResizeObserver(() => drawn.resize()).observe(place)
  }

  // What can be moved sideways can be reached and moved by the keyboard.
  const reach = (each) => {
    if (each.scrollWidth <= each.clientWidth) return
    each.tabIndex = 0
    each.setAttribute('role', 'region')
    each.setAttribute('aria-label', each.closest('.card')?.querySelector('h2')?.innerText ?? document.querySelector('h1')?.innerText ?? '')
  }

  const dress = (within) => {
    for (const each of within.querySelectorAll('.table-responsive')) reach(each)
    for (const each of within.querySelectorAll('[data-chart]:not([data-drawn])')) draw(each)
    for (const each of within.querySelectorAll('[data-hides]'))
      document.querySelector(each.dataset.hides).hidden = each.checked
  }

  dress(document)
  for (const each of document.querySelectorAll('[data-toast]')) fade(each)
})()
