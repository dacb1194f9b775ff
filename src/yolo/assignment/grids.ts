import type { Real } from '../../io/index.js'
import { type Dim, type Graph, tensorOf, type Value } from '../../onnx/index.js'
import { mul, sub } from '../../onnx/math.js'
import { concat, concatAll } from '../../onnx/parts.js'
import { cast, sizeOfDim, unsqueeze } from '../../onnx/shape.js'
import type { LossConfig } from '../config/config.js'
import type { Grid } from '../heads/head.js'

/** What boxes are assigned to: grids and anchors of all scales, coarsest first. */
export interface Grids {
  readonly graph: Graph
  /** Number of images, as dimension and as a value. */
  readonly batch: Dim
  readonly B: Value<'int64'>
  readonly scales: readonly Grid[]
  readonly config: Pick<LossConfig, 'anchors' | 'anchorMask' | 'padding' | 'badBoxes' | 'input'>
}

export function gridsOf(scales: readonly Grid[], config: LossConfig): Grids {
  const [{ S, extent, sizes }] = scales as readonly [Grid]
  return { graph: S.graph, batch: extent.b, B: sizes.b, scales, config }
}

const firstOf = ({ scales }: Grids): Grid => scales[0] as Grid

/** Of what a row says there are whole numbers from 0 on, centre x and y and class: middles and halves of their ranges `[3]`. */
export interface Ranges {
  readonly middle: Value<'float32'>
  readonly half: Value<'float32'>
  /** Number of classes `[1]`. */
  readonly classes: Value<'float32'>
}

/** Numbers of a fixed input and fixed classes, else undefined. */
function fixedEnds(grids: Grids): readonly [width: number, height: number, classes: number] | undefined {
  const { classes } = firstOf(grids).extent
  const { input } = grids.config
  return input && typeof classes === 'number' ? [input[1], input[0], classes] : undefined
}

/** A whole number n is in [0, end) where |n − (end − 1)/2| < end/2. */
export function rangesOf(grids: Grids): Ranges {
  const { graph } = grids
  const vector = (values: readonly number[]) => graph.constant(tensorOf('float32', [values.length], values))
  const fixed = fixedEnds(grids)
  if (fixed) {
    const [middle, half] = [fixed.map((end) => (end - 1) / 2), fixed.map((end) => end / 2)]
    return { middle: vector(middle), half: vector(half), classes: vector([fixed[2]]) }
  }
  const { S, extent } = firstOf(grids)
  const count = sizeOfDim(graph, extent.classes) as Value<'int64'> | number
  const classes = typeof count === 'number' ? vector([count]) : unsqueeze(cast(count, 'float32'), [0])
  const ends = concat([cast(S, 'float32'), classes], 0)
  return { middle: mul(sub(ends, 1), 0.5), half: mul(ends, 0.5), classes }
}

/** All anchors in pixels, width before height: `[n, 2]` */
export function allAnchors<D extends Real>(grids: Grids, dtype: D): Value<D> {
  const { anchors } = grids.config
  const { open } = firstOf(grids)
  return open
    ? cast(open.allAnchors, dtype)
    : grids.graph.constant(tensorOf(dtype, [anchors.length, 2], anchors.flat()), 'anchors')
}

/** Place of each anchor within each scale, −1 where the scale does not have it: `[L, n]` */
export function slots({ graph, config: { anchors, anchorMask } }: Grids): Value<'int64'> {
  const places = anchorMask.flatMap((mask) => anchors.map((_, n) => mask.indexOf(n)))
  return graph.constant(tensorOf('int64', [anchorMask.length, anchors.length], places), 'slots')
}

/** Columns and rows of the grids: `[L, 2]` */
export const gridSizes = ({ scales }: Grids): Value<'int64'> =>
  concatAll(
    scales.map(({ sizes }) => unsqueeze(sizes.wh, [0])),
    0,
  )
