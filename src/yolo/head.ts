import { tensorOf } from '../graph/constants.js'
import type { Real } from '../graph/tensor.js'
import type { Value } from '../graph/value.js'
import { slice } from '../ops/slice.js'
import type { Anchor } from './config.js'
import { type Extent, type Layout, unfused } from './layout.js'
import type { Sizes } from './sizes.js'

/** Entries before the classes: tx, ty, tw, th, obj. */
export const boxEntries = 5

/** One scale of the detector: what comes in and what is known of it. */
export interface Head<D extends Real = Real> {
  /** Logits in the layout of the head. */
  readonly logits: Value<D>
  /** Labels `[B, h, w, A, 5+C]`. */
  readonly labels: Value<D>
  readonly layout: Layout
  readonly extent: Extent
  readonly sizes: Sizes<D>
  /** Input size (width, height) in pixels, `[2]`. */
  readonly S: Value<D>
  readonly anchors: readonly Anchor[]
  readonly ignoreThreshold: number
  /** Objectness logits of every cell, in the memory order of the logits. */
  readonly objectness: Value<D>
}

/** Anchors of a head as a constant: `[A, 2]`, width before height. */
export const anchorTable = <D extends Real>({ logits, anchors }: Head<D>): Value<D> =>
  logits.graph.constant(tensorOf(logits.dtype, [anchors.length, 2], anchors.flat()), 'anchors')

/** Objectness logits of every cell, in memory order: one strided read, the only one the loss makes of all logits. */
export function objectnessOf<D extends Real>(logits: Value<D>, layout: Layout, extent: Extent): Value<D> {
  const index = layout.axes.map((axis) => (axis === 'd' ? '4' : ':')).join(', ')
  return logits.graph.scope('objectness', () => slice(unfused(logits, layout, extent), index))
}
