import type { Place } from '../../viewed.js'
import { h } from '../dom/element.js'

/** The address of a row within the page. */
export const addressOf = ({ image, scale, row }: Place): string => `#image=${image}&scale=${scale}&row=${row}`

/** What an address names, if it names a row. */
export function placeOf(address: string): Place | undefined {
  const found = /^#image=(\d+)&scale=(\d+)&row=(\d+)$/.exec(address)
  if (!found) return undefined
  const [image = 0, scale = 0, row = 0] = found.slice(1).map(Number)
  return { image, scale, row }
}

export const rowLink = (place: Place, ...content: (Node | string)[]): HTMLElement =>
  h('a', { href: addressOf(place), class: 'row-link' }, ...content)
