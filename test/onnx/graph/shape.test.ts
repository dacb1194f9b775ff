import { describe, expect, test } from 'vitest'
import type { Dim, Shape } from '../../../src/onnx/graph/model.js'
import { broadcast, frontAxis, product, sameShape, sum } from '../../../src/onnx/graph/shape.js'

test.each<[dims: Shape, whole: Dim]>([
  [[], 1],
  [[2, 3], 6],
  [['B'], 'B'],
  [['w', 'B', 3, 'h', 2], '6*B*h*w'],
  [['2*B', 'h', '3*B'], '6*B*B*h'],
  [[1, 'B'], 'B'],
  [['B', 0], 0],
  [['(B+1)', 2, 'A'], '2*(B+1)*A'],
])('the product of [%s] is %s', (dims, whole) => {
  expect(product(dims)).toBe(whole)
})

test('equal products have one spelling', () => {
  expect(product(['h', product(['B', 3])])).toBe(product([3, 'B', 'h']))
})

test.each<[dims: Shape, whole: Dim]>([
  [[], 0],
  [[2, 3], 5],
  [['T'], 'T'],
  [['T', 0], 'T'],
  [['T', 2, 1], '(T+3)'],
  [['b', 'a'], '(a+b)'],
  [['2*T', 1], '(2·T+1)'],
])('the sum of [%s] is %s', (dims, whole) => {
  expect(sum(dims)).toBe(whole)
})

test('a product of a sum is not mistaken for a sum of a product', () => {
  expect(product([2, sum(['a', 1])])).not.toBe(sum([product([2, 'a']), 1]))
  expect(product([sum([product([2, 'b']), 1]), 'a'])).not.toBe(sum([product(['a', 'b', 2]), 1]))
})

describe('shapes broadcast', () => {
  test.each<[a: Shape, b: Shape, both: Shape]>([
    [[], [2, 3], [2, 3]],
    [[3], [2, 3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [['B', 1], ['h'], ['B', 'h']],
    [
      ['B', 3],
      ['B', 3],
      ['B', 3],
    ],
    [[1], ['B'], ['B']],
    [[0], [1], [0]],
    [['2*B'], ['2*B'], ['2*B']],
  ])('[%s] and [%s] to [%s]', (a, b, both) => {
    expect(broadcast(a, b)).toEqual(both)
    expect(broadcast(b, a)).toEqual(both)
  })

  test.each<[a: Shape, b: Shape]>([
    [[2], [3]],
    [['B'], [3]],
    [['B'], ['h']],
    [['B'], [0]],
    [[0], [2]],
    [['B', 2], ['B']],
  ])('but not [%s] and [%s], which might fit for some inputs only', (a, b) => {
    expect(broadcast(a, b)).toBeUndefined()
    expect(broadcast(b, a)).toBeUndefined()
  })
})

test('shapes are the same when all sizes and symbols are', () => {
  expect(sameShape(['B', 3], ['B', 3])).toBe(true)
  expect(sameShape(['B', 3], ['B', 1])).toBe(false)
  expect(sameShape(['B'], ['B', 1])).toBe(false)
})

test('an axis counts from either end', () => {
  expect([0, 2, -1, -3].map((axis) => frontAxis(axis, 3))).toEqual([0, 2, 2, 0])
  expect([3, -4].map((axis) => frontAxis(axis, 3))).toEqual([undefined, undefined])
  expect(frontAxis(0, 0)).toBeUndefined()
})
