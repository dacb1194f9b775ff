import { product, tensorOf, type Value } from '../../onnx/index.js'
import { and, equal, greater, not, where } from '../../onnx/logic.js'
import { argMax, max, mul, reduceMax, reduceSum, sub } from '../../onnx/math.js'
import { concat } from '../../onnx/parts.js'
import { cast, flatten, squeeze } from '../../onnx/shape.js'
import type { Rows, Used } from './rows.js'

/**
 * Rows that are refused, and what is told of them. The original raises for them, or writes into a foreign channel or cell
 * (S33); a graph can do neither.
 */
export interface Refusal {
  /** 1 for each refused row `[B, T]`. */
  readonly rows: Value<'float32'>
  /** How many there are, rank 0. */
  readonly count: Value<'float32'>
  /** image·T + row of the first, −1 where there is none: rank 0. */
  readonly first: Value<'float32'>
}

export function refusalOf({ broken, outside }: Rows, { used, dropped }: Omit<Used, 'anchor'>): Refusal {
  const { graph } = broken
  return graph.scope('refused', () => {
    const asBoxes = max(broken, mul(outside, cast(used, 'float32')))
    const rows = dropped ? max(asBoxes, dropped) : asBoxes
    const count = reduceSum(rows)
    return { rows, count, first: where(equal(count, 0), graph.scalar(-1, 'float32'), placeOfFirst(rows)) }
  })
}

/** Place of the first 1 among all rows `[B, T]`, rank 0; where there is none, any number. */
function placeOfFirst(rows: Value<'float32'>): Value<'float32'> {
  const { graph } = rows
  const n = product(rows.shape)
  if (typeof n === 'number') {
    // Not by ArgMax: its place is an integer, from which WebGPU makes no number.
    const numbers = Array.from({ length: n }, (_, i) => n - i)
    const behind = graph.constant(tensorOf('float32', rows.shape as number[], numbers), 'rowsBehind')
    return sub(graph.scalar(n, 'float32'), reduceMax(mul(rows, behind), { axes: [0, 1] }))
  }
  // A number beside them, so that there is a largest among no rows.
  const beside = graph.constant(tensorOf('float32', [1], [0.5]))
  return cast(argMax(concat([flatten(rows), beside], 0)), 'float32')
}

/** Rows that are written: used, not refused, and of an objectness other than 0. `[B, T]` */
export function written({ weight }: Rows, used: Used['used'], refusal: Refusal): Value<'bool'> {
  const sound = greater(sub(cast(used, 'float32'), refusal.rows), 0)
  return weight ? and(sound, not(equal(squeeze(weight, [2]), 0))) : sound
}
