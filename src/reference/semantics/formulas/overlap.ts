import { type Box, overlap } from '../../boxes.js'

/** How two boxes lie, in numbers and their derivatives by x, y, w and h of the first. */
export interface Overlap {
  /** Intersection I, union U, area of the hull H, squares of the distance of centres and of the diagonal of the hull. */
  readonly intersection: Quantity
  readonly union: Quantity
  readonly hull: Quantity
  readonly distance: Quantity
  readonly diagonal: Quantity
}

/** A number, and its derivatives by the numbers of the predicted box. */
export interface Quantity {
  readonly value: number
  readonly by: Four
}

export type Four = readonly [x: number, y: number, w: number, h: number]

/** How good a predicted box is, 1 at best, with the derivatives. */
export type Likeness = (
  p: Box,
  t: Box,
  epsilon: number,
  held?: number,
) => Quantity & {
  /** What is held constant in the derivatives. */
  readonly held?: number
}

/** Along one axis: length and its derivatives by position and size of the predicted interval. */
interface Along {
  readonly length: number
  readonly byPosition: number
  readonly bySize: number
}

/** 1 where the first is less, one half where they are equal: there the derivatives from both sides are averaged. */
const below = (a: number, b: number): number => (a < b ? 1 : a === b ? 0.5 : 0)

/** Of what both have, 0 at least. */
function common(x: number, w: number, x2: number, w2: number): Along {
  const length = overlap(x, w, x2, w2)
  if (!(length > 0)) return { length: Number.isNaN(length) ? length : 0, byPosition: 0, bySize: 0 }
  const right = below(x + w / 2, x2 + w2 / 2)
  const left = below(x2 - w2 / 2, x - w / 2)
  return { length, byPosition: right - left, bySize: (right + left) / 2 }
}

/** From the first edge to the last. */
function span(x: number, w: number, x2: number, w2: number): Along {
  const right = below(x2 + w2 / 2, x + w / 2)
  const left = below(x - w / 2, x2 - w2 / 2)
  const length = Math.max(x + w / 2, x2 + w2 / 2) - Math.min(x - w / 2, x2 - w2 / 2)
  return { length, byPosition: right - left, bySize: (right + left) / 2 }
}

const product = (a: Along, b: Along): Quantity => ({
  value: a.length * b.length,
  by: [a.byPosition * b.length, b.byPosition * a.length, a.bySize * b.length, b.bySize * a.length],
})

/** All of it for a predicted box and a true one, in one unit of length. */
export function overlapOf(p: Box, t: Box): Overlap {
  const intersection = product(common(p.x, p.w, t.x, t.w), common(p.y, p.h, t.y, t.h))
  const [across, down] = [span(p.x, p.w, t.x, t.w), span(p.y, p.h, t.y, t.h)]
  const [dx, dy] = [p.x - t.x, p.y - t.y]
  const [ix, iy, iw, ih] = intersection.by
  return {
    intersection,
    union: { value: p.w * p.h + t.w * t.h - intersection.value, by: [-ix, -iy, p.h - iw, p.w - ih] },
    hull: product(across, down),
    distance: { value: dx * dx + dy * dy, by: [2 * dx, 2 * dy, 0, 0] },
    diagonal: {
      value: across.length * across.length + down.length * down.length,
      by: [
        2 * across.length * across.byPosition,
        2 * down.length * down.byPosition,
        2 * across.length * across.bySize,
        2 * down.length * down.bySize,
      ],
    },
  }
}

/** (a / (b + ε)) and its derivatives. */
export function ratio(a: Quantity, b: Quantity, epsilon: number): Quantity {
  const divisor = b.value + epsilon
  const value = a.value / divisor
  return { value, by: four((k) => ((a.by[k] as number) - value * (b.by[k] as number)) / divisor) }
}

/** a + f·b. */
export const plus = (a: Quantity, f: number, b: Quantity): Quantity => ({
  value: a.value + f * b.value,
  by: four((k) => (a.by[k] as number) + f * (b.by[k] as number)),
})

const four = (of: (k: number) => number): Four => [of(0), of(1), of(2), of(3)]
