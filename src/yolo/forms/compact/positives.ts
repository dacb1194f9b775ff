import type { Real } from '../../../io/index.js'
import type { Value } from '../../../onnx/index.js'
import {
  cast,
  concatAll,
  type Division,
  digits,
  divisionOf,
  filled,
  flatten,
  gather,
  nonZero,
  shapeOf,
  split,
  unsqueeze,
} from '../../../onnx/ops/index.js'
import { cellsOf, type LabelledHead, ofEach, rowsOf } from '../../heads/head.js'
import type { GridSizes } from '../../heads/sizes.js'
import type { Cells } from '../../terms/terms.js'

/** The rows in which o ≠ 0, T in all: those of each scale in label order, one scale after another. */
export interface Positives<D extends Real = Real> {
  /** How they divide among the scales. */
  readonly division: Division
  /** Their places among the cells of each scale in label order `[T_l]`. */
  readonly places: readonly Value<'int64'>[]
  /** Index of their scale `[T]`. */
  readonly scale: Value<'int64'>
  /** Image, row, column and anchor `[T, 1]`. */
  readonly at: { readonly [A in 'b' | 'h' | 'w' | 'a']: Value<'int64'> }
  /** Rows and columns of their grid `[T, 1]`. */
  readonly grid: GridSizes
  /** Width and height of their grid as numbers `[T, 2]`. */
  readonly g: Value<D>
  /** Labels `[T, ·]`. */
  readonly y: Cells<D>
}

type Several<T> = readonly [T, ...T[]]

/** The positives, given the objectness `o` of the labels `[N_l]` of each scale. */
export function positives<D extends Real>(heads: readonly LabelledHead<D>[], o: readonly Value<D>[]): Positives<D> {
  const [{ labels, extent }] = heads as Several<LabelledHead<D>>
  return labels.graph.scope('positives', () => {
    const places = ofEach(heads, (_, l) => nonZeroPlaces(o[l] as Value<D>, 'T'))
    const scale = concatAll(
      places.map((p, l) => filled(shapeOf(p), p.shape, l, 'int64')),
      0,
    )
    const sizes = gather(
      concatAll(
        heads.map((head) => unsqueeze(head.sizes.wh, [0])),
        0,
      ),
      scale,
    ) // [T, 2]
    const [w, h] = split(sizes, [1, 1], 1)
    const [b, row, col, a] = digits(unsqueeze(concatAll(places, 0), [1]), [h, w, extent.a]) as [V, V, V, V]
    const rows = ofEach(heads, (head, l) => gather(rowsOf(head.labels, head.extent), places[l] as V))
    return {
      division: divisionOf(places),
      places,
      scale,
      at: { b, h: row, w: col, a },
      grid: { h, w },
      g: cast(sizes, labels.dtype),
      y: cellsOf(concatAll(rows, 0)),
    }
  })
}

type V = Value<'int64'>

/** Places where the vector o is not 0: `[n]`; `count` is a hint for the name of n. */
export function nonZeroPlaces<D extends Real>(o: Value<D>, count: string): Value<'int64'> {
  // The CPU provider finds non-zeros in float32, not in float64.
  return flatten(nonZero(o.dtype === 'float64' ? cast(o, 'bool') : o, o.graph.symbol(count)))
}
