// Fields of rich text: what is shown is edited, what is sent is the HTML. The server cleans it.
(() => {
  const t = (zh, en) => (document.body.dataset.lang === 'en' ? en : zh)
  const run = (name, value = null) => document.execCommand(name, false, value)
  run('defaultParagraphSeparator', 'p')

  const enhance = (field) => {
    const label = document.querySelector(`label[for="${field.id}"]`)
    const place = document.createElement('div')
    place.className = 'form-control desk-rich'
    place.contentEditable = 'true'
    place.innerHTML = field.value
    for (const [name, value] of Object.entries({ role: 'textbox', 'aria-multiline': 'true', 'aria-label': label?.firstChild.textContent ?? '' }))
      place.setAttribute(name, value)
    const bar = document.createElement('div')
    bar.className = 'btn-list mb-2'
    bar.setAttribute('role', 'toolbar')
    bar.setAttribute('aria-label', t('排版', 'Formatting'))

    const keep = () => {
      field.value = place.textContent.trim() || place.querySelector('img') ? place.innerHTML : ''
    }
    const button = (text, act) => {
      const made = document.createElement('button')
      made.type = 'button'
      made.className = 'btn btn-sm'
      made.textContent = text
      made.addEventListener('mousedown', (event) => event.preventDefault()) // What is selected stays so.
      made.addEventListener('click', () => {
        if (!field.hidden) return
        place.focus()
        act()
        keep()
      })
      bar.append(made)
      return made
    }
    button(t('粗体', 'Bold'), () => run('bold'))
    button(t('标题', 'Heading'), () => run('formatBlock', 'h3'))
    button(t('正文', 'Text'), () => run('formatBlock', 'p'))
    button(t('列表', 'List'), () => run('insertUnorderedList'))
    button(t('图片', 'Picture'), () => chosen.click())
    button(t('清除格式', 'Plain'), () => run('removeFormat'))
    const source = button('HTML', () => {})
    source.setAttribute('aria-pressed', 'false')
    source.addEventListener('click', () => {
      if (!field.hidden) place.innerHTML = field.value
      field.hidden = !field.hidden
      place.hidden = !field.hidden
      source.setAttribute('aria-pressed', String(place.hidden))
    })

    const chosen = document.createElement('input')
    chosen.type = 'file'
    chosen.accept = 'image/*'
    chosen.hidden = true
    chosen.addEventListener('change', async () => {
      const data = new FormData()
      data.append('id', crypto.randomUUID())
      data.append('csrf', document.body.dataset.csrf)
      data.append('file', chosen.files[0])
      const answer = await fetch('/desk/pictures/put', { method: 'POST', body: data, headers: { 'hx-request': 'true' } })
      chosen.value = ''
      if (!answer.ok || answer.headers.has('hx-said')) return
      place.focus()
      run('insertHTML', await answer.text())
      keep()
    })

    place.addEventListener('input', keep)
    place.addEventListener('paste', (event) => {
      event.preventDefault()
      run('insertText', event.clipboardData.getData('text/plain'))
    })
    field.hidden = true
    field.required = false
    field.before(bar, place, chosen)
  }
  for (const field of document.querySelectorAll('textarea[data-rich]')) enhance(field)
})()
