import { digits } from '../../../../src/onnx/ops/digits.js'
import { divide, divisionOf } from '../../../../src/onnx/ops/divide.js'
import { following } from '../../../../src/onnx/ops/following.js'
import { cellGrid } from '../../../../src/onnx/ops/grid.js'
import { ragged } from '../../../../src/onnx/ops/ragged.js'
import { cumSum, reduceMax, reduceMean, reduceProd, reduceSum } from '../../../../src/onnx/ops/reduce.js'
import { filled, gather, nonZero, pick, put, range, scatter } from '../../../../src/onnx/ops/select.js'
import { slice } from '../../../../src/onnx/ops/slice.js'
import { strided } from '../../../../src/onnx/ops/strided.js'
import { at, bool, counting, fill, float32, float64, int32, int64, type Row, row } from '../support.js'

const x = counting([2, 3, 4])
const factors = float32([2, 3], [3, -2, 0.5, 0, 7, 1])
const { NaN: nan } = Number
const count = (n: number) => [...Array(n).keys()]

function reduced(f: (a: number, b: number) => number, start: number, keep: boolean) {
  return fill('float32', keep ? [2, 1, 1] : [2], ([i]) =>
    count(12).reduce((sum, jk) => f(sum, at(x, [i as number, Math.floor(jk / 4), jk % 4])), start),
  )
}

const add = (a: number, b: number) => a + b
const reductions: Row[] = [
  row('reduceSum', 'over all axes', [x], (v) => reduceSum(v), float32([], [276])),
  row('reduceSum', 'over some', [x], (v) => reduceSum(v, { axes: [2, 1] }), reduced(add, 0, false)),
  row('reduceSum', 'keeps them as 1', [x], (v) => reduceSum(v, { axes: [1, -1], keep: true }), reduced(add, 0, true)),
  row('reduceSum', 'over none', [x], (v) => reduceSum(v, { axes: [] }), x),
  row('reduceSum', 'of rank 0', [float32([], [3])], (v) => reduceSum(v), float32([], [3])),
  row('reduceSum', 'of nothing', [float32([2, 0], [])], (v) => reduceSum(v, { axes: [1] }), float32([2], [0, 0])),
  row('reduceSum', 'of int64', [int64([3], [2 ** 40, 1, -3])], (v) => reduceSum(v), int64([], [2 ** 40 - 2])),
  row('reduceSum', 'of int32', [int32([2], [4, 5])], (v) => reduceSum(v, { keep: true }), int32([1], [9])),
  row('reduceSum', 'of float64', [float64([2], [1, 1e-12])], (v) => reduceSum(v), float64([], [1 + 1e-12])),
  row('reduceMax', 'over some', [x], (v) => reduceMax(v, { axes: [1, 2] }), reduced(Math.max, -1, false)),
  row(
    'reduceMax',
    'keeps them as 1',
    [x],
    (v) => reduceMax(v, { axes: [-1, -2], keep: true }),
    reduced(Math.max, -1, true),
  ),
  row('reduceMax', 'over none', [x], (v) => reduceMax(v, { axes: [] }), x),
  row('reduceMean', 'over some', [x], (v) => reduceMean(v, { axes: [1, 2] }), float32([2], [5.5, 17.5])),
  row('reduceProd', 'over some', [factors], (v) => reduceProd(v, { axes: [1], keep: true }), float32([2, 1], [-3, 0])),
  row('reduceMax', 'of int64', [int64([3], [-5, -2, -9])], (v) => reduceMax(v), int64([], [-2])),
]

const picked = fill('float32', [2, 2, 1, 4], ([i, j, , l]) => at(x, [i, [2, 0][j as number], l] as number[]))
const sparse = float32([2, 3], [0, nan, -0, 2, 0, -1])
const noIndex = int64([0], [])

