import { gatherRows, lookUp } from '../../../../src/onnx/ops/batched.js'
import { inChunks } from '../../../../src/onnx/ops/chunks.js'
import { stackLoop } from '../../../../src/onnx/ops/control.js'
import { add } from '../../../../src/onnx/ops/elementwise.js'
import { matMul } from '../../../../src/onnx/ops/matmul.js'
import { pad } from '../../../../src/onnx/ops/pad.js'
import { scatterRows, sorted, topK } from '../../../../src/onnx/ops/rank.js'
import { argMax } from '../../../../src/onnx/ops/reduce.js'
import { gather } from '../../../../src/onnx/ops/select.js'
import { at, counting, fill, float32, float64, int32, int64, type Row, row } from '../support.js'

const scores = float32([2, 4], [3, -1, 7, 5, 0, 0, -2, 9])
const images = counting([2, 3, 2])
const picks = int64([2, 2, 1], [2, 0, 1, 1])
const picked = fill('float32', [2, 2, 2], ([b, k, c]) =>
  at(images, [b, at(picks, [b, k, 0] as number[]), c] as number[]),
)
const looked = fill('float32', [2, 2, 2], ([b, k, c]) =>
  at(counting([4, 2]), [at(picks, [b, k, 0] as number[]), c] as number[]),
)
const updates = float32([1, 2, 2], [-1, -2, -3, -4])
const padded = fill('float32', [2, 6, 2], ([b, n, c]) => {
  const inside = (n as number) - 1
  return inside >= 0 && inside < 3 ? at(images, [b, inside, c] as number[]) : 0
})
const doubled = fill('float32', [3, 2], ([i, j]) => at(counting([3, 2]), [i, j] as number[]) + 10)

const [left, right] = [counting([2, 2, 3]), counting([3, 2])]
const multiplied = fill('float32', [2, 2, 2], ([b, i, j]) =>
  [0, 1, 2].reduce((sum, k) => sum + at(left, [b, i, k] as number[]) * at(right, [k, j] as number[]), 0),
)

export const rankRows: Row[] = [
  row('matMul', 'of a batch', [left, right], matMul, multiplied, {
    shapes: [
      ['B', 2, 3],
      [3, 2],
    ],
  }),
  row('topK', 'the largest first', [scores], (x) => topK(x, 3, -1)[0], float32([2, 3], [7, 5, 3, 9, 0, 0])),
  row('topK', 'and where they stand', [scores], (x) => topK(x, 2, 1)[1], int64([2, 2], [2, 3, 3, 0])),
  row('topK', 'of float64', [float64([3], [1, 3, 2])], (x) => topK(x, 1, 0)[0], float64([1], [3])),
  row(
    'sorted',
    'the smallest first',
    [scores],
    (x) => sorted(x, 'smallest')[0],
    float32([2, 4], [-1, 3, 5, 7, -2, 0, 0, 9]),
  ),
  row(
    'sorted',
    'and where they stand',
    [int64([3], [5, 9, 7])],
    (x) => sorted(x, 'largest')[1],
    int64([3], [1, 2, 0]),
    {
      shapes: [['K']],
    },
  ),
  row(
    'sorted',
    'along another axis',
    [float32([3, 2, 1], [5, 1, 3, 9, 4, 2])],
    (x) => sorted(x, 'smallest', 0)[1],
    int64([3, 2, 1], [1, 0, 2, 2, 0, 1]),
    { shapes: [['K', 2, 1]] },
  ),
  row('sorted', 'of nothing', [int64([0], [])], (x) => sorted(x, 'smallest')[1], int64([0], []), { shapes: [['K']] }),
  row('argMax', 'along the last axis', [scores], (x) => argMax(x), int64([2], [2, 3])),
  row('argMax', 'the first of equals', [float32([4], [1, 7, -7, 7])], (x) => argMax(x), int64([], [1])),
  row('argMax', 'of int32', [int32([2], [-3, -2])], (x) => argMax(x), int64([], [1])),
  row('gatherRows', 'of each image', [images, picks], gatherRows, picked, {
    since: 12,
    shapes: [
      ['B', 3, 2],
      ['B', 'K', 1],
    ],
  }),
  row('lookUp', 'for each image', [counting([4, 2]), picks], lookUp, looked, {
    since: 12,
    shapes: [
      ['N', 2],
      ['B', 'K', 1],
    ],
  }),
  row(
    'scatterRows',
    'writes rows',
    [counting([3, 2]), int64([1, 2, 1], [2, 0]), updates],
    scatterRows,
    float32([3, 2], [-3, -4, 2, 3, -1, -2]),
  ),
  row(
    'scatterRows',
    'writes rows of each image',
    [counting([2, 2, 2]), int64([2, 1, 2], [0, 1, 1, 0]), float32([2, 1, 2], [-1, -2, -3, -4])],
    scatterRows,
    float32([2, 2, 2], [0, 1, -1, -2, -3, -4, 6, 7]),
  ),
  row(
    'scatterRows',
    'writes none',
    [counting([3, 2]), int64([1, 0, 1], []), float32([1, 0, 2], [])],
    scatterRows,
    counting([3, 2]),
  ),
  row(
    'inChunks',
    'fills up the last',
    [counting([3])],
    (x) => inChunks([x], [2]).values,
    float32([2, 2], [0, 1, 2, 0]),
    {
      shapes: [['n']],
    },
  ),
  row(
    'inChunks',
    'of several',
    [counting([1]), counting([2])],
    (x, y) => inChunks([x, y], [2]).values,
    float32([2, 2], [0, 0, 1, 0]),
    {
      shapes: [['n'], ['m']],
    },
  ),
  row(
    'inChunks',
    'in lines',
    [counting([2, 1])],
    (x) => inChunks([x], [1, 2]).values,
    float32([2, 1, 2, 1], [0, 0, 1, 0]),
    {
      shapes: [['b', 'n']],
    },
  ),
  row('inChunks', 'of nothing', [float32([0, 1], [])], (x) => inChunks([x], [2]).values, float32([0, 2, 1], []), {
    shapes: [['b', 'n']],
  }),
  row('pad', 'before and after', [images], (x) => pad(x, 1, 1, 2), padded),
  row('pad', 'of nothing', [float32([0], [])], (x) => pad(x, -1, 1, 0), float32([1], [0])),
  row(
    'stackLoop',
    'stacks what it returns',
    [counting([3, 2]), int64([], [3])],
    (x, n) => stackLoop(n, 'N', ['float32', [2]], (i) => add(gather(x, i), 10)),
    doubled,
  ),
  row(
    'stackLoop',
    'of no run',
    [int64([], [0])],
    (n) => stackLoop(n, 'N', ['int64', []], (i) => add(i, 1)),
    int64([0], []),
  ),
]
