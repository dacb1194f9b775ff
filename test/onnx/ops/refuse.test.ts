import { describe, expect, test } from 'vitest'
import type { DType } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { gatherRows } from '../../../src/onnx/ops/batched.js'
import { concat } from '../../../src/onnx/ops/concat.js'
import { stackLoop } from '../../../src/onnx/ops/control.js'
import { split } from '../../../src/onnx/ops/divide.js'
import * as elementwise from '../../../src/onnx/ops/elementwise.js'
import * as logic from '../../../src/onnx/ops/logic.js'
import * as movement from '../../../src/onnx/ops/movement.js'
import { pad } from '../../../src/onnx/ops/pad.js'
import { scatterRows, topK } from '../../../src/onnx/ops/rank.js'
import { argMax, cumSum, reduceMax, reduceSum } from '../../../src/onnx/ops/reduce.js'
import { filled, gather, nonZero, pick, put, range, scatter } from '../../../src/onnx/ops/select.js'
import { refusal } from '../graph/support.js'

const graph = new Graph()

/** A value whose element type the compiler does not know, as plain JavaScript would pass it. */
const any = (dtype: DType, name: string, ...shape: (number | string)[]) =>
  graph.input(name, dtype, shape) as unknown as Value<never>

const x = any('float32', 'x', 2, 3)
const b = any('float32', 'b', 'B', 3)
const wide = any('float64', 'wide', 2, 3)
const flags = any('bool', 'flags', 2, 3)
const index = any('int64', 'index', 2)
const half = any('int32', 'half', 2)
const cube = any('float32', 'cube', 2, 3, 4)
const rows = any('int64', 'rows', 2, 5, 1)
const count = any('int64', 'count')
const point = any('float32', 'point')
const line = any('float32', 'line', 2)

type Refusal = readonly [what: string, act: () => unknown, code: string, message: string]

const types: readonly Refusal[] = [
  ['add of two element types', () => elementwise.add(x, wide), 'E_DTYPE', 'Add: operands must have one element type'],
  ['mul of bool', () => elementwise.mul(flags, flags), 'E_DTYPE', 'Mul: takes float16, float32, float64, int32, int64'],
  ['exp of int64', () => elementwise.exp(index), 'E_DTYPE', 'Exp: takes float16, float32, float64'],
  ['neg of bool', () => elementwise.neg(flags), 'E_DTYPE', 'Neg: takes float16, float32, float64, int32, int64'],
  ['less of bool', () => logic.less(flags, flags), 'E_DTYPE', 'Less: takes float16, float32, float64, int32, int64'],
  ['equal of two element types', () => logic.equal(x, wide), 'E_DTYPE', 'Equal: operands must have one element type'],
  ['not of float32', () => logic.not(x), 'E_DTYPE', 'Not: takes bool'],
  ['and of bool and float32', () => logic.and(flags, x), 'E_DTYPE', 'And: operands must have one element type'],
  ['where by float32', () => logic.where(x, x, x), 'E_DTYPE', 'Where: takes bool'],
  ['where of two types', () => logic.where(flags, x, wide), 'E_DTYPE', 'Where: operands must have one element type'],
  ['concat of two types', () => concat([x, wide], 0), 'E_DTYPE', 'Concat: takes float32'],
  ['expand to float32 sizes', () => movement.expand(x, line, [2, 3]), 'E_DTYPE', 'Expand: takes int64'],
  ['reduceSum of bool', () => reduceSum(flags), 'E_DTYPE', 'ReduceSum: takes float16, float32, float64, int32, int64'],
  ['reduceMax of bool', () => reduceMax(flags), 'E_DTYPE', 'ReduceMax: takes float16, float32, float64, int32, int64'],
  ['cumSum of bool', () => cumSum(flags), 'E_DTYPE', 'CumSum: takes float16, float32, float64, int32, int64'],
  ['gather by int32', () => gather(x, half), 'E_DTYPE', 'Gather: takes int64'],
  ['scatter by int32', () => scatter(line, half, line), 'E_DTYPE', 'ScatterND: takes int64'],
  ['scatter of another type', () => scatter(line, index, index), 'E_DTYPE', 'ScatterND: takes float32'],
  ['topK of int64', () => topK(index, 1, 0), 'E_DTYPE', 'TopK: takes float16, float32, float64'],
  ['pad of bool', () => pad(flags, 0, 1, 1), 'E_DTYPE', 'Pad: takes float16, float32, float64'],
  ['pick by int32', () => pick(line, half), 'E_DTYPE', 'GatherElements: takes int64'],
  ['gatherRows by float32', () => gatherRows(cube, cube), 'E_DTYPE', 'GatherND: takes int64'],
  ['scatterRows by float32', () => scatterRows(x, cube, cube), 'E_DTYPE', 'ScatterND: takes int64'],
  ['stackLoop of float32 runs', () => stackLoop(point, 'N', ['float32', []], () => x), 'E_DTYPE', 'Loop: takes int64'],
  [
    'stackLoop of another type',
    () => stackLoop(count, 'N', ['int64', []], () => x),
    'E_DTYPE',
    'Loop/body: takes int64',
  ],
  ['argMax of bool', () => argMax(flags), 'E_DTYPE', 'ArgMax: takes float16, float32, float64, int32, int64'],
  ['range to float32', () => range(point, 'n'), 'E_DTYPE', 'Range: takes int64'],
  ['filled to int32 sizes', () => filled(half, [1, 2], 0, 'float32'), 'E_DTYPE', 'ConstantOfShape: takes int64'],
]

