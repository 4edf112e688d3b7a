import { random32 } from '../platform'

/** A new UUID of version 7: the id of one wish. Mint it once a wish, not once a try. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const chance = [random32(), random32(), random32()].map((part) => part.toString(16).padStart(8, '0')).join('')
  const variant = '89ab'[parseInt(chance[3], 16) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`
}
