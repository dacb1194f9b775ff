import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { column } from '../ops/column.js'
import { cast, split } from '../ops/movement.js'
import { slice } from '../ops/slice.js'
import type { Anchor } from './config.js'
import { type Extent, type Layout, labelAxes, reordered, unfused } from './layout.js'
import type { Sizes } from './sizes.js'
import type { Cells } from './terms.js'

/** Entries before the classes: tx, ty, tw, th, obj. */
export const boxEntries = 5

/** One scale of the detector: what comes in and what is known of it. */
export interface Head<D extends Real = Real> {
  /** Logits in the layout of the head, perhaps in another element type than is calculated in. */
  readonly logits: Value<Real>
  readonly layout: Layout
  readonly extent: Extent
  readonly sizes: Sizes<D>
  /** Input size (width, height) in pixels, `[2]`. */
  readonly S: Value<D>
  readonly anchors: readonly Anchor[]
}

/** A head with what it ought to say. */
export interface LabelledHead<D extends Real = Real> extends Head<D> {
  /** `[B, h, w, A, 5+C]` */
  readonly labels: Value<D>
  readonly ignoreThreshold: number
}

/** Anchors of a head as a constant: `[A, 2]`, width before height. */
export const anchorTable = <D extends Real>({ S, anchors }: Head<D>): Value<D> =>
  S.graph.constant(tensorOf(S.dtype, [anchors.length, 2], anchors.flat()), 'anchors')

/** All logits as `[B, h, w, A, 5+C]`. */
export const inLabelOrder = <D extends Real>({ logits, layout, extent, S }: Head<D>): Value<D> =>
  cast(reordered(unfused(logits, layout, extent), layout.axes, labelAxes), S.dtype)

/** Objectness logits of every cell, in the memory order of the logits: one strided read. */
export function objectness<D extends Real>({ logits, layout, extent, S }: Head<D>): Value<D> {
  const index = layout.axes.map((axis) => (axis === 'd' ? '4' : ':')).join(', ')
  return logits.graph.scope('objectness', () => {
    const head = unfused(logits, layout, extent)
    return cast(layout.axes.at(-1) === 'd' ? column(head, 4) : slice(head, index), S.dtype)
  })
}

/** `[…, 5+C]` by entries. */
export function cellsOf<D extends Real>(x: Value<D>): Cells<D> {
  const d = x.shape.at(-1) as number
  const [xy, wh, obj, cls] = split(x, [2, 2, 1, d - boxEntries], -1)
  return { xy, wh, obj, cls }
}
