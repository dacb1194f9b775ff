import type { Real } from '../../io/index.js'
import type { Dim, Value } from '../../onnx/index.js'
import { equal, where } from '../../onnx/logic.js'
import { add, reduceSum } from '../../onnx/math.js'
import { concat, type Division, divide, split } from '../../onnx/parts.js'
import { range } from '../../onnx/select.js'
import { cast, reshapeBy, unsqueeze } from '../../onnx/shape.js'

/** Numbers to be added up, of one scale or of several. */
export interface Addends<D extends Real = Real> {
  /** Sum of everything, rank 0. */
  readonly all: () => Value<D>
  /** Sum of each image, `[B]`. */
  readonly byImage: () => Value<D>
  /** Those of each scale by themselves, with its index. */
  readonly byScale: () => readonly (readonly [scale: number, Addends<D>])[]
}

/** What of addends is wanted: everything, or each image by itself. */
export type Adder = 'all' | 'byImage'

/** The sum of values whose number is not known: in float64, which has digits for that, and rounded once. */
const wideSum = <D extends Real>(x: Value<D>, axes?: readonly number[]): Value<D> =>
  cast(reduceSum(cast(x, 'float64'), axes && { axes }), x.dtype)

/** Images of a batch: as dimension and as a value. */
interface Batch {
  readonly batch: Dim
  readonly B: Value<'int64'>
}

/** Addends that are rows. */
export interface RowAddends<D extends Real = Real> extends Addends<D> {
  /** Other values of the same rows. */
  readonly holding: (values: Value<D>) => Addends<D>
}

/** Rows `[T, k]` with the image of each `[T]`, of one scale or of several one after another. */
export function rowAddends<D extends Real>(
  rows: Value<D>,
  image: Value<'int64'>,
  scale: number | Division,
  images: Batch,
): RowAddends<D> {
  return {
    holding: (values) => rowAddends(values, image, scale, images),
    all: () => wideSum(rows),
    byImage: () => {
      const row = unsqueeze(reduceSum(rows, { axes: [1] }), [0]) // [1, T]
      const own = equal(unsqueeze(range(images.B, images.batch), [1]), unsqueeze(image, [0])) // [B, T]
      return wideSum(where(own, row, 0), [1]) // selected: 0 · ∞ would spoil the other images
    },
    byScale: () => {
      if (typeof scale === 'number') return [[scale, rowAddends(rows, image, scale, images)]]
      const own = divide(image, scale)
      return divide(rows, scale).map((part, l) => [l, rowAddends(part, own[l] as Value<'int64'>, l, images)])
    },
  }
}

/** Cells of an image at a scale: as dimension and as `[1]`. */
export type CellCount = readonly [Dim, Value<'int64'>]

/** A value for each cell `[N]`, image after image, of one scale or of several one after another. */
export function cellAddends<D extends Real>(
  cells: Value<D>,
  scale: number | Division,
  perImage: readonly CellCount[],
  { batch, B }: Batch,
): Addends<D> {
  const byScale = (): readonly (readonly [number, Addends<D>])[] =>
    partsOf().map(([l, part]) => [l, cellAddends(part, l, perImage, { batch, B })])
  const partsOf = (): (readonly [number, Value<D>])[] =>
    typeof scale === 'number' ? [[scale, cells]] : divide(cells, scale).map((part, l) => [l, part])
  return {
    all: () => wideSum(cells),
    byImage: () => {
      const sums = partsOf().map(([l, part]) => {
        const [dim, size] = perImage[l] as CellCount
        // Not [B, -1]: of no images nothing would tell the other size.
        return wideSum(reshapeBy(part, concat([cells.graph.ints([-1]), size], 0), [batch, dim]), [1])
      })
      return sums.reduce((a, b) => add(a, b))
    },
    byScale,
  }
}

/** Up to this size the last axis is summed together with the one before it. */
const shortAxis = 16

/**
 * Summed axis by axis from the last, down to `[B]` or `[B, n]`: a single float32 sum of 10⁴ equal terms is off by 1.5e-5,
 * of 10⁵ by 5e-5.
 */
function innerSum<D extends Real>(maps: Value<D>): Value<D> {
  const { length } = maps.shape
  if (length <= 2) return maps
  const last = maps.shape[length - 1]
  return innerSum(reduceSum(maps, { axes: typeof last === 'number' && last <= shortAxis ? [-2, -1] : [-1] }))
}

/** Values of all images at one scale: `[B, n, …]`. */
export const mapAddends = <D extends Real>(maps: Value<D>, scale: number): Addends<D> => ({
  all: () => reduceSum(innerSum(maps)),
  byImage: () => {
    const sums = innerSum(maps)
    return sums.shape.length > 1 ? reduceSum(sums, { axes: [1] }) : sums
  },
  byScale: () => [[scale, mapAddends(maps, scale)]],
})

/** Sums of parts of each image `[B, n]`, those of each scale one after another in these numbers. */
export const lineAddends = <D extends Real>(lines: Value<D>, sizes: readonly number[]): Addends<D> => ({
  all: () => reduceSum(lines),
  byImage: () => reduceSum(lines, { axes: [1] }),
  byScale: () => split(lines, sizes, 1).map((part, scale) => [scale, mapAddends(part, scale)]),
})

/** The sum of several addends. */
export const sumOf = <D extends Real>(addends: readonly Addends<D>[], adder: Adder): Value<D> =>
  addends.map((a) => a[adder]()).reduce((a, b) => add(a, b))

/** The same addends scale by scale. */
export function ofScales<D extends Real>(addends: readonly Addends<D>[], scales: number): Addends<D>[][] {
  const parts = addends.flatMap((a) => a.byScale())
  return Array.from({ length: scales }, (_, l) => parts.flatMap(([scale, part]) => (scale === l ? [part] : [])))
}
