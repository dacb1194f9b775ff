import { crossEntropy, crossEntropySize } from './entropy.js'
import { at, type Cell, cellsOf, type Layer } from './layer.js'
import { logSizeError, offsetError, scaleError, Tally } from './rounding.js'
import type { Terms } from './types.js'

/** What a row is trained towards (semantics 2, `targets` and `scale`), with the float32 error of each number. */
export interface Targets {
  readonly objectness: number
  /** s = 2 − w·h, unclamped (S11). */
  readonly scale: number
  readonly scaleError: number
  /** x and y of the centre within the cell. */
  readonly offset: readonly Target[]
  /** Logarithm of width and height over the anchor's. */
  readonly logSize: readonly Target[]
}

interface Target {
  readonly z: number
  readonly error: number
  /** Index of the matching logit within the row. */
  readonly channel: number
}

/**
 * Targets of one row from its label.
 *
 * `z` of a centre on a cell border (S6): labels come in float32, where 120/416·52 rounds to 15 although the assigned
 * cell is 14. In float64 the same label gives z = 0.9999998 instead of 1; its error |y·g|·u covers the difference.
 */
export function targetsOf(layer: Layer, cell: Cell): Targets {
  const [x, y, w, h, o] = [0, 1, 2, 3, 4].map((k) => at(layer.labels, cell.at + k)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const [anchorW, anchorH] = layer.anchors[cell.anchor] as readonly [number, number]
  const offset = (label: number, cells: number, cellIndex: number, channel: number): Target => {
    const z = label * cells - cellIndex
    return { z, error: offsetError(label * cells, z), channel }
  }
  const logSize = (label: number, anchor: number, pixels: number, channel: number): Target => {
    const z = Math.log((label / anchor) * pixels)
    return { z, error: logSizeError(z, anchor), channel }
  }
  return {
    objectness: o,
    scale: 2 - w * h,
    scaleError: scaleError(w * h),
    offset: [offset(x, layer.columns, cell.column, 0), offset(y, layer.rows, cell.row, 1)],
    logSize: [logSize(w, anchorW, layer.input.width, 2), logSize(h, anchorH, layer.input.height, 3)],
  }
}

/**
 * The four terms of a scale, undivided (semantics 2).
 *
 *     xy   = o·s·Σ E(z_xy, t_xy)            conf = o·E(o,t_o) + (1−o)·E(o,t_o)·κ
 *     wh   = o·s·½·Σ (z_wh − t_wh)²         cls  = o·Σ E(y_c, t_c)
 *
 * Rows with o = 0 take part in conf only, so no logarithm of an empty label is ever taken (S10).
 *
 * @param mask κ, `[B,h,w,A]`
 */
export function termsOf(layer: Layer, mask: Uint8Array): Terms<Tally> {
  const tally = () => new Tally(layer.batch)
  const terms = { xy: tally(), wh: tally(), conf: tally(), class: tally() }
  for (const cell of cellsOf(layer)) {
    addConfidence(terms.conf, layer, cell, at(mask, cell.index))
    if (at(layer.labels, cell.at + 4) === 0) continue
    const targets = targetsOf(layer, cell)
    addOffsets(terms.xy, layer, cell, targets)
    addSizes(terms.wh, layer, cell, targets)
    addClasses(terms.class, layer, cell, targets.objectness)
  }
  return terms
}

/** dE/dz = −t, hence an error of |t| times that of z. */
function addOffsets(
  xy: Tally,
  layer: Layer,
  cell: Cell,
  { objectness: o, scale: s, scaleError, offset }: Targets,
): void {
  for (const { z, error, channel } of offset) {
    const t = at(layer.logits, cell.at + channel)
    const ce = crossEntropy(z, t)
    const slack = Math.abs(o * s * t) * error + Math.abs(o * ce) * scaleError
    xy.add(cell.image, o * s * ce, Math.abs(o * s) * crossEntropySize(z, t), slack)
  }
}

/** d(½d²)/dz = d. The second order is left out on purpose: at d ≈ 0 it would hide a product taken before the quotient. */
function addSizes(
  wh: Tally,
  layer: Layer,
  cell: Cell,
  { objectness: o, scale: s, scaleError, logSize }: Targets,
): void {
  for (const { z, error, channel } of logSize) {
    const d = z - at(layer.logits, cell.at + channel)
    const term = o * s * 0.5 * d * d
    wh.add(cell.image, term, Math.abs(term), Math.abs(o * s * d) * error + Math.abs(o * 0.5 * d * d) * scaleError)
  }
}

function addConfidence(conf: Tally, layer: Layer, cell: Cell, kappa: number): void {
  const [o, t] = [at(layer.labels, cell.at + 4), at(layer.logits, cell.at + 4)]
  const ce = crossEntropy(o, t)
  const size = crossEntropySize(o, t)
  conf.add(cell.image, o * ce + (1 - o) * ce * kappa, (Math.abs(o) + Math.abs(1 - o) * kappa) * size)
}

function addClasses(cls: Tally, layer: Layer, cell: Cell, o: number): void {
  for (let c = 5; c < 5 + layer.classes; c++) {
    const [y, t] = [at(layer.labels, cell.at + c), at(layer.logits, cell.at + c)]
    cls.add(cell.image, o * crossEntropy(y, t), Math.abs(o) * crossEntropySize(y, t))
  }
}
