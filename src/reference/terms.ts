import { sigmoid } from './boxes.js'
import { crossEntropy, crossEntropySize } from './entropy.js'
import { at, type Cell, cellsOf, type Layer } from './layer.js'
import { logSizeError, offsetError, scaleError, Tally, UNIT_ROUNDOFF as u } from './rounding.js'

/** What a row is trained towards (semantics 2, `targets` and `scale`), with the float32 error of each number. */
export interface Targets {
  readonly objectness: number
  /** s = 2 − w·h, unclamped (S11). */
  readonly scale: number
  readonly scaleError: number
  /** x and y of the centre within the cell. */
  readonly offset: readonly Target[]
  /** Logarithm of width and height over the anchor's; in guard mode only of those that have one. */
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
  const logSize = (label: number, anchor: number, pixels: number, channel: number): Target[] => {
    const z = Math.log((label / anchor) * pixels)
    return layer.guard && !(label > 0) ? [] : [{ z, error: logSizeError(z, anchor), channel }]
  }
  return {
    objectness: o,
    scale: 2 - w * h,
    scaleError: scaleError(w * h),
    offset: [offset(x, layer.columns, cell.column, 0), offset(y, layer.rows, cell.row, 1)],
    logSize: [...logSize(w, anchorW, layer.input.width, 2), ...logSize(h, anchorH, layer.input.height, 3)],
  }
}

/** A row to be trained: where it stands, its targets if it holds an object, and κ of its cell. */
interface Row {
  readonly layer: Layer
  readonly cell: Cell
  readonly targets: Targets
  readonly kappa: number
}

/** What a term has to say of one logit, undivided. */
interface Part {
  readonly channel: number
  /** Its value, the size of what cancels in it, and how far rounding targets and scale to float32 may move it. */
  readonly value: number
  readonly size: number
  readonly error?: number
  /** Its derivative by the logit, how far float32 may move that, and what σ is multiplied by in it. */
  readonly slope: number
  readonly slopeError?: number
  readonly ofSigmoid?: number
}

/** A term: the rows it lives on, and its parts there. */
interface Term {
  readonly lives: 'objects' | 'cells'
  readonly parts: (row: Row) => readonly Part[]
}

/** σ(t) − z as (1 − z)·σ(t) − z·σ(−t): neither tail is lost for the labels 0 and 1, however certain t is. */
const excess = (t: number, z: number): number => (1 - z) * sigmoid(t) - z * sigmoid(-t)

/**
 * The terms of a scale, undivided (semantics 2), and their derivatives (semantics 6, S17):
 *
 *     xy   = o·s·Σ E(z_xy, t_xy)                    d/dt = o·s·(σ − z_xy)
 *     wh   = o·s·½·Σ (z_wh − t_wh)²                 d/dt = o·s·(t_wh − z_wh)
 *     conf = o·E(o,t_o) + (1−o)·E(o,t_o)·κ          d/dt = (o + (1−o)·κ)·(σ − o)
 *     cls  = o·Σ E(y_c, t_c)                        d/dt = o·(σ − y_c)
 *
 * Rows with o = 0 take part in conf only, so no logarithm of an empty label is ever taken (S10).
 */
const terms = {
  xy: { lives: 'objects', parts: ({ layer, cell, targets }) => offsetParts(layer, cell, targets) },
  wh: { lives: 'objects', parts: ({ layer, cell, targets }) => sizeParts(layer, cell, targets) },
  conf: { lives: 'cells', parts: ({ layer, cell, kappa }) => [confidencePart(layer, cell, kappa)] },
  class: { lives: 'objects', parts: ({ layer, cell, targets }) => classParts(layer, cell, targets.objectness) },
} satisfies Readonly<Record<string, Term>>

export type TermName = keyof typeof terms

/** One thing for each term. */
export type Terms<T> = { readonly [N in TermName]: T }

export const termNames = Object.keys(terms) as readonly TermName[]

export const eachTerm = <T>(of: (name: TermName) => T): Terms<T> =>
  Object.fromEntries(termNames.map((name) => [name, of(name)])) as Record<TermName, T>

/** What is done with each part of a term. */
type Use = (term: TermName, cell: Cell, part: Part) => void

