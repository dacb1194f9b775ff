import { type Dim, tensorOf, type Value } from '../../onnx/index.js'
import { and, equal, greater, less, not, where } from '../../onnx/logic.js'
import { abs, add, cumSum, floor, max, mul, reduceMax, sub } from '../../onnx/math.js'
import { concat, slice, split } from '../../onnx/parts.js'
import { gather, range, sorted } from '../../onnx/select.js'
import { cast, flatten, shapeOf, sizeOfDim, squeeze, unsqueeze } from '../../onnx/shape.js'
import { boxNumbers } from '../config/vocabulary.js'
import { type Grids, rangesOf } from './grids.js'

/** Rows of boxes as the original reads them, all float32. */
export interface Rows {
  /** Centre and class, cut to whole numbers, and which of these are those of a box: `[B, T, 3]` */
  readonly whole: Value<'float32'>
  readonly inside: Value<'bool'>
  /** The centre, and width and height: `[B, T, 2]` each, in pixels. */
  readonly centre: Value<'float32'>
  readonly size: Value<'float32'>
  /** The class, and the objectness: `[B, T, 1]` each. */
  readonly label: Value<'float32'>
  readonly weight?: Value<'float32'>
  /** Whether a row takes a place among the boxes: of a width that is not 0 or less. `[B, T]` */
  readonly counted: Value<'bool'>
  /** 1 where a number is not finite or the class too high, whatever the row is for: `[B, T]` */
  readonly broken: Value<'float32'>
  /** 1 where the centre or the class is not that of a box: `[B, T]` */
  readonly outside: Value<'float32'>
}

/** 1 where something along the last axis does not hold: `[…, k] → […]` */
const anyFails = (holds: Value<'bool'>): Value<'float32'> =>
  reduceMax(cast(not(holds), 'float32'), { axes: [holds.shape.length - 1] })

/**
 * Reads rows `x1 y1 x2 y2 class` and perhaps an objectness. The centre is halved and cut in float32 (S28), the size a
 * float32 difference, the class cut to a whole number.
 */
export function readRows(boxes: Value<'float32'>, grids: Grids): Rows {
  const { graph } = boxes
  return graph.scope('rows', () => {
    const weighted = boxes.shape[2] === boxNumbers + 1
    const [near, far, given, weight] = split(boxes, weighted ? [2, 2, 1, 1] : [2, 2, 1], 2) as [V, V, V, V?]
    const size = sub(far, near)
    const { middle, half, classes } = rangesOf(grids)
    // Cut towards 0, as −0.5 is class 0.
    const cut = where(greater(given, -1), max(given, 0), given)
    const whole = floor(concat([mul(add(near, far), 0.5), cut], 2)) // [B, T, 3]
    const inside = less(abs(sub(whole, middle)), half)
    const [centre, label] = split(whole, [2, 1], 2)
    return {
      whole,
      inside,
      centre,
      size,
      label,
      ...(weight && { weight }),
      counted: cast(max(squeeze(slice(size, '..., 0:1'), [2]), 0), 'bool'),
      broken: anyFails(less(magnitudes(boxes), limits(boxes, classes))),
      outside: anyFails(inside),
    }
  })
}

type V = Value<'float32'>

/** |x| of all numbers but the class, of which only −∞ becomes large. */
function magnitudes(boxes: V): V {
  const signs = Array.from({ length: boxes.shape[2] as number }, (_, i) => (i === boxNumbers - 1 ? -(2 ** -100) : -1))
  return max(boxes, mul(boxes, boxes.graph.constant(tensorOf('float32', [signs.length], signs), 'signs')))
}

/** What the numbers of a row must be below: the class below C, all others finite. */
function limits({ graph, shape }: V, classes: V): V {
  const endless = (n: number) => graph.constant(tensorOf('float32', [n], Array(n).fill(Number.POSITIVE_INFINITY)))
  const all = [endless(boxNumbers - 1), classes] as const
  return concat(shape[2] === boxNumbers ? all : [...all, endless(1)], 0)
}

/** The boxes among the rows. */
export interface Used {
  /** Best anchor of the box at this row `[B, T]`. */
  readonly anchor: Value<'int64'>
  /** Whether a box is read from this row `[B, T]`. */
  readonly used: Value<'bool'>
  /** 1 for each row that is as if it were not there `[B, T]`, where refused boxes are left out before padding is looked at. */
  readonly dropped?: Value<'float32'>
}

/** Rows that are refused whatever the others are, where what counts is the order of those that are left. */
export function droppedRows({ broken, outside, counted }: Rows, { config }: Grids): Value<'float32'> | undefined {
  if (config.badBoxes !== 'drop' || config.padding === 'anywhere') return undefined
  return max(broken, mul(outside, cast(counted, 'float32')))
}

/**
 * Which rows are boxes, given the best anchor of each. The original drops rows of no width when it looks for anchors, but
 * not when it reads the box: the t-th anchor goes with row t of all rows (S32).
 */
export function usedRows(rows: Rows, best: Value<'int64'>, grids: Grids): Used {
  const { counted } = rows
  if (grids.config.padding === 'anywhere') return { anchor: best, used: counted }
  const { graph } = counted
  return graph.scope('padding', () => {
    const [T, images] = [rowCount(counted), unsqueeze(range(grids.B, grids.batch), [1])]
    const t = range(T, counted.shape[1] as Dim)
    const start = mul(images, mul(T, 2)) // [B, 1]
    const dropped = droppedRows(rows, grids)
    const kept = dropped && equal(dropped, 0)
    // All images in one row, for the CPU provider dies of sorting no rows.
    const counts = kept ? and(counted, kept) : counted
    const [order, places] = sorted(flatten(add(where(counts, t, add(t, T)), start)), 'smallest')
    const own = add(mul(images, T), kept ? max(sub(cumSum(cast(kept, 'int64'), 1), 1), 0) : t) // [B, T]
    const anchor = gather(gather(flatten(best), places), own)
    const isFound = less(sub(gather(order, own), start), T)
    return kept ? { anchor, used: and(isFound, kept), dropped } : { anchor, used: isFound }
  })
}

/** T of `[B, T, …]`, rank 0. */
export function rowCount(like: Value): Value<'int64'> {
  const T = like.shape[1] as Dim
  if (typeof T === 'number') return like.graph.scalar(T, 'int64')
  return (sizeOfDim(like.graph, T) as Value<'int64'>) ?? squeeze(slice(shapeOf(like), '1:2'), [0])
}
