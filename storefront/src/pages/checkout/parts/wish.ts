/**
 * One wish, one order: what was asked for is kept under its id until its outcome is known, however
 * often it is sent, also when the page was closed or loaded again in between.
 */
import { newId } from '@/api'

const KEPT = 'order-wish'
const KEPT_MS = 30 * 60_000

interface Kept {
  id: string
  /** All that was asked for, as one text: another wish gets another id. */
  said: string
  at: number
}

function kept(): Kept | null {
  const found = uni.getStorageSync(KEPT) as Kept | ''
  return found && Date.now() - found.at < KEPT_MS ? found : null
}

/** The id of a wish that was sent and never answered. */
export function unanswered(): string | null {
  return kept()?.id ?? null
}

/** The id to send this under: the same as long as it is the same and was not answered. */
export function idOf(wish: object): string {
  const said = JSON.stringify(wish)
  const before = kept()
  if (before?.said === said) return before.id
  const id = newId()
  uni.setStorageSync(KEPT, { id, said, at: Date.now() } satisfies Kept)
  return id
}

/** It was answered. */
export function answered(): void {
  uni.removeStorageSync(KEPT)
}
