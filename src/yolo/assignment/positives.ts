import type { Real } from '../../io/index.js'
import { type Dim, product, sum, tensorOf, type Value } from '../../onnx/index.js'
import { and, equal, less, not } from '../../onnx/logic.js'
import { add, cumSum, mul, reduceSum, sub } from '../../onnx/math.js'
import { concat, concatAll, type Division, following, slice, split } from '../../onnx/parts.js'
import { filled, gather, nonZero, scatter, sorted } from '../../onnx/select.js'
import { cast, flatten, reshape, shapeOf, sizeOfDim, transpose, unsqueeze } from '../../onnx/shape.js'
import { offset } from '../heads/layout.js'
import type { Located } from '../heads/rows.js'
import type { Entries } from '../terms/entries.js'
import type { Assigned } from './assign.js'
import { cellsOf } from './cells.js'
import { type Grids, gridSizes, slots } from './grids.js'
import { rowCount } from './rows.js'

/** The rows in which o ≠ 0, T in all: those of each scale in label order, one scale after another. */
export interface Positives<D extends Real = Real> extends Located {
  /** Their places among the cells of their scale in label order `[T, 1]`; made where it is read, which not every layout does. */
  readonly place: () => Value<'int64'>
  /** Index of their scale `[T]`. */
  readonly scale: Value<'int64'>
  /** Width and height of their grid as numbers `[T, 2]`. */
  readonly g: Value<D>
  /** Labels `[T, ·]`. */
  readonly y: Entries<D>
}

type I = Value<'int64'>

const names = ['scale', 'row', 'b', 'h', 'w', 'a', 'gh', 'gw', 'place'] as const

/** Where boxes are written: `row` is that among the rows of all images, `place` that among the cells of the scale. */
type Target = Readonly<Record<(typeof names)[number], I>>

/** The positives that boxes make, in the order in which they stand in dense labels: what follows rounds as from those. */
export function positivesOf<D extends Real>(assigned: Assigned, dtype: D): Positives<D> {
  return assigned.grids.graph.scope('positives', () => {
    const { target, t } = targetsOf(assigned)
    const { order, group, winners, division } = lastWriters(target, t, assigned)
    const packed = gather(
      concatAll(
        names.map((name) => target[name]),
        1,
      ),
      gather(order, winners),
    )
    const parts = split(packed, [1, 1, 1, 1, 1, 1, 1, 1, 1], 1)
    const { scale, row, b, h, w, a, gh, gw, place } = Object.fromEntries(
      names.map((name, i) => [name, parts[i]]),
    ) as Target
    const cls = classBits(assigned, gather(flatten(target.row), order), group, winners)
    return {
      division,
      place: () => place,
      scale: flatten(scale),
      at: { b, h, w, a },
      grid: { h: gh, w: gw },
      g: cast(concat([gw, gh], 1), dtype),
      y: { ...boxesOf(assigned, flatten(row), dtype), cls: cast(cls, dtype) },
    }
  })
}

/** All boxes at all scales that have their anchor, K together, scale by scale and image by image: `[K, 1]` each. */
function targetsOf({ grids, anchor, written, fractions }: Assigned): { readonly target: Target; readonly t: I } {
  const { graph, B, scales } = grids
  const slot = gather(slots(grids), anchor, 1) // [L, B, T]
  const places = nonZero(and(not(less(slot, 0)), written), graph.symbol('K'))
  const [scale, b, t] = split(transpose(places, [1, 0]), [1, 1, 1], 1)
  const T = rowCount(anchor)
  const row = add(mul(b, T), t)
  const sizes = gather(gridSizes(grids), flatten(scale)) // [K, 2]
  const xy = slice(gather(rowsOf(fractions, 4), flatten(row)), ':, 0:2')
  const [w, h] = split(cellsOf(xy, sizes), [1, 1], 1)
  const [gw, gh] = split(sizes, [1, 1], 1)
  const a = unsqueeze(gather(flatten(slot), flatten(add(mul(scale, mul(B, T)), row))), [1])
  const place = offset(['b', 'h', 'w', 'a'], { b, h, w, a }, { h: gh, w: gw, a: scales[0]?.extent.a as number })
  return { target: { scale, row, b, h, w, a, gh, gw, place }, t }
}

/** The rows of all images one after another: `[B, T, k] → [B·T, k]` */
const rowsOf = <D extends Real>(v: Value<D>, k: number): Value<D> => reshape(v, [product(v.shape.slice(0, 2)), k])

/** Boxes in the order of cells, and rows within: the last one in a cell wins it (S31). */
interface Order {
  /** Where each stands among the targets `[K]`, and the number of its cell among those that have one. */
  readonly order: I
  readonly group: I
  /** Places of the winners in this order, one for each cell `[G]`. */
  readonly winners: I
  readonly division: Division
}

function lastWriters({ scale, place }: Target, t: I, { grids, anchor }: Assigned): Order {
  const { graph, scales } = grids
  const cell = add(gather(startsOf(grids), scale), place)
  const [, order] = sorted(flatten(add(mul(cell, rowCount(anchor)), t)), 'smallest')
  const cells = gather(flatten(cell), order)
  const isLast = not(equal(cells, following(cells, -1)))
  const last = cast(isLast, 'int64')
  const sizes = scales.map(() => graph.symbol('T'))
  const winners = flatten(nonZero(isLast, sum(sizes)))
  // Scales of the winners, and none, for not every runtime counts those of no winners.
  const own = unsqueeze(concat([gather(flatten(scale), gather(order, winners)), graph.ints([-1])], 0), [0])
  const all = graph.constant(tensorOf('int64', [scales.length, 1], [...scales.keys()]), 'scales')
  const counts = reduceSum(cast(equal(all, own), 'int64'), { axes: [1] })
  return { order, group: sub(cumSum(last), last), winners, division: { counts, sizes } }
}

/** Where the cells of each scale begin among those of all: `[L]`. No larger numbers, for some runtimes count to 2³¹. */
function startsOf(grids: Grids): I {
  const [w, h] = split(gridSizes(grids), [1, 1], 1)
  const cells = flatten(mul(mul(w, h), mul(grids.B, grids.scales[0]?.extent.a as number)))
  return sub(cumSum(cells), cells)
}

/** A bit for each class of all boxes in a cell (S31): `[G, C]` */
function classBits({ grids, rows }: Assigned, row: I, group: I, winners: I): Value<'float32'> {
  const { graph, scales } = grids
  const classes = scales[0]?.extent.classes as Dim
  const C = sizeOfDim(graph, classes) as I | number
  const place = add(mul(group, C), cast(gather(flatten(rows.label), row), 'int64'))
  const cells = winners.shape[0] as Dim
  const none = filled(mul(shapeOf(winners), C), [product([cells, classes])], 0, 'float32')
  return reshape(scatter(none, place, filled(shapeOf(place), place.shape, 1, 'float32')), [cells, classes])
}

/** Centre, size and objectness of these rows: `[G, ·]` */
function boxesOf<D extends Real>({ rows, fractions }: Assigned, row: I, dtype: D): Omit<Entries<D>, 'cls'> {
  const [xy, wh] = split(cast(gather(rowsOf(fractions, 4), row), dtype), [2, 2], 1)
  const obj = rows.weight
    ? gather(rowsOf(rows.weight, 1), row)
    : unsqueeze(filled(shapeOf(row), row.shape, 1, 'float32'), [1])
  return { xy, wh, obj: cast(obj, dtype) }
}
