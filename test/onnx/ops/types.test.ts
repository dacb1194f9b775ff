import { describe, expect, expectTypeOf, test } from 'vitest'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { concat } from '../../../src/onnx/ops/concat.js'
import { split } from '../../../src/onnx/ops/divide.js'
import { add, exp, mul } from '../../../src/onnx/ops/elementwise.js'
import { equal, less, not, where } from '../../../src/onnx/ops/logic.js'
import { cast, reshape } from '../../../src/onnx/ops/movement.js'
import { reduceSum } from '../../../src/onnx/ops/reduce.js'
import { gather, range } from '../../../src/onnx/ops/select.js'

const graph = new Graph()
const x = graph.input('x', 'float32', [4])
const y = graph.input('y', 'float64', [4])
const i = graph.input('i', 'int64', [4])
const c = graph.input('c', 'bool', [4])

describe('the compiler knows element types', () => {
  test('of what operators return', () => {
    expectTypeOf(add(x, 1)).toEqualTypeOf<Value<'float32'>>()
    expectTypeOf(less(y, 0)).toEqualTypeOf<Value<'bool'>>()
    expectTypeOf(cast(x, 'int64')).toEqualTypeOf<Value<'int64'>>()
    expectTypeOf(where(c, 0, y)).toEqualTypeOf<Value<'float64'>>()
    expectTypeOf(gather(x, i)).toEqualTypeOf<Value<'float32'>>()
    expectTypeOf(reduceSum(reshape(i, [2, 2]))).toEqualTypeOf<Value<'int64'>>()
  })

  test('and refuses to mix them, as the operators do', () => {
    // @ts-expect-error float32 + float64
    expect(() => add(x, y)).toThrow('one element type')
    // @ts-expect-error float32 · int64
    expect(() => mul(x, i)).toThrow('one element type')
    // @ts-expect-error float32 = float64
    expect(() => equal(x, y)).toThrow('one element type')
    // @ts-expect-error the branches are float32 and float64
    expect(() => where(c, x, y)).toThrow('one element type')
    // @ts-expect-error float32 beside float64
    expect(() => concat([x, y], 0)).toThrow('takes float32')
  })

  test('and refuses those an operator has no form for', () => {
    // @ts-expect-error e to the power of an integer
    expect(() => exp(i)).toThrow('takes float16')
    // @ts-expect-error a sum of bool
    expect(() => add(c, c)).toThrow('takes float16')
    // @ts-expect-error an order of bool
    expect(() => less(c, c)).toThrow('takes float16')
    // @ts-expect-error not a number
    expect(() => not(x)).toThrow('takes bool')
    // @ts-expect-error a condition that is a number
    expect(() => where(x, x, x)).toThrow('takes bool')
    // @ts-expect-error an index that is no integer
    expect(() => gather(x, x)).toThrow('takes int64')
    // @ts-expect-error a count that is no integer
    expect(() => range(x, 4)).toThrow('takes int64')
  })

  test('and asks for a value among two literals', () => {
    // @ts-expect-error no operand has an element type
    expect(() => where(c, 0, 1)).toThrow()
  })
})

test('split returns a tuple of the length of its sizes', () => {
  const parts = split(x, [1, 3], 0)
  expectTypeOf(parts).toEqualTypeOf<[Value<'float32'>, Value<'float32'>]>()
  // @ts-expect-error three names from two sizes
  const [, , third] = parts
  expect(third).toBeUndefined()
})

test('a value cannot be changed', () => {
  const sum = add(x, 1)
  expect(() => {
    // @ts-expect-error the name is read-only
    sum.name = 'other'
  }).toThrow(TypeError)
  expect(() => {
    // @ts-expect-error so are the dimensions
    sum.shape[0] = 5
  }).toThrow(TypeError)
})
