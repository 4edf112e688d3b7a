import type { Answer } from '@/api'

export type Product = Answer<'/api/products/show'>
export type Sku = Product['skus'][number]

/** Where choosing begins: with the one asked for, else the first that can be had, else the first. */
export function firstSku(skus: readonly Sku[], wanted?: string): Sku | undefined {
  return skus.find((one) => one.id === wanted) ?? skus.find((one) => one.in_stock) ?? skus[0]
}

/** What is chosen and how much of it, and what for. */
export interface Choice {
  sku_id: string
  quantity: number
  to: 'cart' | 'buy' | 'game'
}
