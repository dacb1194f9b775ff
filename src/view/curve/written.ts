import { escaped, xml } from '../../io/index.js'
import { element } from './element.js'

/** Text as it is drawn, shortened where there is no room for the whole. */
export interface Written {
  readonly whole: string
  readonly shown: string
}

/** Widths of characters, generously, in heights of the font; those of Asia and pictures are as wide as they are high. */
const widths = [
  [/^[ijlrtfI.,:;'|!()[\] -]$/, 0.45],
  [/^_$/, 0.52],
  [/^[\da-ln-vx-z]$/, 0.62],
  [/^[mw]$/, 0.98],
  [/^[A-LN-VX-Z]$/, 0.78],
  [/^[\u00a0-\u10ff]$/, 0.9],
] as const

const widthOfOne = (c: string): number => widths.find(([pattern]) => pattern.test(c))?.[1] ?? 1.1

/** How wide text is, no less, in pixels. @param size of its font */
export const widthOf = (text: string, size: number): number =>
  Array.from(text).reduce((sum, c) => sum + widthOfOne(c) * size, 0)

/** As many characters from the beginning on as there is room for. */
function head(all: readonly string[], room: number, size: number): string[] {
  let used = 0
  const end = all.findIndex((c) => {
    used += widthOfOne(c) * size
    return used > room
  })
  return all.slice(0, end < 0 ? all.length : end)
}

/** What part of the room the beginning of a name has: what tells names apart stands mostly at their end. */
const first = 0.37

/**
 * Text from outside in a room, with an ellipsis for its middle where that is too narrow; what is invisible is spelled out.
 * @param room in pixels @param size of its font
 */
export function fitted(text: string, room: number, size: number): Written {
  const whole = escaped(text)
  if (widthOf(whole, size) <= room) return { whole, shown: whole }
  const all = Array.from(whole)
  const rest = room - 0.6 * size
  const before = head(all, first * rest, size)
  const after = head(all.slice(before.length).reverse(), rest - widthOf(before.join(''), size), size).reverse()
  return { whole, shown: `${before.join('')}…${after.join('')}` }
}

/** Text with more text around it. */
export const around = (before: string, { whole, shown }: Written, after = ''): Written => ({
  whole: `${before}${whole}${after}`,
  shown: `${before}${shown}${after}`,
})

/** Text as an element, whose tip has the whole of it. @param more what follows, as text of XML */
export function write({ whole, shown }: Written, at: Readonly<Record<string, string | number>>, more = ''): string {
  const text = element('text', at, xml(shown) + more)
  return whole === shown ? text : element('g', {}, element('title', {}, xml(whole)) + text)
}
