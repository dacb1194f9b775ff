import type { Box } from '../../boxes.js'
import type { Scale } from '../cells/input.js'

/** IoU of a box and an anchor about one centre. @param input pixels */
export function alike({ w, h }: Box, [aw, ah]: readonly [number, number], { width, height }: Scale['input']): number {
  const [bw, bh] = [w * width, h * height]
  const both = Math.max(Math.min(bw, aw), 0) * Math.max(Math.min(bh, ah), 0)
  return both / (bw * bh + aw * ah - both)
}

/** The place of the greatest number, the first of equals; a NaN counts as the greatest, as in NumPy's argmax. */
export function argmax(numbers: readonly number[]): number {
  let best = 0
  for (const [i, x] of numbers.entries()) {
    if (Number.isNaN(x)) return i
    if (x > (numbers[best] as number)) best = i
  }
  return best
}
