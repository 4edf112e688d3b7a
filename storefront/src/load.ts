/** What a page asks for: loading, there, failed with a way to try again; and lists by pages. */
import { reactive } from 'vue'

export interface Loaded<T> {
  value: T | null
  /** What to tell the shopper; null: nothing went wrong. */
  failed: string | null
  busy: boolean
  /** Ask (again). What was there stays until the answer is. */
  again: () => Promise<void>
}

export function useLoad<T>(ask: () => Promise<T>): Loaded<T> {
  let latest = 0
  const state = reactive({
    value: null,
    failed: null,
    busy: false,
    async again() {
      const mine = ++latest
      state.busy = true
      try {
        const got = await ask()
        if (mine === latest) [state.value, state.failed] = [got, null]
      } catch (problem) {
        if (mine === latest) state.failed = (problem as Error).message
      } finally {
        if (mine === latest) state.busy = false
      }
    },
  }) as Loaded<T>
  return state
}

export interface Pages<T> {
  items: T[]
  /** The first page has been answered. */
  loaded: boolean
  ended: boolean
  failed: string | null
  busy: boolean
  /** From the start. */
  again: () => Promise<void>
  /** The next page; call in onReachBottom. */
  more: () => Promise<void>
}

export function usePages<T>(ask: (after: string | undefined) => Promise<{ items: readonly T[]; after?: string | null }>): Pages<T> {
  let after: string | undefined
  let latest = 0
  const state = reactive({
    items: [],
    loaded: false,
    ended: false,
    failed: null,
    busy: false,
    again: () => fetch(true),
    more: async () => {
      if (!state.busy && !state.ended) await fetch(false)
    },
  }) as Pages<T>
  async function fetch(fresh: boolean) {
    const mine = ++latest
    state.busy = true
    try {
      const got = await ask(fresh ? undefined : after)
      if (mine !== latest) return
      state.items = fresh ? [...got.items] : [...state.items, ...got.items]
      after = got.after ?? undefined
      state.ended = after === undefined
      state.loaded = true
      state.failed = null
    } catch (problem) {
      if (mine === latest) state.failed = (problem as Error).message
    } finally {
      if (mine === latest) state.busy = false
    }
  }
  return state
}

/** One act at a time: a second tap while the first is under way does nothing. */
export function useOnce(): { busy: boolean; run: (act: () => Promise<unknown>) => Promise<void> } {
  const state = reactive({
    busy: false,
    async run(act: () => Promise<unknown>) {
      if (state.busy) return
      state.busy = true
      try {
        await act()
      } catch (problem) {
        uni.showToast({ title: (problem as Error).message, icon: 'none', duration: 3000 })
      } finally {
        state.busy = false
      }
    },
  })
  return state
}
