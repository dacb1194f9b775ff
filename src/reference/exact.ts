import { type Box, overlap } from './boxes.js'
import { at, type Cell, type Layer } from './layer.js'

const isFloat32 = (x: number): boolean => Math.fround(x) === x

/**
 * Whether float32 computes all but the quotient of an IoU without rounding, in whatever order: σ(0) = ½ and e⁰ = 1 are
 * exact, and so are centres, sides, edges, overlaps, areas and union if float32 has them. Then IEEE 754, which rounds the
 * quotient to the nearest, determines on which side of a threshold it lies.
 */
export function isExact({ logits }: Layer, cell: Cell, p: Box, t: Box): boolean {
  for (let entry = 0; entry < 4; entry++) if (at(logits, cell.at + entry) !== 0) return false
  return isUnrounded(p, t)
}

/** Whether float32 has every number on the way from two boxes to the quotient of their IoU. */
export function isUnrounded(p: Box, t: Box): boolean {
  const [iw, ih] = [overlap(p.x, p.w, t.x, t.w), overlap(p.y, p.h, t.y, t.h)]
  const inter = Math.max(iw, 0) * Math.max(ih, 0)
  const areas = [p.w * p.h, t.w * t.h] as const
  const both = areas[0] + areas[1]
  const edges = [p, t].flatMap(({ x, y, w, h }) => [x, y, w, h, x - w / 2, x + w / 2, y - h / 2, y + h / 2])
  return [...edges, iw, ih, inter, ...areas, both, both - inter].every(isFloat32)
}