const selections: Row[] = [
  row('gather', 'along an axis', [x, int64([2, 1], [2, 0])], (v, i) => gather(v, i, -2), picked),
  row(
    'gather',
    'one entry drops the axis',
    [x, int64([], [1])],
    (v, i) => gather(v, i),
    float32(
      [3, 4],
      count(12).map((i) => i + 12),
    ),
  ),
  row('gather', 'counts from the end', [counting([4]), int64([1], [-1])], (v, i) => gather(v, i), float32([1], [3])),
  row('gather', 'of nothing', [x, noIndex], (v, i) => gather(v, i, 1), float32([2, 0, 4], []), {
    shapes: [x.shape, ['T']],
  }),
  row('pick', 'of a vector', [counting([4]), int64([3], [3, -4, 3])], pick, float32([3], [3, 0, 3])),
  row(
    'pick',
    'of each row',
    [counting([2, 3]), int64([2, 2], [2, 0, 1, 1])],
    (v, i) => pick(v, i),
    float32([2, 2], [2, 0, 4, 4]),
  ),
  row('pick', 'of bool', [bool([2], [0, 1]), int64([2], [1, 0])], pick, bool([2], [1, 0])),
  row('pick', 'of nothing', [counting([4]), noIndex], pick, float32([0], []), { shapes: [[4], ['T']] }),
  row('nonZero', 'finds NaN too', [sparse], (v) => nonZero(v, 'T'), int64([2, 3], [0, 1, 1, 1, 0, 2])),
  row('nonZero', 'finds none', [float32([2, 2], [0, 0, 0, -0])], (v) => nonZero(v, 'T'), int64([2, 0], [])),
  row('nonZero', 'of nothing', [float32([0, 3], [])], (v) => nonZero(v, 'T'), int64([2, 0], []), {
    shapes: [['B', 3]],
  }),
  row('nonZero', 'of bool', [bool([3], [0, 1, 1])], (v) => nonZero(v, 'T'), int64([1, 2], [1, 2])),
  row(
    'scatter',
    'writes',
    [counting([4]), int64([2], [3, 0]), float32([2], [7, 8])],
    scatter,
    float32([4], [8, 1, 2, 7]),
  ),
  row(
    'put',
    'writes',
    [counting([4]), int64([2], [3, 0]), float32([2], [7, 8])],
    (v, i, u) => put(v, i, u),
    float32([4], [8, 1, 2, 7]),
  ),
  row('put', 'writes nothing', [counting([3]), noIndex, float32([0], [])], put, counting([3])),
  row('scatter', 'writes nothing', [counting([3]), noIndex, float32([0], [])], scatter, counting([3])),
  row('scatter', 'into nothing', [float32([0], []), noIndex, float32([0], [])], scatter, float32([0], [])),
  row('scatter', 'of bool', [bool([2], [1, 1]), int64([1], [0]), bool([1], [0])], scatter, bool([2], [0, 1])),
  row('cumSum', 'along an axis', [counting([2, 3])], (v) => cumSum(v, -1), float32([2, 3], [0, 1, 3, 3, 7, 12])),
  row('cumSum', 'of int64', [int64([3], [2, 1, 3])], (v) => cumSum(v), int64([3], [2, 3, 6])),
  row('cumSum', 'of nothing', [noIndex], (v) => cumSum(v), noIndex, { shapes: [['T']] }),
  row('following', 'shifts by one', [int64([3], [3, 5, 4])], (v) => following(v, -1), int64([3], [5, 4, -1]), {
    shapes: [['T']],
  }),
  row('following', 'of nothing', [noIndex], (v) => following(v, -1), noIndex, { shapes: [['T']] }),
  row('range', 'counts up', [int64([], [4])], (n) => range(n, 'w'), int64([4], [0, 1, 2, 3])),
  row('range', 'in steps', [int64([], [9])], (n) => range(n, 'w', { start: 2, step: 3 }), int64([3], [2, 5, 8])),
  row('range', 'of 0', [int64([], [0])], (n) => range(n, 'w'), noIndex),
  row(
    'filled',
    'of float32',
    [int64([2], [2, 1])],
    (n) => filled(n, [2, 1], 0.5, 'float32'),
    float32([2, 1], [0.5, 0.5]),
  ),
  row('filled', 'of bool, empty', [int64([1], [0])], (n) => filled(n, ['T'], 1, 'bool'), bool([0], [])),
  row(
    'slice',
    'a channel',
    [x],
    (v) => slice(v, '..., 1'),
    fill('float32', [2, 3], (i) => at(x, [...i, 1])),
  ),
]