/** Every part of every term of a scale, row after row. @param mask κ, `[B,h,w,A]` */
export function forEachPart(layer: Layer, mask: Uint8Array, use: Use): void {
  for (const cell of cellsOf(layer)) forEachPartAt(layer, mask, cell, use)
}

/** The parts of one row. */
export function forEachPartAt(layer: Layer, mask: Uint8Array, cell: Cell, use: Use): void {
  const isObject = at(layer.labels, cell.at + 4) !== 0
  const row = { layer, cell, kappa: at(mask, cell.index), targets: isObject ? targetsOf(layer, cell) : noTargets }
  for (const name of termNames) {
    if (terms[name].lives === 'objects' && !isObject) continue
    for (const part of terms[name].parts(row)) use(name, cell, part)
  }
}

const noTargets: Targets = { objectness: 0, scale: Number.NaN, scaleError: Number.NaN, offset: [], logSize: [] }

/** The terms added up. @param mask κ, `[B,h,w,A]` */
export function termsOf(layer: Layer, mask: Uint8Array): Terms<Tally> {
  const tallies = eachTerm(() => new Tally(layer.batch))
  forEachPart(layer, mask, (term, { image }, { value, size, error }) => tallies[term].add(image, value, size, error))
  return tallies
}

/** dE/dz = −t, hence an error of |t| times that of z; d/dz of the slope is −o·s. */
function offsetParts(layer: Layer, cell: Cell, { objectness: o, scale: s, scaleError, offset }: Targets): Part[] {
  return offset.map(({ z, error, channel }) => {
    const t = at(layer.logits, cell.at + channel)
    const [ce, slope] = [crossEntropy(z, t), excess(t, z)]
    return {
      channel,
      value: o * s * ce,
      size: Math.abs(o * s) * crossEntropySize(z, t),
      error: Math.abs(o * s * t) * error + Math.abs(o * ce) * scaleError,
      slope: o * s * slope,
      slopeError: Math.abs(o * s) * error + Math.abs(o * slope) * scaleError,
      ofSigmoid: o * s,
    }
  })
}

/** d(½d²)/dz = d. The second order is left out on purpose: at d ≈ 0 it would hide a product taken before the quotient. */
function sizeParts(layer: Layer, cell: Cell, { objectness: o, scale: s, scaleError, logSize }: Targets): Part[] {
  return logSize.map(({ z, error, channel }) => {
    const d = z - at(layer.logits, cell.at + channel)
    const slope = at(layer.logits, cell.at + channel) - z
    const value = o * s * 0.5 * d * d
    return {
      channel,
      value,
      size: Math.abs(value),
      error: Math.abs(o * s * d) * error + Math.abs(o * 0.5 * d * d) * scaleError,
      slope: o * s * slope,
      slopeError: Math.abs(o * s) * error + Math.abs(o * slope) * scaleError,
    }
  })
}

/** The factor o + (1 − o)·κ cancels for o outside [0,1]; its parts keep their own rounding. */
function confidencePart(layer: Layer, cell: Cell, kappa: number): Part {
  const [o, t] = [at(layer.labels, cell.at + 4), at(layer.logits, cell.at + 4)]
  const [ce, slope] = [crossEntropy(o, t), excess(t, o)]
  const weight = Math.abs(o) + Math.abs(1 - o) * kappa
  return {
    channel: 4,
    value: o * ce + (1 - o) * ce * kappa,
    size: weight * crossEntropySize(o, t),
    slope: (o + (1 - o) * kappa) * slope,
    slopeError: o === 0 ? 0 : 4 * u * weight * (Math.abs(slope) + Math.abs(o)),
    ofSigmoid: o + (1 - o) * kappa,
  }
}

function classParts({ labels, logits, classes }: Layer, cell: Cell, o: number): Part[] {
  return Array.from({ length: classes }, (_, c) => {
    const channel = 5 + c
    const [y, t] = [at(labels, cell.at + channel), at(logits, cell.at + channel)]
    const size = Math.abs(o) * crossEntropySize(y, t)
    return { channel, value: o * crossEntropy(y, t), size, slope: o * excess(t, y), ofSigmoid: o }
  })
}
