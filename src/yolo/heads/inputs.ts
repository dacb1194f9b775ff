import type { Real } from '../../io/index.js'
import { type Dim, type Graph, sum, tensorOf, type Value } from '../../onnx/index.js'
import { gather } from '../../onnx/select.js'
import { shapeOf } from '../../onnx/shape.js'
import { anchorsOf, type LossConfig } from '../config/config.js'
import { boxesName } from '../config/names.js'
import { type Axis, boxEntries, boxNumbers, coarsestStride, dimsOf, labelAxes, layouts } from '../config/vocabulary.js'
import { type Grid, type Head, type Heads, headsOf } from './head.js'
import { type Extent, headShape, shapeIn } from './layout.js'
import { anchorsIn, classesIn, computedIn, thresholdIn } from './parameters.js'
import { inputSize, type SizeAxes, sizesOf } from './sizes.js'

/** Sizes of a scale: numbers where batch and input are fixed, else symbols. */
function extentOf({ anchorMask, batch, input }: LossConfig, classes: Dim, l: number): Extent {
  const [height, width] = input ?? []
  const grid = (pixels: number | undefined, symbol: string) =>
    pixels === undefined ? `${symbol}${l}` : (pixels / coarsestStride) * 2 ** l
  const a = anchorMask[l]?.length ?? 0
  return { b: batch ?? 'B', h: grid(height, 'h'), w: grid(width, 'w'), a, d: sum([classes, boxEntries]), classes }
}

const extentsOf = (graph: Graph, config: LossConfig): Extent[] => {
  const classes = classesIn(graph, config)
  return config.anchorMask.map((_, l) => extentOf(config, classes, l))
}

const logitInputs = (graph: Graph, { dtype, layout }: LossConfig, extents: readonly Extent[]): Value<Real>[] =>
  extents.map((extent, l) => graph.input(`y_pred_${l}`, dtype, headShape(layouts[layout], extent)))

/** Inputs `y_pred_l` of all scales, without labels. */
export function plainHeads(graph: Graph, config: LossConfig): Head[] {
  const extents = extentsOf(graph, config)
  const logits = logitInputs(graph, config, extents)
  const dims = dimsOf(layouts[config.layout])
  const [b, h, w] = ['b', 'h', 'w'].map((axis) => dims.indexOf(axis as Axis)) as [number, number, number]
  return headsFrom(graph, config, extents, logits, logits, { b, h, w })
}

/** The rows of boxes of each image, filled up with zeros: as many as `maxBoxes` says, or T. */
export function boxesInput(graph: Graph, { batch, maxBoxes, labels }: LossConfig): Value<'float32'> {
  const numbers = labels === 'weighted-boxes' ? boxNumbers + 1 : boxNumbers
  return graph.input(boxesName, 'float32', [batch ?? 'B', maxBoxes ?? 'T', numbers])
}

/** Inputs `y_pred_l` of all scales, then `y_true_l` of all. */
export function labelledHeads(graph: Graph, config: LossConfig): Heads {
  const extents = extentsOf(graph, config)
  const logits = logitInputs(graph, config, extents)
  const labels = extents.map((extent, l) => graph.input(`y_true_${l}`, computedIn(config), shapeIn(labelAxes, extent)))
  const heads = headsFrom(graph, config, extents, logits, labels, { b: 0, h: 1, w: 2 })
  const labelled = heads.map((head, l) => ({ ...head, labels: labels[l] as Value<Real> }))
  return headsOf(labelled, thresholdIn(graph, config))
}

/** Grids of a fixed input, for so many images as `boxes` `[B, T, ·]` has. */
export function fixedGrids(graph: Graph, config: LossConfig, boxes: Value): Grid[] {
  const [height, width] = config.input as readonly [number, number]
  const extents = extentsOf(graph, config)
  const dtype = computedIn(config)
  const S = graph.constant(tensorOf(dtype, [2], [width, height]))
  const b = batchOf(boxes)
  return extents.map((extent, l) => {
    const [h, w] = [extent.h, extent.w] as [number, number]
    const g = graph.constant(tensorOf(dtype, [2], [w, h]))
    const sizes = { b, h: graph.scalar(h, 'int64'), w: graph.scalar(w, 'int64'), wh: graph.ints([w, h]), g }
    return { extent, sizes, S, anchors: anchorsOf(config, l) }
  })
}

/** Number of images, which the first axis counts: rank 0. */
const batchOf = (x: Value): Value<'int64'> =>
  typeof x.shape[0] === 'number' ? x.graph.scalar(x.shape[0], 'int64') : gather(shapeOf(x), x.graph.scalar(0, 'int64'))

/** Heads whose sizes are read from the shapes of `sized`. */
function headsFrom(
  graph: Graph,
  config: LossConfig,
  extents: readonly Extent[],
  logits: readonly Value<Real>[],
  sized: readonly Value[],
  axes: SizeAxes,
): Head[] {
  const dtype = computedIn(config)
  const sizes = sized.map((v, l) => graph.scope(`layer${l}`, () => sizesOf(v, axes, dtype)))
  const [coarsest, coarsestSizes] = [sized[0] as Value, sizes[0] as Head['sizes']]
  const S = graph.scope('layer0/sizes', () => inputSize(coarsest, axes, coarsestSizes))
  const allAnchors = anchorsIn(graph, config)
  return logits.map((t, l) => ({
    logits: t,
    layout: layouts[config.layout],
    extent: extents[l] as Extent,
    sizes: sizes[l] as Head['sizes'],
    S,
    anchors: anchorsOf(config, l),
    ...(allAnchors && { open: { allAnchors, mask: config.anchorMask[l] as readonly number[] } }),
  }))
}