const grid = fill('float32', [2, 3, 1, 2], ([i, j, , k]) => (k === 0 ? j : i) as number)
const grid64 = fill('float64', [5, 1, 1, 2], ([i, , , k]) => (k === 0 ? 0 : (i as number)))

const compositions: Row[] = [
  row('strided', 'from the middle on', [counting([12])], (v) => strided(v, 2, 4, 3), float32([3], [2, 6, 10])),
  row('strided', 'of open size', [counting([12])], (v) => strided(v, 3, 4, 'n'), float32([3], [3, 7, 11]), {
    shapes: [['4*n']],
  }),
  row('strided', 'of nothing', [float32([0], [])], (v) => strided(v, 3, 4, 'n'), float32([0], []), {
    shapes: [['4*n']],
  }),
  ...[2, 1, 1].map((_, i) =>
    row(
      'digits',
      `number ${i} of three`,
      [int64([4], [29, 0, 11, 12])],
      (v) => digits(v, [v.graph.scalar(3, 'int64'), 4])[i] as typeof v,
      int64(
        [4],
        [
          [2, 0, 0, 1],
          [1, 0, 2, 0],
          [1, 0, 3, 0],
        ][i] as number[],
      ),
    ),
  ),
  ...[float32([2, 2], [0, 1, 4, 5]), float32([2, 0], []), float32([2, 2], [2, 3, 6, 7])].map((part, i) =>
    row(
      'divide',
      `part ${i} of three`,
      [counting([2, 4]), int64([3], [2, 0, 2])],
      (v, counts) => divide(v, { counts, sizes: ['a', 'b', 'c'] }, 1)[i] as typeof v,
      part,
      { shapes: [[2, '(a+b+c)'], [3]] },
    ),
  ),
  row(
    'divisionOf',
    'vectors of known sizes',
    [counting([4])],
    (v) => divide(v, divisionOf([v, v].map((whole, i) => slice(whole, i ? '1:' : ':1'))))[1] as typeof v,
    float32([3], [1, 2, 3]),
  ),
  row(
    'ragged',
    'names the owner',
    [int64([3], [2, 1, 3])],
    (c) => ragged(c, 'Q').owner,
    int64([6], [0, 0, 1, 2, 2, 2]),
  ),
  row('ragged', 'counts in it', [int64([3], [2, 1, 3])], (c) => ragged(c, 'Q').local, int64([6], [0, 1, 0, 0, 1, 2])),
  row('ragged', 'of one', [int64([1], [1])], (c) => ragged(c, 'Q').owner, int64([1], [0])),
  row('ragged', 'of one, counted', [int64([1], [1])], (c) => ragged(c, 'Q').local, int64([1], [0])),
  row('ragged', 'of nothing', [noIndex], (c) => ragged(c, 'Q').owner, noIndex, { shapes: [['T']] }),
  row('ragged', 'of nothing, counted', [noIndex], (c) => ragged(c, 'Q').local, noIndex, { shapes: [['T']] }),
  row(
    'cellGrid',
    'x before y',
    [int64([], [2]), int64([], [3])],
    (h, w) => cellGrid(h, w, ['h', 'w'], 'float32'),
    grid,
  ),
  row(
    'cellGrid',
    'in float64',
    [int64([], [5]), int64([], [1])],
    (h, w) => cellGrid(h, w, ['h', 'w'], 'float64'),
    grid64,
  ),
]

export const selectRows = [...reductions, ...selections, ...compositions]
