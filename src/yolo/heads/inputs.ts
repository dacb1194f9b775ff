import type { Real } from '../../io/index.js'
import type { Graph, Value } from '../../onnx/index.js'
import { anchorsOf, type LossConfig } from '../config/config.js'
import { boxEntries, coarsestStride, labelAxes, layouts } from '../config/vocabulary.js'
import { type Head, type Heads, headsOf } from './head.js'
import { type Extent, headShape, shapeIn } from './layout.js'
import { inputSize, type SizeAxes, sizesOf } from './sizes.js'

/** The element type everything is calculated in: float16 logits are converted. */
export const computedIn = ({ dtype }: LossConfig): Real => (dtype === 'float64' ? 'float64' : 'float32')

/** Sizes of a scale: numbers where batch and input are fixed, else symbols. */
function extentOf({ anchorMask, classes, batch, input }: LossConfig, l: number): Extent {
  const [height, width] = input ?? []
  const grid = (pixels: number | undefined, symbol: string) =>
    pixels === undefined ? `${symbol}${l}` : (pixels / coarsestStride) * 2 ** l
  const a = anchorMask[l]?.length ?? 0
  return { b: batch ?? 'B', h: grid(height, 'h'), w: grid(width, 'w'), a, d: boxEntries + classes }
}

const logitInputs = (graph: Graph, config: LossConfig): Value<Real>[] =>
  config.anchorMask.map((_, l) =>
    graph.input(`y_pred_${l}`, config.dtype, headShape(layouts[config.layout], extentOf(config, l))),
  )

/** Inputs `y_pred_l` of all scales, without labels. */
export function plainHeads(graph: Graph, config: LossConfig): Head[] {
  const logits = logitInputs(graph, config)
  const { axes, fused } = layouts[config.layout]
  const dims = fused ? axes.filter((axis) => axis !== 'd') : axes
  return headsFrom(graph, config, logits, logits, {
    b: dims.indexOf('b'),
    h: dims.indexOf('h'),
    w: dims.indexOf('w'),
  })
}

/** Inputs `y_pred_l` of all scales, then `y_true_l` of all. */
export function labelledHeads(graph: Graph, config: LossConfig): Heads {
  const logits = logitInputs(graph, config)
  const dtype = computedIn(config)
  const labels = config.anchorMask.map((_, l) =>
    graph.input(`y_true_${l}`, dtype, shapeIn(labelAxes, extentOf(config, l))),
  )
  const heads = headsFrom(graph, config, logits, labels, { b: 0, h: 1, w: 2 })
  const labelled = heads.map((head, l) => ({ ...head, labels: labels[l] as Value<Real> }))
  return headsOf(labelled, config.ignoreThreshold)
}

/** Heads whose sizes are read from the shapes of `sized`. */
function headsFrom(
  graph: Graph,
  config: LossConfig,
  logits: readonly Value<Real>[],
  sized: readonly Value[],
  axes: SizeAxes,
): Head[] {
  const dtype = computedIn(config)
  const sizes = sized.map((v, l) => graph.scope(`layer${l}`, () => sizesOf(v, axes, dtype)))
  const [coarsest, coarsestSizes] = [sized[0] as Value, sizes[0] as Head['sizes']]
  const S = graph.scope('layer0/sizes', () => inputSize(coarsest, axes, coarsestSizes))
  return logits.map((t, l) => ({
    logits: t,
    layout: layouts[config.layout],
    extent: extentOf(config, l),
    sizes: sizes[l] as Head['sizes'],
    S,
    anchors: anchorsOf(config, l),
  }))
}
