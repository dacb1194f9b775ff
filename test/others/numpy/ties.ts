import type { AssignConfig } from '../../../src/yolo/labels/assign.js'

type Side = readonly [w: number, h: number]

const largest = 640

/** Whether two anchors are the best at once, in whole numbers: a quotient that float64 rounds would not tell. */
function ties(w: number, h: number, anchors: readonly Side[]): boolean {
  let [overlap, union, tied] = [0, 1, false]
  for (const [anchorW, anchorH] of anchors) {
    const o = Math.min(w, anchorW) * Math.min(h, anchorH)
    const u = w * h + anchorW * anchorH - o
    const ahead = o * union - overlap * u
    if (ahead === 0) tied = true
    if (ahead <= 0) continue
    ;[overlap, union, tied] = [o, u, false]
  }
  return tied
}

const known = new Map<AssignConfig['anchors'], readonly Side[]>()

/** In units of a part of a pixel, so that all numbers are whole. */
function findTies(anchors: readonly Side[], part: number): Side[] {
  const scaled = anchors.map(([w, h]) => [w * part, h * part] as const)
  if (!scaled.flat().every(Number.isInteger)) return []
  const sizes: Side[] = []
  for (let w = 1; w <= largest * part; w++)
    for (let h = 1; h <= largest * part; h++) if (ties(w, h, scaled)) sizes.push([w / part, h / part])
  return sizes
}

/** Whole sizes for which the best anchor is not the only one, or half ones if there are none; none for odd anchors. */
export function tiedSizes({ anchors }: AssignConfig): readonly Side[] {
  let sizes = known.get(anchors) ?? findTies(anchors, 1)
  if (sizes.length === 0) sizes = findTies(anchors, 2)
  known.set(anchors, sizes)
  return sizes
}
