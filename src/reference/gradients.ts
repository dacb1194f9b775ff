import { ignoreOf } from './ignore.js'
import { at, type Cell, cellsOf, type Layer, layersOf } from './layer.js'
import { UNIT_ROUNDOFF as u } from './rounding.js'
import { type Targets, targetsOf } from './terms.js'
import type { OracleInput, Terms } from './types.js'

/** What decides a gradient beside the inputs of the loss. */
export interface GradientOptions {
  /** Weights of the terms; 1 each by default. */
  readonly weights?: Terms<number>
  /** What the sums are divided by; the batch by default, 1 for reductions `sum` and `none`. */
  readonly divisor?: number
  /** κ of each scale `[B,h,w,A]` in place of the one the logits give. */
  readonly masks?: readonly Uint8Array[]
}

/** Derivatives of the loss by the logits of one scale, in their order `[B,h,w,A·(5+C)]`. */
export interface ScaleGradient {
  readonly values: Float64Array
  /** First-order effect of rounding targets and scale to float32 on each of them; 0 where it is not finite. */
  readonly bounds: Float64Array
}

/** Writes the derivative of an undivided term by one logit, and how far float32 may move it. */
type Put = (term: keyof Terms<unknown>, channel: number, value: number, bound?: number) => void

/**
 * The gradient of the YOLO v3 loss in float64, by plain loops over the closed forms (semantics 6, S17):
 *
 *     dL/dt_xy = o·s·(σ − z_xy)/B                dL/dt_wh = o·s·(t_wh − z_wh)/B
 *     dL/dt_o  = (o + (1−o)·κ)·(σ − o)/B         dL/dt_c  = o·(σ − y_c)/B
 *
 * κ is held fixed, as in the original. Where o = 0 all but dL/dt_o are 0, whatever the logits.
 *
 * @throws RangeError if a shape contradicts the configuration.
 */
export function yoloLossGradients(input: OracleInput, options: GradientOptions = {}): ScaleGradient[] {
  return layersOf(input).map((layer, l) => {
    const mask = options.masks?.[l] ?? ignoreOf(layer, input.ignoreThreshold).mask
    return scaleGradient(layer, mask, options)
  })
}

function scaleGradient(layer: Layer, mask: Uint8Array, { weights, divisor = layer.batch }: GradientOptions) {
  const size = layer.logits.length
  const [values, bounds] = [new Float64Array(size), new Float64Array(size)]
  for (const cell of cellsOf(layer)) {
    const put: Put = (term, channel, value, bound = 0) => {
      const factor = (weights?.[term] ?? 1) / divisor
      values[cell.at + channel] = value * factor
      bounds[cell.at + channel] = Number.isFinite(value) ? Math.abs(bound * factor) : 0
    }
    putConfidence(layer, cell, at(mask, cell.index), put)
    if (at(layer.labels, cell.at + 4) === 0) continue
    putBox(layer, cell, targetsOf(layer, cell), put)
    putClasses(layer, cell, put)
  }
  return { values, bounds }
}

/** σ(t) − z as (1 − z)·σ(t) − z·σ(−t): neither tail is lost for the labels 0 and 1, however certain t is. */
const excess = (t: number, z: number): number => (1 - z) * sigmoid(t) - z * sigmoid(-t)

const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t))

/** The factor o + (1 − o)·κ cancels for o outside [0,1]; its parts keep their own rounding. */
function putConfidence({ labels, logits }: Layer, cell: Cell, kappa: number, put: Put): void {
  const [o, t] = [at(labels, cell.at + 4), at(logits, cell.at + 4)]
  const slope = excess(t, o)
  const rounding = 4 * u * (Math.abs(o) + Math.abs(1 - o) * kappa) * (Math.abs(slope) + Math.abs(o))
  put('conf', 4, (o + (1 - o) * kappa) * slope, o === 0 ? 0 : rounding)
}

/** d/dz of both slopes is −o·s. */
function putBox(
  { logits }: Layer,
  cell: Cell,
  { objectness: o, scale: s, scaleError, offset, logSize }: Targets,
  put: Put,
) {
  const slack = (slope: number, error: number) => Math.abs(o * s) * error + Math.abs(o * slope) * scaleError
  for (const { z, error, channel } of offset) {
    const slope = excess(at(logits, cell.at + channel), z)
    put('xy', channel, o * s * slope, slack(slope, error))
  }
  for (const { z, error, channel } of logSize) {
    const slope = at(logits, cell.at + channel) - z
    put('wh', channel, o * s * slope, slack(slope, error))
  }
}

function putClasses({ labels, logits, classes }: Layer, cell: Cell, put: Put): void {
  const o = at(labels, cell.at + 4)
  for (let c = 5; c < 5 + classes; c++) put('class', c, o * excess(at(logits, cell.at + c), at(labels, cell.at + c)))
}
