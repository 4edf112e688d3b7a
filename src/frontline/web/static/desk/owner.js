// Cards of the owner's screen read themselves anew when something of theirs has changed: at most
// every few seconds, and not while somebody is writing in them.
(() => {
  'use strict'
  const PAUSE_MS = 5000
  const FIRST_MS = 1500 // What was just answered may be read before it goes.
  const due = new Map()
  const last = new Map()

  const busy = (card) =>
    document.hidden || card.querySelector('details[open] textarea, details[open] input') ||
    (card.contains(document.activeElement) && document.activeElement.matches('input, textarea, select'))

  const again = (id) => {
    due.delete(id)
    const card = document.getElementById(id)
    if (!card) return
    last.set(id, Date.now())
    if (busy(card)) later(id)
    else card.dispatchEvent(new CustomEvent('owner:again'))
  }

  const later = (id) => {
    if (due.has(id)) return
    const wait = Math.max(FIRST_MS, (last.get(id) ?? 0) + PAUSE_MS - Date.now())
    due.set(id, setTimeout(again, wait, id))
  }

  document.body.addEventListener('desk:changed', ({ detail }) => {
    for (const card of document.querySelectorAll('[data-place]')) {
      const hears = (card.dataset.hears ?? '').split(' ')
      const meant = detail.places.includes(Number(card.dataset.place))
      if (meant || detail.features.some((each) => hears.includes(each))) later(card.id)
    }
  })
})()