const shapes: readonly Refusal[] = [
  ['add of a symbol and a number', () => elementwise.add(x, b), 'E_SHAPE', 'Add: shapes do not broadcast'],
  ['where of unequal shapes', () => logic.where(flags, b, 0), 'E_SHAPE', 'Where: shapes do not broadcast'],
  ['reshape to another size', () => movement.reshape(x, [4]), 'E_SHAPE', 'Reshape: [4] has another number of elements'],
  [
    'reshape with a lost symbol',
    () => movement.reshape(b, [6]),
    'E_SHAPE',
    'Reshape: [6] has another number of elements',
  ],
  [
    'reshapeLike of unequal sizes',
    () => movement.reshapeLike(x, b),
    'E_SHAPE',
    'Reshape: [B,3] has another number of elements',
  ],
  ['concat of unequal shapes', () => concat([x, line], 0), 'E_SHAPE', 'Concat: differ beside axis 0'],
  ['split into other sizes', () => split(x, [1, 1], 1), 'E_SHAPE', 'Split: sizes [1,1] do not add up to axis 1'],
  ['split into a negative size', () => split(x, [4, -1], 1), 'E_SHAPE', 'Split: sizes [4,-1] do not add up to axis 1'],
  ['split of a symbol', () => split(b, [1, 1], 0), 'E_SHAPE', 'Split: sizes [1,1] do not add up to axis 0'],
  ['squeeze of an axis that is not 1', () => movement.squeeze(x, [0]), 'E_SHAPE', 'Squeeze: axes [0] are not all 1'],
  [
    'expand by too few sizes',
    () => movement.expand(x, index, [1, 2, 3]),
    'E_SHAPE',
    'Expand: takes 3 sizes for [1,2,3]',
  ],
  ['expand of 3 to 4', () => movement.expand(x, index, [2, 4]), 'E_SHAPE', 'Expand: shapes do not broadcast'],
  ['nonZero of rank 0', () => nonZero(point, 'n'), 'E_SHAPE', 'NonZero: takes rank 1 or more'],
  ['pick of other rows', () => pick(x, index), 'E_SHAPE', 'GatherElements: takes as many indices for each row'],
  ['put by int32', () => put(line, half, line), 'E_DTYPE', 'ScatterElements: takes int64'],
  ['put into a matrix', () => put(x, index, line), 'E_SHAPE', 'ScatterElements: takes vectors'],
  ['scatter into a matrix', () => scatter(x, index, line), 'E_SHAPE', 'ScatterND: takes vectors'],
  ['range to a vector', () => range(index, 'n'), 'E_SHAPE', 'Range: takes rank 0, got 1'],
  [
    'filled by too many sizes',
    () => filled(index, [1], 0, 'bool'),
    'E_SHAPE',
    'ConstantOfShape: takes 1 sizes for [1]',
  ],
  [
    'gatherRows of unequal batches',
    () => gatherRows(b, rows),
    'E_SHAPE',
    'GatherND: takes indices [B, k, 1] for [B, n, …]',
  ],
  ['scatterRows of other rows', () => scatterRows(x, rows, cube), 'E_SHAPE', 'ScatterND: takes updates [2,5,3]'],
  [
    'stackLoop of a vector of runs',
    () => stackLoop(index, 'N', ['float32', []], () => x),
    'E_SHAPE',
    'Loop: takes rank 0, got 1',
  ],
  [
    'stackLoop of another shape',
    () => stackLoop(count, 'N', ['float32', [2]], () => x),
    'E_SHAPE',
    'Loop/body: must return [2]',
  ],
]

