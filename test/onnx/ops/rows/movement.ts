import type { Graph } from '../../../../src/onnx/graph/graph.js'
import type { Value } from '../../../../src/onnx/graph/value.js'
import { concat, concatAll } from '../../../../src/onnx/ops/concat.js'
import { split } from '../../../../src/onnx/ops/divide.js'
import * as ops from '../../../../src/onnx/ops/movement.js'
import { sizeOfDim } from '../../../../src/onnx/ops/size.js'
import { at, bool, counting, fill, float32, float64, int32, int64, row } from '../support.js'

const x = counting([2, 3, 4])
const none = float32([0, 3], [])
const flags = bool([2, 1], [1, 0])
const odd = float32([5], [0, -0, Number.NaN, 0.1, -2.9])

/** The graph of a size, which is told that the dimension n has it. */
function knowing(n: Value<'int64'>): Graph {
  n.graph.sizes.set('n', n)
  return n.graph
}

const reshaping = [
  row('reshape', 'with numbers', [x], (v) => ops.reshape(v, [4, 6]), counting([4, 6])),
  row('reshape', 'keeps symbols in place', [x], (v) => ops.reshape(v, ['B', 'h', 2, 2]), counting([2, 3, 2, 2]), {
    shapes: [['B', 'h', 4]],
  }),
  row('reshape', 'moves one symbol', [x], (v) => ops.reshape(v, [12, 'B']), counting([12, 2]), {
    shapes: [['B', 3, 4]],
  }),
  row('reshape', 'joins symbols', [x], (v) => ops.reshape(v, ['B*h', 4]), counting([6, 4]), {
    shapes: [['B', 'h', 4]],
  }),
  row('reshape', 'of nothing', [none], (v) => ops.reshape(v, ['T', 1, 3]), float32([0, 1, 3], []), {
    shapes: [['T', 3]],
  }),
  row('reshapeLike', 'takes the other shape', [x, counting([2, 12])], ops.reshapeLike, counting([2, 12]), {
    shapes: [
      ['n', 3, 4],
      ['n', 12],
    ],
  }),
  row(
    'reshapeBy',
    'takes the sizes',
    [x, int64([2], [12, 2])],
    (v, s) => ops.reshapeBy(v, s, [12, 2]),
    counting([12, 2]),
  ),
  row(
    'sizeOfDim',
    'multiplies sizes that the graph knows',
    [int64([], [3])],
    (n) => sizeOfDim(knowing(n), '2*n') as typeof n,
    int64([], [6]),
  ),
  row('vectorOf', 'joins numbers and sizes', [int64([], [3])], (n) => ops.vectorOf(n, [2, n]), int64([2], [2, 3])),
  row(
    'reshape',
    'moves several symbols that the graph knows',
    [counting([2, 12]), int64([], [3])],
    (v, n) => {
      knowing(n as Value<'int64'>)
      return ops.reshape(v, ['n', 4, 'B'])
    },
    counting([3, 4, 2]),
    { shapes: [['B', '4*n'], []] },
  ),
  row('flatten', 'joins all axes', [x], ops.flatten, counting([24]), { shapes: [['B', 'h', 'w']] }),
  row('shapeOf', 'reads the sizes', [x], ops.shapeOf, int64([3], [2, 3, 4]), { shapes: [['B', 3, 'w']] }),
  row('shapeOf', 'of rank 0', [float32([], [1])], ops.shapeOf, int64([0], [])),
  row('unsqueeze', 'counts in the result', [x], (v) => ops.unsqueeze(v, [0, -1]), counting([1, 2, 3, 4, 1])),
  row('unsqueeze', 'of rank 0', [float32([], [0])], (v) => ops.unsqueeze(v, [0]), counting([1])),
  row('unsqueeze', 'by nothing', [x], (v) => ops.unsqueeze(v, []), x),
  row('squeeze', 'drops axes', [counting([1, 3, 1])], (v) => ops.squeeze(v, [-1, 0]), counting([3])),
  row('squeeze', 'by nothing keeps every 1', [counting([1, 3])], (v) => ops.squeeze(v, []), counting([1, 3])),
]

const transposed = fill('float32', [4, 2, 3], ([k, i, j]) => at(x, [i, j, k] as number[]))
const grown = fill('float32', [2, 3], ([i]) => i as number)

const moving = [
  row('transpose', 'reorders', [x], (v) => ops.transpose(v, [2, 0, 1]), transposed, { shapes: [['B', 'h', 4]] }),
  row(
    'concat',
    'along an axis',
    [grown, grown],
    (a, b) => concat([a, b], -2),
    float32([4, 3], [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]),
  ),
  row('concat', 'with nothing', [none, grown], (a, b) => concat([a, b], 0), grown, { shapes: [['T', 3]] }),
  row('concatAll', 'of a list', [flags, flags], (a, b) => concatAll([a, b], 1), bool([2, 2], [1, 1, 0, 0])),
  row('concat', 'of bool', [flags, flags], (a, b) => concat([a, b], 1), bool([2, 2], [1, 1, 0, 0])),
  row(
    'split',
    'into first',
    [x],
    (v) => split(v, [1, 3], -1)[0],
    fill('float32', [2, 3, 1], (i) => at(x, [...i.slice(0, 2), 0])),
  ),
  row(
    'split',
    'into last',
    [x],
    (v) => split(v, [1, 1, 1], 1)[2],
    fill('float32', [2, 1, 4], ([i, , k]) => at(x, [i, 2, k] as number[])),
  ),
  row('split', 'into an empty part', [x], (v) => split(v, [0, 2], 0)[0], float32([0, 3, 4], [])),
  row(
    'expand',
    'stretches 1',
    [float32([2, 1], [0, 1]), int64([2], [2, 3])],
    (v, n) => ops.expand(v, n, [2, 3]),
    grown,
  ),
  row(
    'expand',
    'to a symbol',
    [float32([2, 1], [0, 1]), int64([2], [1, 3])],
    (v, n) => ops.expand(v, n, [2, 'w']),
    grown,
  ),
]

const casting = [
  row('cast', 'to bool: NaN is true', [odd], (v) => ops.cast(v, 'bool'), bool([5], [0, 0, 1, 1, 1])),
  row('cast', 'from bool', [flags], (v) => ops.cast(v, 'float32'), float32([2, 1], [1, 0])),
  row('cast', 'to int64 towards 0', [float32([2], [2.9, -2.9])], (v) => ops.cast(v, 'int64'), int64([2], [2, -2])),
  row('cast', 'to int32', [int64([2], [3, -4])], (v) => ops.cast(v, 'int32'), int32([2], [3, -4])),
  row('cast', 'to float64', [float32([1], [0.1])], (v) => ops.cast(v, 'float64'), float64([1], [Math.fround(0.1)])),
  row('cast', 'to float32 rounds', [float64([1], [0.1])], (v) => ops.cast(v, 'float32'), float32([1], [0.1])),
  row('cast', 'to float16', [float32([2], [1, -2])], (v) => ops.cast(v, 'float16'), {
    dtype: 'float16',
    shape: [2],
    data: Uint16Array.of(0x3c00, 0xc000),
  }),
]

export const movementRows = [...reshaping, ...moving, ...casting]
