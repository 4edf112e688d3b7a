/** Money is minor units of the shop's currency, from the server and to the server. */
const SYMBOLS: Record<string, string> = { CNY: '¥', GBP: '£', USD: '$', EUR: '€', JPY: '¥' }
const WHOLE = new Set(['JPY', 'KRW', 'VND']) // Their smallest unit is the whole one.

let currency = 'CNY'

export function useCurrency(code: string): void {
  currency = code
}

/** `¥1,234.50`. */
export function money(amount: number): string {
  const [symbol, whole, cents] = coins(amount)
  return symbol + whole + cents
}

/** Symbol, whole part and decimals, for prices that are set in two sizes. */
export function coins(amount: number): [symbol: string, whole: string, cents: string] {
  const size = Math.abs(amount)
  const symbol = (amount < 0 ? '-' : '') + (SYMBOLS[currency] ?? `${currency} `)
  if (WHOLE.has(currency)) return [symbol, grouped(size), '']
  return [symbol, grouped(Math.floor(size / 100)), `.${String(size % 100).padStart(2, '0')}`]
}

function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
