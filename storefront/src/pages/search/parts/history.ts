import { ref } from 'vue'

const KEPT = 'searched'
const KEPT_MAX = 10

/** What was searched for on this phone, the latest first. It stays on the phone. */
export const searched = ref<string[]>(read())

function read(): string[] {
  const kept = uni.getStorageSync(KEPT)
  return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, KEPT_MAX) : []
}

export function remember(words: string): void {
  searched.value = [words, ...searched.value.filter((one) => one !== words)].slice(0, KEPT_MAX)
  uni.setStorageSync(KEPT, searched.value)
}

export function forgetAll(): void {
  searched.value = []
  uni.removeStorageSync(KEPT)
}
