import type { Real } from '../../io/index.js'
import type { Dim, Value } from '../../onnx/index.js'
import { equal } from '../../onnx/logic.js'
import { add, reduceSum } from '../../onnx/math.js'
import { concat, type Division, divide, split } from '../../onnx/parts.js'
import { gather, range } from '../../onnx/select.js'
import { cast, reshapeBy, unsqueeze } from '../../onnx/shape.js'
import type { CellCount } from '../heads/head.js'
import { stagedSum } from './staged.js'

/** Flags to be counted, of one scale or of several: 0 and 1, whose float32 sums are exact up to 2²⁴. */
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

/** Images of a batch: as dimension and as a value. */
interface Batch {
  readonly batch: Dim
  readonly B: Value<'int64'>
}

/** A flag for each row, always 1: how many rows there are, from the image of each `[T]` and how they divide among the scales. */
export function rowAddends<D extends Real>(
  image: Value<'int64'>,
  division: Division,
  dtype: D,
  { batch, B }: Batch,
): Addends<D> {
  const { graph } = image
  const counts = cast(division.counts, dtype)
  const byImage = (rows: Value<'int64'>) => {
    const own = equal(unsqueeze(range(B, batch), [1]), unsqueeze(rows, [0])) // [B, T]
    return stagedSum([cast(own, dtype)], 'narrow')
  }
  const ofScale = (l: number): Addends<D> => ({
    all: () => gather(counts, graph.scalar(l, 'int64')),
    byImage: () => byImage(divide(image, division)[l] as Value<'int64'>),
    byScale: () => [[l, ofScale(l)]],
  })
  return {
    all: () => reduceSum(counts),
    byImage: () => byImage(image),
    byScale: () => division.sizes.map((_, l) => [l, ofScale(l)]),
  }
}

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
    all: () => reduceSum(cells),
    byImage: () => {
      const sums = partsOf().map(([l, part]) => {
        const [dim, size] = perImage[l] as CellCount
        // Not [B, -1]: of no images nothing would tell the other size.
        return reduceSum(reshapeBy(part, concat([cells.graph.ints([-1]), size], 0), [batch, dim]), { axes: [1] })
      })
      return sums.reduce((a, b) => add(a, b))
    },
    byScale,
  }
}

/** Up to this size the last axis is summed together with the one before it. */
const shortAxis = 16

/** Summed axis by axis from the last, down to `[B]` or `[B, n]`: there are more than 2²⁴ logits in a large batch. */
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
