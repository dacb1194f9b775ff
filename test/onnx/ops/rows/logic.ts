import * as ops from '../../../../src/onnx/ops/logic.js'
import { at, bool, each, fill, float32, float64, int32, int64, row, zip } from '../support.js'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

const same = (x: number, y: number) => Number(x === y)
const relations = {
  less: [ops.less, (x: number, y: number) => Number(x < y)],
  greater: [ops.greater, (x: number, y: number) => Number(x > y)],
  equal: [ops.equal as typeof ops.less, same],
} as const

const values = [0, -0, 1, -1, nan, inf, -inf]

const comparisons = Object.entries(relations).flatMap(([op, [build, f]]) => {
  const [a, b] = [float32([7, 1], values), float32([7], values)]
  const [c, d] = [float64([7, 1], values), float64([7], values)]
  const [i, j] = [int64([3], [1, 2, 3]), int64([3], [3, 2, 1])]
  return [
    row(op, 'of float32, NaN included', [a, b], build, zip('bool', a, b, f)),
    row(op, 'of float64, NaN included', [c, d], build, zip('bool', c, d, f)),
    row(op, 'of int64', [i, j], build, zip('bool', i, j, f)),
    row(
      op,
      'of int32 with a literal',
      [int32([2], [1, 2])],
      (x) => build(x, 2),
      each('bool', int32([2], [1, 2]), (x) => f(x, 2)),
    ),
  ]
})

const [p, q] = [bool([2, 1], [0, 1]), bool([2], [0, 1])]
const condition = bool([3, 1], [1, 0, 1])
const [yes, no] = [float32([3, 2], [1, 2, 3, 4, 5, 6]), float32([2], [nan, inf])]
const chosen = fill('float32', [3, 2], (i) => (at(condition, i) ? at(yes, i) : at(no, i)))
const kept = fill('float32', [3, 2], (i) => (at(condition, i) ? at(yes, i) : 0.5))
const counts = int64([3, 1], [7, 8, 9])

export const logicRows = [
  ...comparisons,
  row('equal', 'of bool', [p, q], ops.equal, zip('bool', p, q, same)),
  row('not', 'of bool', [q], ops.not, bool([2], [1, 0])),
  row(
    'and',
    'broadcasts',
    [p, q],
    ops.and,
    zip('bool', p, q, (x, y) => x & y),
  ),
  row('where', 'broadcasts and never multiplies', [condition, yes, no], ops.where, chosen),
  row('where', 'takes a literal last', [condition, yes], (c, x) => ops.where(c, x, 0.5), kept),
  row('where', 'takes a literal first', [bool([2], [0, 1]), no], (c, x) => ops.where(c, 2, x), float32([2], [nan, 2])),
  row('where', 'of int64', [condition, counts], (c, x) => ops.where(c, x, -1), int64([3, 1], [7, -1, 9])),
]
