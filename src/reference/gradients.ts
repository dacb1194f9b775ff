import { SIGMOID_ERROR } from './boxes.js'
import { ignoreOf } from './ignore.js'
import { at, type Layer, layersOf } from './layer.js'
import { forEachPart, type Terms } from './terms.js'
import type { OracleInput } from './types.js'

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
  /** The same of the float32 Sigmoid of a provider, for graphs that take theirs from it (semantics 7). */
  readonly sigmoidBounds: Float64Array
}

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
  const [values, bounds, sigmoidBounds] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  forEachPart(layer, mask, (term, cell, { channel, slope, slopeError = 0, ofSigmoid = 0 }) => {
    const factor = (weights?.[term] ?? 1) / divisor
    const i = cell.at + channel
    values[i] = at(values, i) + slope * factor
    const bounded = Number.isFinite(slope)
    bounds[i] = at(bounds, i) + (bounded ? Math.abs(slopeError * factor) : 0)
    sigmoidBounds[i] = at(sigmoidBounds, i) + (bounded ? SIGMOID_ERROR * Math.abs(ofSigmoid * factor) : 0)
  })
  return { values, bounds, sigmoidBounds }
}