const ranges: readonly Refusal[] = [
  [
    'topK of more than there are',
    () => topK(x, 4, 1),
    'E_RANGE',
    'TopK: k = 4 is not between 1 and the size of axis 1',
  ],
  ['topK of none', () => topK(x, 0, 1), 'E_RANGE', 'TopK: k = 0 is not between 1 and the size of axis 1'],
  ['pad by less than nothing', () => pad(x, 0, -1, 0), 'E_RANGE', 'Pad: -1 and 0 are no counts of zeros'],
  [
    'transpose by no permutation',
    () => movement.transpose(x, [0, 0]),
    'E_RANGE',
    'Transpose: [0,0] is no permutation of the axes',
  ],
  [
    'unsqueeze at one place twice',
    () => movement.unsqueeze(x, [0, -4]),
    'E_RANGE',
    'Unsqueeze: [0,-4] are no new axes of rank 4',
  ],
  ['squeeze of one axis twice', () => movement.squeeze(x, [0, -2]), 'E_RANGE', 'Squeeze: [0,-2] names an axis twice'],
  ['concat along no axis', () => concat([x], 2), 'E_RANGE', 'Concat: axis 2 is out of range for rank 2'],
  [
    'reduceSum over no axis',
    () => reduceSum(x, { axes: [-3] }),
    'E_RANGE',
    'ReduceSum: axis -3 is out of range for rank 2',
  ],
  [
    'reduceMax over an axis twice',
    () => reduceMax(x, { axes: [1, -1] }),
    'E_RANGE',
    'ReduceMax: [1,-1] names an axis twice',
  ],
  ['gather along no axis', () => gather(point, index), 'E_RANGE', 'Gather: axis 0 is out of range for rank 0'],
  ['a fraction beside int64', () => elementwise.add(index, 0.5), 'E_RANGE', 'Add: 0.5 is no int64'],
  ['a great number beside int32', () => elementwise.add(half, 2 ** 31), 'E_RANGE', 'Add: 2147483648 is no int32'],
  ['a number beside bool', () => logic.equal(flags, 2), 'E_RANGE', 'Equal: 2 is no bool'],
]

describe('an operator refuses operands that do not fit, while building', () => {
  for (const [what, act, code, message] of [...types, ...shapes, ...ranges]) {
    test(what, () => {
      const error = refusal(act)
      expect([error.code, error.message.split('\n')[0]]).toEqual([code, message])
      expect(error.message).toMatch(/\n {2}\w+: \w+\[.*\] from \w+/)
    })
  }
})

describe('a reshape that onnxruntime could not follow is refused', () => {
  const grid = any('float32', 'grid', 'T', 'w', 4)
  const empty = any('float32', 'empty', 0, 'n')

  test('two symbols that move, with a hint', () => {
    expect(() => movement.reshape(grid, ['w', 'T', 4])).toThrow(
      'Reshape: [w,T,4] leaves several dimensions unknown\n' +
        '  x: float32[T,w,4] from grid\n' +
        '  hint: only one symbolic dimension may move; reshape in two steps',
    )
  })

  test('a size of 0 that moves, as 0 means "copy"', () => {
    expect(() => movement.reshape(empty, [3, 0])).toThrow('[3,0] moves a dimension of size 0')
    expect(() => movement.reshape(empty, [0, 'm'])).toThrow('[0,m] moves a dimension of size 0')
    expect(movement.reshape(empty, [0, 7]).shape).toEqual([0, 7])
  })
})
